//! Adds a batch of searches and events to the sums of its days, once.

use std::{borrow::Cow, collections::BTreeMap};

use super::{
    Batch, NetworkOrigins, SearchKey,
    origins::OriginSums,
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
pub(super) async fn add(
    store: &Store,
    batch: &Batch,
    origins: &NetworkOrigins,
    now_ms: i64,
) -> Result<(), StoreError> {
    let transaction = store.begin().await?;
    let writing = BatchTransaction {
        transaction: &transaction,
        backend: store.backend(),
        now_ms,
    };
    if !writing.is_first(batch.id).await? {
        return Ok(transaction.rollback().await?);
    }
    let living = writing.of_living_tenants(batch).await?;
    // Networks of counts are known by the places of the counts.
    let nothing = NetworkOrigins::default();
    let origins = match living {
        Cow::Borrowed(_) => origins,
        Cow::Owned(_) => &nothing,
    };
    let batch = &*living;
    writing.queries(batch).await?;
    let mut days: BTreeMap<SearchKey, DaySums> = BTreeMap::new();
    for count in &batch.searches {
        let sums = days.entry(count.key).or_default();
        sums.searches += count.searches as i64;
        sums.no_results += count.no_results as i64;
    }
    let mut by_network = OriginSums::default();
    for own in &origins.searches {
        let sums = by_network.days(own.key, Some(own.network));
        if let Some(sums) = sums {
            sums.searches += own.searches as i64;
            sums.no_results += own.no_results as i64;
        }
    }
    for visitor in writing.new_visitors(batch).await? {
        days.entry(visitor.key).or_default().visitors += 1;
        let network = origins.tokens.get(&visitor).copied();
        if let Some(sums) = by_network.days(visitor.key, network) {
            sums.visitors += 1;
        }
    }
    let events = writing.events(batch, origins).await?;
    let mut new = writing.new_tokens(batch, &events).await?;
    for network in &batch.networks {
        let is_new = new.take(&network.key, network.token);
        days.entry(network.key).or_default().networks += i64::from(is_new);
        let origin = origins.tokens.get(network).copied();
        if let Some(sums) = by_network.days(network.key, origin) {
            sums.networks += i64::from(is_new);
        }
    }
    let mut products: BTreeMap<(SearchKey, i64), ProductSums> = BTreeMap::new();
    for counted in events {
        let sums = days.entry(counted.key).or_default();
        counted.sum_up(sums);
        if let Some(sums) = by_network.days(counted.key, counted.origin) {
            counted.sum_up(sums);
        }
        if !counted.is_known() {
            continue;
        }
        let is_new_click = i64::from(new.take_click(&counted));
        sums.click_networks += is_new_click;
        if let Some(sums) = by_network.days(counted.key, counted.origin) {
            sums.click_networks += is_new_click;
        }
        let sums = products
            .entry((counted.key, counted.event.product))
            .or_default();
        // However often a network does it: popularity is how many do.
        let deed = i64::from(new.take_deed(&counted));
        let network = i64::from(new.take_product(&counted));
        let own = by_network.products((counted.key, counted.event.product), counted.origin);
        for sums in [Some(sums), own].into_iter().flatten() {
            sums.deeds[counted.event.action as usize] += deed;
            sums.networks += network;
        }
    }
    writing.days(&days).await?;
    writing.product_days(&products).await?;
    writing.origins(&by_network).await?;
    Ok(transaction.commit().await?)
}
