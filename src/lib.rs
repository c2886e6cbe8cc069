//! Souk's API service: search, catalogue and administration over HTTP, and the tools of its command line.

pub mod analytics;
pub mod api;
pub mod app;
pub mod backlog;
pub mod cdn;
pub mod cli;
pub mod config;
pub mod error;
pub mod home;
pub mod http;
pub mod metrics;
pub mod opening;
pub mod query_understanding;
pub mod search_configs;
pub mod search_gateway;
pub mod service;
pub mod suggested;
pub mod tenant_directory;
pub mod visitors;
pub mod warming;
