//! Proves that database and index agree: the same products, each with the same content.

use std::cmp::Ordering;
use std::iter::Peekable;

use serde::Serialize;
use souk_domain::{ProductId, TenantId};
use souk_search::{IndexEntry, IndexWriter};
use souk_store::{Entity, Store};

use crate::IndexerError;

/// How many products are compared at a time.
const CHUNK: usize = 1_000;

/// Where database and index differ. A change on its way looks like drift, so compare when the outbox is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Drift {
    /// How many products both should hold.
    pub compared: u64,
    /// For sale, but not in the index.
    pub missing: Vec<ProductId>,
    /// In the index with other content.
    pub outdated: Vec<ProductId>,
    /// In the index, but not for sale.
    pub surplus: Vec<ProductId>,
}

impl Drift {
    /// Whether both agree.
    pub fn is_none(&self) -> bool {
        self.missing.is_empty() && self.outdated.is_empty() && self.surplus.is_empty()
    }

    /// The products that differ.
    pub fn products(&self) -> Vec<ProductId> {
        [&self.missing, &self.outdated, &self.surplus]
            .into_iter()
            .flatten()
            .copied()
            .collect()
    }
}

/// Compares a tenant's products with its index, both in order of ids, holding one chunk of each.
///
/// # Errors
/// If database or index failed.
pub async fn verify(
    store: &Store,
    writer: &dyn IndexWriter,
    tenant: TenantId,
) -> Result<Drift, IndexerError> {
    let mut drift = Drift::default();
    let mut after = None;
    loop {
        let entries = writer.entries(tenant, after, CHUNK).await?;
        let upto = (entries.len() == CHUNK).then(|| entries[CHUNK - 1].id);
        let mut entries = entries.into_iter().peekable();
        compare_range(store, tenant, &mut entries, after, upto, &mut drift).await?;
        match upto {
            Some(_) => after = upto,
            None => return Ok(drift),
        }
    }
}

/// Compares the products with ids in `(after, upto]` with the index's entries of the same range.
async fn compare_range(
    store: &Store,
    tenant: TenantId,
    entries: &mut Peekable<std::vec::IntoIter<IndexEntry>>,
    mut after: Option<ProductId>,
    upto: Option<ProductId>,
    drift: &mut Drift,
) -> Result<(), IndexerError> {
    let scope = store.scope(tenant);
    loop {
        let mut ids = scope.document_ids(after, CHUNK as u32).await?;
        let exhausted = ids.len() < CHUNK;
        after = ids.last().copied();
        if let Some(upto) = upto {
            ids.retain(|&id| id <= upto);
        }
        for document in scope.documents(&ids).await? {
            drift.compared += 1;
            compare(document.id, document.content_hash(), entries, drift);
        }
        if exhausted || upto.is_some_and(|upto| after >= Some(upto)) {
            break;
        }
    }
    drift.surplus.extend(entries.map(|entry| entry.id));
    Ok(())
}

fn compare(
    id: ProductId,
    content_hash: u64,
    entries: &mut Peekable<std::vec::IntoIter<IndexEntry>>,
    drift: &mut Drift,
) {
    while let Some(entry) = entries.next_if(|entry| entry.id <= id) {
        match entry.id.cmp(&id) {
            Ordering::Less => drift.surplus.push(entry.id),
            _ if entry.content_hash != content_hash => return drift.outdated.push(id),
            _ => return,
        }
    }
    drift.missing.push(id);
}

/// Has the differing products looked at again; the drain then mends them. Answers how many.
///
/// # Errors
/// If the database failed.
pub async fn repair(store: &Store, tenant: TenantId, drift: &Drift) -> Result<u64, IndexerError> {
    let ids: Vec<i64> = drift.products().into_iter().map(|id| id.0).collect();
    Ok(store
        .outbox()
        .enqueue(tenant, Entity::Product, &ids)
        .await?)
}
