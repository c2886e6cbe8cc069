//! Deeds of networks, each counted once a day.

use std::collections::HashSet;

use sea_orm::FromQueryResult;
use serde::Serialize;
use souk_domain::{Action, TenantId};

use super::{Batch, batch::SearchKey, events::CountedEvent, transaction::BatchTransaction};
use crate::{
    StoreError,
    backend::{Kind, all, json},
};

/// Tokens of a batch that were not counted before today. Each counts once.
pub(super) struct NewTokens(HashSet<(TenantId, i64, i64)>);

impl NewTokens {
    /// Returns true if a token of a key's day is new, and takes it.
    pub(super) fn take(&mut self, key: &SearchKey, token: i64) -> bool {
        self.0.remove(&(key.tenant, key.day, token))
    }

    /// Returns true if the event is the first of its kind with its product from its network today.
    pub(super) fn take_deed(&mut self, counted: &CountedEvent<'_>) -> bool {
        let network = counted.event.network;
        network.is_some_and(|network| self.take(&counted.key, network.deed))
    }

    /// Returns true if the event is the first with its product from its network today.
    pub(super) fn take_product(&mut self, counted: &CountedEvent<'_>) -> bool {
        let network = counted.event.network;
        network.is_some_and(|network| self.take(&counted.key, network.product))
    }

    /// Returns true if the event is the first click after its search from its network today.
    pub(super) fn take_click(&mut self, counted: &CountedEvent<'_>) -> bool {
        let network = counted.event.network;
        counted.event.action == Action::Click
            && network.is_some_and(|network| self.take(&counted.key, network.query))
    }
}

#[derive(Serialize, FromQueryResult, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    tenant_id: i64,
    day: i64,
    token: i64,
}

impl Row {
    fn new(key: &SearchKey, token: i64) -> Self {
        Self {
            tenant_id: key.tenant.0,
            day: key.day,
            token,
        }
    }
}

impl BatchTransaction<'_> {
    /// Notes down what networks did, and returns what is new of it.
    pub(super) async fn new_tokens(
        &self,
        batch: &Batch,
        events: &[CountedEvent<'_>],
    ) -> Result<NewTokens, StoreError> {
        let searches = batch.networks.iter();
        let mut rows: Vec<_> = searches.map(|own| Row::new(&own.key, own.token)).collect();
        for counted in events {
            // An event of an unknown search counts for no product: it must not stand in the way of one that does.
            let Some(network) = counted.event.network.filter(|_| counted.is_known()) else {
                continue;
            };
            rows.push(Row::new(&counted.key, network.product));
            rows.push(Row::new(&counted.key, network.deed));
            if counted.event.action == Action::Click {
                rows.push(Row::new(&counted.key, network.query));
            }
        }
        if rows.is_empty() {
            return Ok(NewTokens(HashSet::new()));
        }
        rows.sort_unstable();
        rows.dedup();
        let columns = ["tenant_id", "day", "token"];
        let given = self
            .backend
            .record_set("$1", &columns.map(|column| (column, Kind::Integer)));
        let columns = columns.join(", ");
        let sql = format!(
            "INSERT INTO search_networks ({columns}) SELECT {columns} FROM {given} WHERE true
             ON CONFLICT (tenant_id, day, token) DO NOTHING RETURNING {columns}"
        );
        let statement = self.backend.statement(sql, [json(&rows)?]);
        let new: Vec<Row> = all(self.transaction, statement).await?;
        let new = new.into_iter();
        Ok(NewTokens(
            new.map(|row| (TenantId(row.tenant_id), row.day, row.token))
                .collect(),
        ))
    }
}
