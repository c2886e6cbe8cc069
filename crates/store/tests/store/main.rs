//! The store on both databases, as its callers and as people with `psql` see it.

mod catalogue;
mod documents;
mod outbox;
mod products;
mod support;
mod triggers;
mod writers;
