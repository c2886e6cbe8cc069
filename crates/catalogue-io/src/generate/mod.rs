//! `souk generate`: a believable marketplace of fan merchandise, the same for the same seed on every machine.

mod dice;
mod family;
mod offer;
pub mod query_log;
mod shop;
mod text;
mod tree;
mod words;
mod world;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use clap::Args;
use souk_domain::{Currency, ProductInput};
use souk_store::{CategoryInput, MissingReferences, Scope, Store, StoreError, Tenant};
use tokio::sync::mpsc;

pub use shop::{CategoryNode, DemoShop, image_names};
pub use world::{FANDOMS, Fandom, Seller};

use crate::progress::{Progress, Unit};
use crate::references::KnownReferences;

/// Streams of the dice that no product's number reaches.
const STREAM_FANDOMS: u64 = u64::MAX;
const STREAM_SELLERS: u64 = u64::MAX - 1;

/// The seed that the demo has.
pub const DEFAULT_SEED: u64 = 42;
/// Products of a batch, and so of a transaction.
const BATCH: usize = 1_000;
/// Batches that wait while another is written.
const WAITING_BATCHES: usize = 2;
/// Identifiers have room for so many.
const MOST_PRODUCTS: u64 = 10_000_000;

/// Generate a demo marketplace of fan merchandise
///
/// The same seed makes the same marketplace, and a larger one contains every smaller one of its seed. Running it
/// again changes nothing, or completes what was interrupted.
#[derive(Debug, Clone, Args)]
pub struct GenerateArgs {
    /// Number of products
    #[arg(long, value_name = "N", default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(1..=MOST_PRODUCTS))]
    pub products: u64,
    /// Seed of the catalogue
    #[arg(long, value_name = "S", default_value_t = DEFAULT_SEED)]
    pub seed: u64,
}

/// Summary of a generated catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GenerateSummary {
    /// Categories, fandoms and sellers that the marketplace has.
    pub references: u64,
    /// Products that are new.
    pub created: u64,
    /// Products that were there and differed.
    pub updated: u64,
    /// Products that were there just so.
    pub unchanged: u64,
}

impl fmt::Display for GenerateSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            references,
            created,
            updated,
            unchanged,
        } = self;
        write!(
            f,
            "{} products generated: {created} created, {updated} updated, {unchanged} unchanged; \
             {references} categories, fandoms and sellers",
            created + updated + unchanged
        )
    }
}

/// A marketplace that could not be generated in full. Batches that were written before stay.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// The store failed.
    #[error("cannot write the generated marketplace")]
    Store(#[from] StoreError),
    /// The store refused a product: a slug of the demo is taken by a product of the catalogue.
    #[error("product {external_id} was refused: {source}")]
    Refused {
        /// The product's own id.
        external_id: String,
        /// Reason.
        source: souk_domain::InvalidField,
    },
}

/// Generates a marketplace into a tenant's catalogue, in the tenant's currency, with progress on standard error.
///
/// # Errors
/// If the database fails, or refuses a product.
pub async fn run(
    args: &GenerateArgs,
    store: &Store,
    tenant: &Tenant,
) -> Result<GenerateSummary, GenerateError> {
    let progress = Progress::shown("Generating", Unit::Items, Some(args.products));
    let result = fill(args, store, tenant, tenant.currency, &progress).await;
    progress.finish();
    result
}

/// Generates a marketplace into a tenant's catalogue.
///
/// # Errors
/// If the database fails, or refuses a product.
pub async fn fill(
    args: &GenerateArgs,
    store: &Store,
    tenant: &Tenant,
    currency: Currency,
    progress: &Progress,
) -> Result<GenerateSummary, GenerateError> {
    let shop = Arc::new(DemoShop::new(args.seed, args.products).priced_in(currency));
    let scope = store.scope(tenant.id).in_bulk();
    let references = write_references(&shop, &scope).await?;
    let mut summary = GenerateSummary {
        references,
        ..GenerateSummary::default()
    };

    // The next batch is made while this one is written.
    let (sender, mut receiver) = mpsc::channel(WAITING_BATCHES);
    tokio::task::spawn_blocking(move || make_batches(&shop, &sender));
    let mut done = 0;
    while let Some(batch) = receiver.recv().await {
        done += batch.len() as u64;
        write_batch(batch, &scope, &mut summary).await?;
        progress.set(done);
    }
    Ok(summary)
}

fn make_batches(shop: &DemoShop, sender: &mpsc::Sender<Vec<ProductInput>>) {
    let mut products = shop.products().peekable();
    while products.peek().is_some() {
        let batch = products.by_ref().take(BATCH).collect();
        // Nobody takes it when writing has failed.
        if sender.blocking_send(batch).is_err() {
            return;
        }
    }
}

async fn write_batch(
    batch: Vec<ProductInput>,
    scope: &Scope,
    summary: &mut GenerateSummary,
) -> Result<(), GenerateError> {
    let external_ids: Vec<String> = batch
        .iter()
        .map(|product| product.external_id.clone())
        .collect();
    let results = scope
        .products()
        .upsert_batch(batch, MissingReferences::Reject)
        .await?;
    for (external_id, result) in external_ids.into_iter().zip(results) {
        let upserted = result.map_err(|source| GenerateError::Refused {
            external_id,
            source,
        })?;
        match (upserted.created, upserted.changed) {
            (true, _) => summary.created += 1,
            (false, true) => summary.updated += 1,
            (false, false) => summary.unchanged += 1,
        }
    }
    Ok(())
}

/// Creates the categories, fandoms and sellers that are missing, and says how many there are.
async fn write_references(shop: &DemoShop, scope: &Scope) -> Result<u64, StoreError> {
    let nodes = shop.categories();
    let known = scope.categories().list().await?;
    let known: HashSet<&str> = known
        .iter()
        .map(|category| category.slug.as_str())
        .collect();
    for node in nodes
        .iter()
        .filter(|node| !known.contains(node.slug.as_str()))
    {
        let input = CategoryInput {
            closed: None,
            slug: Some(node.slug.clone()),
            name: node.name.clone(),
            parent: node.parent.clone(),
            position: node.position,
        };
        scope.categories().create(input).await?;
    }
    let mut fandoms = KnownReferences::of(scope.fandoms()).await?;
    for fandom in shop.fandoms() {
        fandoms
            .ensure(&fandom.slug, &fandom.name, &fandom.description)
            .await?;
    }
    let mut sellers = KnownReferences::of(scope.sellers()).await?;
    for seller in shop.sellers() {
        sellers
            .ensure(&seller.slug, &seller.name, &seller.description)
            .await?;
    }
    Ok((nodes.len() + shop.fandoms().len() + shop.sellers().len()) as u64)
}
