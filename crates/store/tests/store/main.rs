//! The store on both databases, as its callers and as people with `psql` see it.

#![allow(clippy::unwrap_used)]

mod analytics;
mod api_keys;
mod attributes;
mod audit;
mod catalogue;
mod changes;
mod details;
mod documents;
mod events;
mod external_ids;
mod feedback;
mod former_slugs;
mod further_offers;
mod imports;
mod jobs;
mod lanes;
mod migrations;
mod offers;
mod outbox;
mod people;
mod places;
mod plans;
mod prices;
mod product_offers;
mod products;
mod search_configs;
mod search_projection;
mod sessions;
mod support;
mod tenants;
mod triggers;
mod visitor_salts;
mod voiding;
mod writers;
