//! Adds a batch of searches and events to the sums of its days, once.

use std::collections::BTreeMap;

use super::{
    Batch, SearchKey,
    sums::{DaySums, ProductSums},
    transaction::BatchTransaction,
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
    let events = writing.events(batch).await?;
    let mut new = writing.new_tokens(batch, &events).await?;
    for network in &batch.networks {
        let is_new = new.take(&network.key, network.token);
        days.entry(network.key).or_default().networks += i64::from(is_new);
    }
    let mut products: BTreeMap<(SearchKey, i64), ProductSums> = BTreeMap::new();
    for counted in events {
        let sums = days.entry(counted.key).or_default();
        counted.sum_up(sums);
        if !counted.is_known() {
            continue;
        }
        sums.click_networks += i64::from(new.take_click(&counted));
        let sums = products
            .entry((counted.key, counted.event.product))
            .or_default();
        // However often a network does it: popularity is how many do.
        sums.deeds[counted.event.action as usize] += i64::from(new.take_deed(&counted));
        sums.networks += i64::from(new.take_product(&counted));
    }
    writing.days(&days).await?;
    writing.product_days(&products).await?;
    Ok(transaction.commit().await?)
}
