//! Filters the events of a batch: unknown products and repetitions are left out.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Serialize;
use souk_domain::{Action, TenantId};

use super::{
    Batch, EventCount, NetworkOrigins, SAME_EVENT_MS, SearchKey, sums::DaySums,
    transaction::BatchTransaction,
};
use crate::{
    Backend, StoreError,
    backend::{IdRow, Kind, all, json},
};

/// Query key of events whose search is unknown.
pub(super) const UNKNOWN_QUERY: i64 = 0;

#[derive(FromQueryResult)]
struct KnownRow {
    tenant_id: i64,
    query: i64,
}

#[derive(FromQueryResult)]
struct ProductRow {
    tenant_id: i64,
    id: i64,
}

/// See [`super::SearchAnalytics::known`].
pub(super) async fn known(
    connection: &impl ConnectionTrait,
    backend: Backend,
    keys: &[(TenantId, i64)],
) -> Result<Vec<(TenantId, i64)>, StoreError> {
    #[derive(Serialize)]
    struct Row {
        tenant_id: i64,
        query: i64,
    }
    let rows: Vec<_> = keys
        .iter()
        .map(|&(tenant, query)| Row {
            tenant_id: tenant.0,
            query,
        })
        .collect();
    let given = backend.record_set(
        "$1",
        &[("tenant_id", Kind::Integer), ("query", Kind::Integer)],
    );
    let sql = format!(
        "SELECT q.tenant_id, q.query FROM {given}
         JOIN search_queries q ON q.tenant_id = r.tenant_id AND q.query = r.query"
    );
    let statement = backend.statement(sql, [json(&rows)?]);
    let found = all::<KnownRow>(connection, statement)
        .await?
        .into_iter()
        .map(|row| (TenantId(row.tenant_id), row.query));
    Ok(found.collect())
}

/// An event that counts.
pub(super) struct CountedEvent<'a> {
    /// Key of the search that the event is added to.
    pub(super) key: SearchKey,
    pub(super) event: &'a EventCount,
    /// True for the first event of its kind after the search.
    is_first: bool,
    /// Network that it came from, if it is known.
    pub(super) origin: Option<i64>,
}

impl CountedEvent<'_> {
    /// Returns true if its search was counted.
    pub(super) fn is_known(&self) -> bool {
        self.key.query != UNKNOWN_QUERY
    }

    pub(super) fn sum_up(&self, sums: &mut DaySums) {
        let first = i64::from(self.is_first);
        match self.event.action {
            Action::Click => {
                sums.clicks += 1;
                sums.positions += i64::from(self.event.position.unwrap_or_default());
                sums.clicked += first;
            }
            Action::AddToCart => sums.carts += 1,
            Action::Purchase => {
                sums.purchases += 1;
                sums.units += i64::from(self.event.quantity);
                sums.revenue = sums.revenue.saturating_add(self.event.revenue);
                sums.converted += first;
            }
        }
    }
}

impl BatchTransaction<'_> {
    /// Returns the events of existing products that do not repeat a recent one.
    pub(super) async fn events<'a>(
        &self,
        batch: &'a Batch,
        origins: &NetworkOrigins,
    ) -> Result<Vec<CountedEvent<'a>>, StoreError> {
        if batch.events.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<_> = batch
            .events
            .iter()
            .map(|event| (event.key.tenant, event.key.query))
            .collect();
        let known: HashSet<_> = known(self.transaction, self.backend, &keys)
            .await?
            .into_iter()
            .collect();
        let products = self.products(&batch.events).await?;
        let origins = origins.events.iter().copied();
        let origins = origins.chain(std::iter::repeat(None));
        let events: Vec<_> = batch
            .events
            .iter()
            .zip(origins)
            .filter(|(event, _)| products.contains(&(event.key.tenant, event.product)))
            .collect();
        let mut fresh = self
            .unseen(events.iter().filter_map(|(it, _)| it.event).collect())
            .await?;
        let events: Vec<_> = events
            .into_iter()
            .filter(|(it, _)| it.event.is_none_or(|event| fresh.remove(&event)))
            .collect();
        // Only now: an event that is not counted makes no search successful, nor keeps the next one from doing so.
        let mut first = self
            .unseen(events.iter().filter_map(|(it, _)| it.success).collect())
            .await?;
        let mut counted = Vec::with_capacity(events.len());
        for (event, origin) in events {
            let is_known = known.contains(&(event.key.tenant, event.key.query));
            counted.push(CountedEvent {
                key: if is_known {
                    event.key
                } else {
                    SearchKey {
                        query: UNKNOWN_QUERY,
                        settings: 0,
                        ..event.key
                    }
                },
                event,
                origin,
                is_first: event.success.is_none_or(|success| first.remove(&success)),
            });
        }
        Ok(counted)
    }

    async fn products(
        &self,
        events: &[EventCount],
    ) -> Result<HashSet<(TenantId, i64)>, StoreError> {
        let sql = format!(
            "SELECT tenant_id, id FROM products WHERE {}",
            self.backend.among_ids("id", "$1")
        );
        let ids = self.backend.ids(events.iter().map(|event| event.product));
        let rows: Vec<ProductRow> =
            all(self.transaction, self.backend.statement(sql, [ids])).await?;
        let found = rows
            .into_iter()
            .map(|row| (TenantId(row.tenant_id), row.id));
        Ok(found.collect())
    }

    /// Returns the hashes not seen within [`SAME_EVENT_MS`], and marks them as seen.
    async fn unseen(&self, hashes: HashSet<i64>) -> Result<HashSet<i64>, StoreError> {
        #[derive(Serialize)]
        struct Row {
            id: i64,
        }
        if hashes.is_empty() {
            return Ok(hashes);
        }
        let mut rows: Vec<_> = hashes.into_iter().map(|id| Row { id }).collect();
        rows.sort_unstable_by_key(|row| row.id);
        let given = self.backend.record_set("$1", &[("id", Kind::Integer)]);
        let sql = format!(
            "INSERT INTO search_events_seen (id, seen_at) SELECT id, $2 FROM {given} WHERE true
             ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at
             WHERE search_events_seen.seen_at <= $3
             RETURNING id"
        );
        let values = [
            json(&rows)?,
            self.now_ms.into(),
            (self.now_ms - SAME_EVENT_MS).into(),
        ];
        let fresh: Vec<IdRow> = all(self.transaction, self.backend.statement(sql, values)).await?;
        Ok(fresh.into_iter().map(|row| row.id).collect())
    }
}
