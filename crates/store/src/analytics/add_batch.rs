//! Adds a batch of searches and events to the sums of its days, once.

use std::collections::BTreeMap;

use super::{
    Batch, SearchKey, events::UNKNOWN_QUERY, sums::DaySums, transaction::BatchTransaction,
};
use crate::{Store, StoreError};

/// See [`super::SearchAnalytics::add`].
///
/// What belongs to tenants that are gone is not added: it would stay behind when all else of theirs is deleted.
///
/// Rows are written in the order of their keys, table by table in the same order, so that batches of several processes
/// wait for each other and never in a circle.
pub(super) async fn add(store: &Store, batch: &Batch, now_ms: i64) -> Result<(), StoreError> {
    let transaction = store.begin().await?;
    let writing = BatchTransaction {
        transaction: &transaction,
        backend: store.backend(),
        now_ms,
    };
    if !writing.is_first(batch.id).await? {
        return Ok(transaction.rollback().await?);
    }
    let batch = &*writing.of_living_tenants(batch).await?;
    writing.queries(batch).await?;
    let mut days: BTreeMap<SearchKey, DaySums> = BTreeMap::new();
    for count in &batch.searches {
        let sums = days.entry(count.key).or_default();
        sums.searches += count.searches as i64;
        sums.no_results += count.no_results as i64;
    }
    for key in writing.new_visitors(batch).await? {
        days.entry(key).or_default().visitors += 1;
    }
    let mut products: BTreeMap<(SearchKey, i64), [i64; 3]> = BTreeMap::new();
    for counted in writing.events(batch).await? {
        counted.sum_up(days.entry(counted.key).or_default());
        if counted.key.query != UNKNOWN_QUERY {
            let sums = products
                .entry((counted.key, counted.event.product))
                .or_default();
            sums[counted.event.action as usize] += 1;
        }
    }
    writing.days(&days).await?;
    writing.product_days(&products).await?;
    Ok(transaction.commit().await?)
}
