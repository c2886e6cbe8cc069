//! The store on both databases, as its callers and as people with `psql` see it.

#![allow(clippy::unwrap_used)]

mod analytics;
mod catalogue;
mod changes;
mod details;
mod documents;
mod feedback;
mod imports;
mod jobs;
mod lanes;
mod migrations;
mod offers;
mod outbox;
mod places;
mod plans;
mod prices;
mod products;
mod search_configs;
mod sessions;
mod support;
mod tenants;
mod triggers;
mod visitor_salts;
mod writers;
