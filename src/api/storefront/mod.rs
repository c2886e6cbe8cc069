//! API of storefronts: search, products, categories and events, open to everyone.

pub mod catalogue;
pub mod events;
pub mod products;
pub mod search;
