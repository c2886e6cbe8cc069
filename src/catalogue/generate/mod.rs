//! The demo: a believable marketplace of fan merchandise, the same for the same seed on every machine.

mod dice;
mod family;
mod marketplace;
mod offer;
mod text;
mod tree;
mod words;
mod world;

pub use marketplace::{CategoryNode, Marketplace, image_names};
pub use world::{FANDOMS, Fandom, Seller};

/// Streams of the dice that no product's number reaches.
const STREAM_FANDOMS: u64 = u64::MAX;
const STREAM_SELLERS: u64 = u64::MAX - 1;
