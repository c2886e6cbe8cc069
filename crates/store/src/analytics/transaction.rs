//! Transaction that adds a batch of searches and events: deduplication, texts and visitors.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use sea_orm::FromQueryResult;
use serde::Serialize;
use souk_domain::TenantId;

use super::{Batch, SearchKey, Visitor};
use crate::{
    Backend, StoreError, Transaction,
    backend::{IdRow, Kind, all, execute, json},
};

#[derive(FromQueryResult)]
struct VisitorRow {
    tenant_id: i64,
    day: i64,
    query: i64,
    settings: i64,
    token: i64,
}

/// A batch's transaction.
pub(super) struct BatchTransaction<'a> {
    pub(super) transaction: &'a Transaction,
    pub(super) backend: Backend,
    pub(super) now_ms: i64,
}

impl BatchTransaction<'_> {
    pub(super) async fn is_first(&self, batch: i64) -> Result<bool, StoreError> {
        let sql =
            "INSERT INTO search_batches (id, added_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
        let values = [batch.into(), self.now_ms.into()];
        let added = execute(self.transaction, self.backend.statement(sql, values)).await?;
        Ok(added > 0)
    }

    /// A batch without what belongs to tenants that are gone. The others stay until the transaction ends.
    pub(super) async fn of_living_tenants<'b>(
        &self,
        batch: &'b Batch,
    ) -> Result<Cow<'b, Batch>, StoreError> {
        let tenants: BTreeSet<i64> = batch.tenants().map(|tenant| tenant.0).collect();
        let sql = format!(
            "SELECT id FROM tenants WHERE {} ORDER BY id{}",
            self.backend.among_ids("id", "$1"),
            self.backend.for_key_share()
        );
        let values = [self.backend.ids(tenants.iter().copied())];
        let living: Vec<IdRow> = all(self.transaction, self.backend.statement(sql, values)).await?;
        if living.len() == tenants.len() {
            return Ok(Cow::Borrowed(batch));
        }
        let living: BTreeSet<i64> = living.into_iter().map(|row| row.id).collect();
        let mut batch = batch.clone();
        batch.retain(|tenant| living.contains(&tenant.0));
        Ok(Cow::Owned(batch))
    }

    /// Makes the texts known.
    pub(super) async fn queries(&self, batch: &Batch) -> Result<(), StoreError> {
        #[derive(Serialize)]
        struct Row<'a> {
            tenant_id: i64,
            query: i64,
            text: &'a str,
            last_day: i64,
        }
        let mut rows: BTreeMap<(TenantId, i64), Row<'_>> = BTreeMap::new();
        for count in &batch.searches {
            let SearchKey {
                tenant, query, day, ..
            } = count.key;
            let row = rows.entry((tenant, query)).or_insert(Row {
                tenant_id: tenant.0,
                query,
                text: &count.text,
                last_day: day,
            });
            row.last_day = row.last_day.max(day);
        }
        let rows: Vec<_> = rows.into_values().collect();
        let given = self.backend.record_set(
            "$1",
            &[
                ("tenant_id", Kind::Integer),
                ("query", Kind::Integer),
                ("text", Kind::Text),
                ("last_day", Kind::Integer),
            ],
        );
        let sql = format!(
            "INSERT INTO search_queries (tenant_id, query, text, last_day)
             SELECT tenant_id, query, text, last_day FROM {given} WHERE true
             ON CONFLICT (tenant_id, query) DO UPDATE SET last_day = excluded.last_day
             WHERE search_queries.last_day < excluded.last_day"
        );
        let statement = self.backend.statement(sql, [json(&rows)?]);
        execute(self.transaction, statement).await?;
        Ok(())
    }

    /// Notes sessions down, and answers what each new one searched for. One that searched for the same under several
    /// settings counts once, for those that answered first: else whoever searches while settings are changed would be
    /// several people.
    pub(super) async fn new_visitors(&self, batch: &Batch) -> Result<Vec<Visitor>, StoreError> {
        #[derive(Serialize)]
        struct Row {
            tenant_id: i64,
            day: i64,
            query: i64,
            settings: u32,
            token: i64,
        }
        let mut visitors = batch.visitors.clone();
        visitors.sort_unstable();
        let rows: Vec<_> = visitors
            .iter()
            .map(|visitor| Row {
                tenant_id: visitor.key.tenant.0,
                day: visitor.key.day,
                query: visitor.key.query,
                settings: visitor.key.settings,
                token: visitor.token,
            })
            .collect();
        let columns = ["tenant_id", "day", "query", "settings", "token"];
        let given = self
            .backend
            .record_set("$1", &columns.map(|column| (column, Kind::Integer)));
        let columns = columns.join(", ");
        let sql = format!(
            "INSERT INTO search_visitors ({columns}) SELECT {columns} FROM {given} WHERE true
             ON CONFLICT (tenant_id, day, query, token) DO NOTHING
             RETURNING tenant_id, day, query, settings, token"
        );
        let statement = self.backend.statement(sql, [json(&rows)?]);
        let new: Vec<VisitorRow> = all(self.transaction, statement).await?;
        let visitors = new.into_iter().map(|row| Visitor {
            key: SearchKey {
                tenant: TenantId(row.tenant_id),
                day: row.day,
                query: row.query,
                settings: u32::try_from(row.settings).unwrap_or_default(),
            },
            token: row.token,
        });
        Ok(visitors.collect())
    }
}
