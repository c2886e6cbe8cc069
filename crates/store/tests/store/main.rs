//! The store on both databases, as its callers and as people with `psql` see it.

#![allow(clippy::unwrap_used)]

mod catalogue;
mod documents;
mod jobs;
mod outbox;
mod plans;
mod products;
mod search_configs;
mod sessions;
mod support;
mod triggers;
mod writers;
