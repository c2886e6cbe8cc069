//! Compares database and index in one pass over both.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::iter::Peekable;
use std::vec;

use souk_domain::ProductId;
use souk_search::IndexEntry;

use super::{CHUNK, Drift, Subject};
use crate::IndexerError;

type Entries = Peekable<vec::IntoIter<IndexEntry>>;

/// Compares products with ids above `after`, about `limit` of them.
pub(super) async fn compare(
    subject: Subject<'_>,
    mut after: Option<ProductId>,
    limit: Option<usize>,
) -> Result<Drift, IndexerError> {
    let mut drift = Drift::default();
    loop {
        let seen = usize::try_from(drift.compared).unwrap_or(usize::MAX);
        let chunk = limit.map_or(CHUNK, |limit| limit.saturating_sub(seen).clamp(1, CHUNK));
        let entries = subject.entries(after, chunk).await?;
        let upto = (entries.len() == chunk).then(|| entries[chunk - 1].id);
        let entries = entries.into_iter().peekable();
        compare_range(subject, entries, (after, upto), limit, &mut drift).await?;
        let enough = is_enough(&drift, limit);
        match upto {
            Some(_) if !enough => after = upto,
            _ => return Ok(drift),
        }
    }
}

fn is_enough(drift: &Drift, limit: Option<usize>) -> bool {
    limit.is_some_and(|limit| drift.compared >= limit as u64)
}

/// Compares the products with ids in `(after, upto]` with the index's entries of the same range, until it is enough.
async fn compare_range(
    subject: Subject<'_>,
    mut entries: Entries,
    (mut after, upto): (Option<ProductId>, Option<ProductId>),
    limit: Option<usize>,
    drift: &mut Drift,
) -> Result<(), IndexerError> {
    let scope = subject.store.scope(subject.tenant);
    loop {
        let mut ids = scope.document_ids(after, CHUNK as u32).await?;
        let exhausted = ids.len() < CHUNK;
        after = ids.last().copied();
        if let Some(upto) = upto {
            ids.retain(|&id| id <= upto);
        }
        for document in scope.documents(&ids).await? {
            drift.compared += 1;
            compare_one(document.id, document.content_hash(), &mut entries, drift);
        }
        if exhausted || upto.is_some_and(|upto| after >= Some(upto)) {
            break;
        }
        if upto.is_none() && is_enough(drift, limit) {
            return Ok(());
        }
    }
    drift.surplus.extend(entries.map(|entry| entry.id));
    Ok(())
}

fn compare_one(id: ProductId, content_hash: u64, entries: &mut Entries, drift: &mut Drift) {
    while let Some(entry) = entries.next_if(|entry| entry.id <= id) {
        match entry.id.cmp(&id) {
            Ordering::Less => drift.surplus.push(entry.id),
            _ if entry.content_hash != content_hash => return drift.outdated.push(id),
            _ => return,
        }
    }
    drift.missing.push(id);
}

/// Compares exactly these products, whose ids rise.
pub(crate) async fn compare_these(
    subject: Subject<'_>,
    mut products: &[ProductId],
) -> Result<Drift, IndexerError> {
    let scope = subject.store.scope(subject.tenant);
    let mut drift = Drift::default();
    while let Some(first) = products.first() {
        let page = subject.entries(Some(ProductId(first.0 - 1)), CHUNK).await?;
        let upto = (page.len() == CHUNK).then(|| page[CHUNK - 1].id);
        let covered = products.partition_point(|&id| upto.is_none_or(|upto| id <= upto));
        let (covered, rest) = products.split_at(covered);
        products = rest;
        let indexed: HashMap<_, _> = page
            .into_iter()
            .map(|entry| (entry.id, entry.content_hash))
            .collect();
        for chunk in covered.chunks(CHUNK) {
            let stored: HashMap<_, _> = scope
                .documents(chunk)
                .await?
                .into_iter()
                .map(|document| (document.id, document.content_hash()))
                .collect();
            for id in chunk {
                match (stored.get(id), indexed.get(id)) {
                    (Some(_), None) => drift.missing.push(*id),
                    (None, Some(_)) => drift.surplus.push(*id),
                    (Some(stored), Some(indexed)) if stored != indexed => drift.outdated.push(*id),
                    _ => {}
                }
            }
        }
    }
    Ok(drift)
}
