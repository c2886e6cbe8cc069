//! Batches that are written side by side.
//!
//! A database of several processors writes two at a time faster than one after the other. Two batches that want the same
//! name wait for each other, and results are taken in the order of the file: what is imported is what it would be
//! otherwise.

use std::collections::{HashSet, VecDeque};

use souk_domain::{InvalidField, ProductInput};
use souk_store::{Backend, MissingReferences, Products, Scope, StoreError, UniqueKey, Upserted};
use tokio_util::task::AbortOnDropHandle;

use super::{batches::Batch, keep::Kept, report::RowFault};

/// Batches at a time, where the database has more than one writer.
const WIDTH: usize = 2;

/// Outcome of each product, and the number of slugs that were not given since another product has them.
type Results = Result<(Vec<Result<Upserted, InvalidField>>, u64), StoreError>;

/// Outcome of a batch.
pub(super) struct Written {
    /// Faults of rows that never became products.
    pub(super) faults: Vec<RowFault>,
    /// Line and external id of each product.
    pub(super) keys: Vec<(u64, String)>,
    /// Outcome, if they could be written.
    pub(super) results: Results,
}

/// Batches that are being written.
pub(super) struct Lanes {
    products: Products,
    width: usize,
    under_way: VecDeque<UnderWay>,
}

struct UnderWay {
    faults: Vec<RowFault>,
    keys: Vec<(u64, String)>,
    names: HashSet<UniqueKey>,
    writing: AbortOnDropHandle<Results>,
}

impl Lanes {
    /// Lanes to a tenant's products. One after the other, a batch is only begun once nothing of the one before was
    /// refused.
    pub(super) fn new(scope: &Scope, backend: Backend, one_after_the_other: bool) -> Self {
        let narrow = one_after_the_other || backend == Backend::Sqlite;
        Self {
            products: scope.products(),
            width: if narrow { 1 } else { WIDTH },
            under_way: VecDeque::new(),
        }
    }

    /// Begins to write a batch. Those that it has to wait for are returned, the earliest first.
    pub(super) async fn write(&mut self, batch: Batch) -> Vec<Written> {
        let names: HashSet<UniqueKey> = batch
            .products
            .iter()
            .flat_map(|kept| Products::unique_keys(&kept.product))
            .collect();
        let mut written = Vec::new();
        while !self.has_room_for(&names) {
            written.extend(self.finish().await);
        }
        let (keys, inputs) = batch
            .products
            .into_iter()
            .map(|Kept { line, product, .. }| ((line, product.external_id.clone()), product))
            .unzip();
        let products = self.products.clone();
        let writing = async move { write(&products, inputs).await };
        self.under_way.push_back(UnderWay {
            faults: batch.faults,
            keys,
            names,
            writing: AbortOnDropHandle::new(tokio::spawn(writing)),
        });
        if self.width == 1 {
            written.extend(self.finish().await);
        }
        written
    }

    /// Waits for the earliest batch that is being written, if there is one.
    pub(super) async fn finish(&mut self) -> Option<Written> {
        let earliest = self.under_way.pop_front()?;
        let results = match earliest.writing.await {
            Ok(results) => results,
            // Nobody aborts it while it is waited for.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        Some(Written {
            faults: earliest.faults,
            keys: earliest.keys,
            results,
        })
    }

    fn has_room_for(&self, names: &HashSet<UniqueKey>) -> bool {
        let apart = |other: &UnderWay| other.names.is_disjoint(names);
        self.under_way.len() < self.width && self.under_way.iter().all(apart)
    }
}

/// Writes products. One whose slug is taken gets another: a slug costs no product.
async fn write(products: &Products, inputs: Vec<ProductInput>) -> Results {
    let slugs: Vec<Option<ProductInput>> = inputs
        .iter()
        .map(|input| input.slug.is_some().then(|| input.clone()))
        .collect();
    let mut results = products
        .upsert_batch(inputs, MissingReferences::Reject)
        .await?;
    let (places, again): (Vec<usize>, Vec<ProductInput>) = slugs
        .into_iter()
        .enumerate()
        .filter(|(place, _)| matches!(&results[*place], Err(invalid) if invalid.field == "slug"))
        .filter_map(|(place, input)| {
            Some((
                place,
                ProductInput {
                    slug: None,
                    ..input?
                },
            ))
        })
        .unzip();
    if again.is_empty() {
        return Ok((results, 0));
    }
    let second = products
        .upsert_batch(again, MissingReferences::Reject)
        .await?;
    let made = places.len() as u64;
    for (place, result) in places.into_iter().zip(second) {
        results[place] = result;
    }
    Ok((results, made))
}
