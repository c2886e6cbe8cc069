//! The API as its callers see it: every request goes through the whole of it, without a socket, over a real SQLite
//! database and a real index, and every answer is held against the specification.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

mod account;
mod admin;
mod admin_tenants;
mod agents;
mod analytics;
mod attributes;
mod audit;
mod bad_input;
mod cache;
mod catalogue;
mod changes;
mod client_forms;
mod details;
mod evaluation;
mod feeds;
mod former_slugs;
mod further_offers;
mod gateway;
mod guards;
mod imports;
mod index;
mod instantsearch;
mod keys;
mod live;
mod merchandising;
mod offers;
mod pages;
mod permissions;
mod reviews;
mod search;
mod search_keys;
mod selling;
mod shop;
mod specification;
mod tenants;
mod values;
mod warming;
mod webhooks;
mod wire;
