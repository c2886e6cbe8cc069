//! Requests of a storefront, some of them very frequent and most of them rare.

use std::{net::SocketAddr, sync::Arc};

use anyhow::{Context, Result};
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use crate::{http::Connection, queries};

const SEED: u64 = 5;
/// Most different product pages.
const PRODUCTS: usize = 2_500;
const PER_PAGE: usize = 100;
/// Requests that are drawn; clients cycle through them.
const DRAWN: usize = 60_000;
/// The exponent of the distribution: the second most wanted page is asked for half as often as the first.
const EXPONENT: f64 = 1.0;

/// Requests in the order in which they are made: which page comes next follows Zipf's law over products' pages,
/// searches and listings.
pub(super) async fn requests(address: SocketAddr) -> Result<Arc<[String]>> {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let mut pages: Vec<String> = queries::derive(address)
        .await?
        .iter()
        .map(queries::Query::path)
        .collect();
    pages.extend(products(address).await?);
    pages.push("/api/categories".to_owned());
    pages.push("/api/fandoms".to_owned());
    pages.shuffle(&mut random);

    let mut sum = 0.0;
    let shares: Vec<f64> = (1..=pages.len())
        .map(|rank| {
            sum += (rank as f64).powf(-EXPONENT);
            sum
        })
        .collect();
    let drawn = (0..DRAWN).map(|_| {
        let share = random.random_range(0.0..sum);
        let rank = shares.partition_point(|upto| *upto <= share);
        pages[rank.min(pages.len() - 1)].clone()
    });
    Ok(drawn.collect())
}

async fn products(address: SocketAddr) -> Result<Vec<String>> {
    let mut connection = Connection::open(address).await?;
    let mut pages = Vec::new();
    for number in 1..=PRODUCTS / PER_PAGE {
        let path = format!("/api/products?per_page={PER_PAGE}&page={number}");
        let listing = connection.get_json(&path).await?;
        let products = listing["products"].as_array().context("no products")?;
        let slugs = products
            .iter()
            .filter_map(|product| product["slug"].as_str());
        pages.extend(slugs.map(|slug| format!("/api/products/{slug}")));
    }
    Ok(pages)
}
