//! Products of the generated catalogue, whose words make what is asked.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use crate::http::Connection;

/// The orders that a page of products can have.
pub(crate) const ORDERS: [&str; 5] = ["newest", "price_asc", "price_desc", "rating", "popular"];

/// Pages of products that are read.
const SAMPLED_PAGES: u32 = 12;
/// The deepest page by number.
const DEEPEST_PAGE: u32 = 100;

/// A product as its hit shows it.
pub(crate) struct Sample {
    /// The words of its title, in lower case.
    pub(crate) words: Vec<String>,
    pub(crate) category: Option<String>,
    /// Slug and name.
    pub(crate) fandom: Option<(String, String)>,
    pub(crate) brand: Option<String>,
    pub(crate) price: i64,
}

impl Sample {
    /// The product of a hit, unless it has no word or price.
    pub(crate) fn of(hit: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let words: Vec<String> = hit["title"]
            .as_str()?
            .split_whitespace()
            .map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric()))
            .filter(|word| word.chars().count() > 2 && word.chars().all(char::is_alphabetic))
            .map(str::to_lowercase)
            .collect();
        if words.is_empty() {
            return None;
        }
        Some(Self {
            words,
            category: text(&hit["category"]["slug"]),
            fandom: text(&hit["fandom"]["slug"]).zip(text(&hit["fandom"]["name"])),
            brand: text(&hit["brand"]),
            price: hit["price"]["amount"].as_i64()?,
        })
    }
}

/// Asks the server for some of its products, the same for the same catalogue.
pub(crate) async fn take(address: SocketAddr, random: &mut ChaCha8Rng) -> Result<Vec<Sample>> {
    let mut connection = Connection::open(address).await?;
    let first = connection
        .get_json("/api/search?per_page=1&facets=none")
        .await?;
    let total = first["total"].as_u64().context("no total")?;
    let pages = u32::try_from(total / 100)?.clamp(1, DEEPEST_PAGE);
    let mut samples = Vec::new();
    for number in 0..SAMPLED_PAGES {
        let page = random.random_range(1..=pages);
        let order = ORDERS[number as usize % ORDERS.len()];
        let path = format!("/api/search?per_page=100&page={page}&sort={order}&facets=none");
        let answer = connection.get_json(&path).await?;
        let hits = answer["hits"].as_array().context("no hits")?;
        samples.extend(hits.iter().filter_map(Sample::of));
    }
    ensure!(
        samples.iter().any(|sample| sample.category.is_some()),
        "no product has a category"
    );
    Ok(samples)
}
