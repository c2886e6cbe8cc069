//! Rows that no trigger writes: of a whole catalogue, of products that follow from others, of what is repaired.

use serde_json::json as object;
use souk_domain::{ProductId, TenantId};

use super::{
    Entity, Outbox, OutboxRow,
    lane::{self, FOLLOWING},
};
use crate::{
    StoreError,
    backend::{CountRow, Kind, execute, first, json},
    catalogue::documents::{LISTED, ids_of_sql},
};

/// Products that one transaction brings up to date for the SQL engine.
const NOTED_AT_ONCE: u32 = 200;

impl Outbox {
    /// Writes a row of the background for each active product of a tenant, and says how many. Products that
    /// wait in the outbox anyway are left out, so that asking twice costs little.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn enqueue_all(&self, tenant: TenantId) -> Result<u64, StoreError> {
        let sql = format!(
            "INSERT INTO outbox (tenant_id, entity, entity_id, priority)
             SELECT tenant_id, 'product', id, $2 FROM products
             WHERE tenant_id = $1 AND {LISTED} AND NOT EXISTS (
                 SELECT 1 FROM outbox
                 WHERE entity = 'product' AND entity_id = products.id AND claimed_by IS NULL AND attempts = 0
             ) ORDER BY id"
        );
        let transaction = self.store.begin().await?;
        let statement = self
            .store
            .backend()
            .statement(sql, [tenant.0.into(), FOLLOWING.into()]);
        let enqueued = execute(&transaction, statement).await?;
        transaction.commit().await?;
        Ok(enqueued)
    }

    /// Notes for the SQL engine's projection that an attribute has changed which a row names. A caller that is killed does it
    /// again.
    async fn note_for_search(&self, row: &OutboxRow) -> Result<(), StoreError> {
        let backend = self.store.backend();
        let scope = self.store.scope(row.tenant_id);
        let mut after: Option<ProductId> = None;
        loop {
            let ids = scope
                .product_ids_of(row.entity, row.entity_id, after, NOTED_AT_ONCE)
                .await?;
            let Some(last) = ids.last() else {
                return Ok(());
            };
            after = Some(*last);
            let values = [backend.ids(ids.iter().map(|id| id.0))];
            let transaction = self.store.begin().await?;
            let statement = backend.statement(backend.note_for_search(), values);
            execute(&transaction, statement).await?;
            transaction.commit().await?;
        }
    }

    /// Replaces a claimed row of a category, fandom, seller or attribute by rows for the products that it concerns, and says how
    /// many; none if the worker no longer holds it. Those of an edit are edits, too, if they are few, else
    /// background. Products that wait anyway and as urgently are left out: they will be read after this. One
    /// transaction, so that it is done wholly or not at all, however many products there are and whatever is left of
    /// the lease.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn expand(
        &self,
        worker: &str,
        row: &OutboxRow,
        now_ms: i64,
    ) -> Result<u64, StoreError> {
        let backend = self.store.backend();
        if row.entity == Entity::Attribute {
            self.note_for_search(row).await?;
        }
        let transaction = self.store.begin().await?;
        let delete = "DELETE FROM outbox WHERE id = $1 AND claimed_by = $2 AND claimed_until > $3
             RETURNING priority AS count";
        let values = [row.id.0.into(), worker.into(), now_ms.into()];
        let deleted = first::<CountRow>(&transaction, backend.statement(delete, values)).await?;
        let Some(CountRow { count: was }) = deleted else {
            return Ok(0);
        };
        let concerned = ids_of_sql(backend, row.entity);
        let few = format!("SELECT count(*) AS count FROM ({concerned}) AS concerned");
        let few_values = [
            row.tenant_id.0.into(),
            row.entity_id.into(),
            0_i64.into(),
            (lane::FEW + 1).into(),
        ];
        let counted = first::<CountRow>(&transaction, backend.statement(few, few_values)).await?;
        let is_few = counted.is_some_and(|row| row.count <= lane::FEW);
        let priority = if was == 0 && is_few { 0 } else { FOLLOWING };
        // Those after no id, and without a limit.
        let insert = format!(
            "INSERT INTO outbox (tenant_id, entity, entity_id, priority, trace)
             SELECT $1, 'product', id, $6, $5 FROM ({concerned}) AS concerned
             WHERE NOT EXISTS (
                 SELECT 1 FROM outbox
                 WHERE entity = 'product' AND entity_id = concerned.id AND claimed_by IS NULL AND attempts = 0
                   AND priority <= $6
             )"
        );
        let values = [
            row.tenant_id.0.into(),
            row.entity_id.into(),
            0_i64.into(),
            i64::MAX.into(),
            row.trace.clone().into(),
            priority.into(),
        ];
        let expanded = execute(&transaction, backend.statement(&insert, values)).await?;
        transaction.commit().await?;
        Ok(expanded)
    }

    /// Writes a row for each of these, whether they exist or not, and says how many. Many are background.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn enqueue(
        &self,
        tenant: TenantId,
        entity: Entity,
        ids: &[i64],
    ) -> Result<u64, StoreError> {
        let rows = ids.iter().map(|id| object!({"id": id}));
        let sql = format!(
            "INSERT INTO outbox (tenant_id, entity, entity_id, priority) SELECT $2, $3, id, $4 FROM {}",
            self.store
                .backend()
                .record_set("$1", &[("id", Kind::Integer)])
        );
        let values = [
            json(&rows.collect::<Vec<_>>())?,
            tenant.0.into(),
            entity.as_str().into(),
            i64::from(ids.len() as i64 > lane::FEW).into(),
        ];
        let transaction = self.store.begin().await?;
        let statement = self.store.backend().statement(sql, values);
        let enqueued = execute(&transaction, statement).await?;
        transaction.commit().await?;
        Ok(enqueued)
    }
}
