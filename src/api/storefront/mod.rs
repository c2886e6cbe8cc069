//! API of storefronts: search, products, reviews, categories, sellers and events, open to everyone.

pub mod catalogue;
pub mod events;
pub mod products;
pub mod reviews;
pub mod search;
pub mod sellers;
