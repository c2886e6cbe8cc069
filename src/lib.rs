//! Souk's API service: search, catalogue and administration over HTTP, and the tools of its command line.

pub mod accounts_tidying;
pub mod admin_key;
pub mod agents;
pub mod api;
pub mod api_keys;
pub mod backlog;
pub mod cdn;
pub mod cli;
pub mod config;
pub mod error;
pub mod event_sinks;
pub mod feeds;
pub mod home;
pub mod http;
pub mod imports;
pub mod live;
pub mod metrics;
mod opening;
pub mod probing;
pub mod readiness;
pub mod router;
pub mod search_keys;
pub mod service;
pub mod settings_notices;
pub mod state;
pub mod warming;
pub mod webhooks;
