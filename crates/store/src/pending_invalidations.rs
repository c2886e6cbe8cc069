//! Cache invalidations that are not published yet: of rows in the outbox, and of rows indexed while the shared cache
//! was unavailable.

use std::time::Duration;

use sea_orm::FromQueryResult;
use souk_domain::TenantId;

use crate::{
    Backend, Store, StoreError,
    backend::{all, execute, first},
};

/// Invalidations that the shared cache has not received, by tenant.
#[derive(Debug, Clone)]
pub struct PendingInvalidations {
    store: Store,
}

/// Tenant with invalidations that the shared cache has not received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingInvalidation {
    /// Tenant whose cache must be invalidated.
    pub tenant: TenantId,
    /// Number of times it was noted, which detects a later one.
    noted: i64,
}

#[derive(FromQueryResult)]
struct DebtRow {
    tenant_id: i64,
    noted: i64,
}

#[derive(FromQueryResult)]
struct WaitingRow {
    now: i64,
    edited: Option<i64>,
    loaded: Option<i64>,
    owed: Option<i64>,
}

impl Store {
    /// Cache invalidations that have not been published yet.
    pub fn pending_invalidations(&self) -> PendingInvalidations {
        PendingInvalidations::new(self.clone())
    }
}

impl PendingInvalidations {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Records that invalidations of a tenant since `since_ms` were not published.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn note(&self, tenant: TenantId, since_ms: i64) -> Result<(), StoreError> {
        let sql = "INSERT INTO cache_debts (tenant_id, since) VALUES ($1, $2)
             ON CONFLICT (tenant_id) DO UPDATE
             SET since = CASE WHEN excluded.since < cache_debts.since THEN excluded.since ELSE cache_debts.since END,
                 noted = cache_debts.noted + 1";
        self.write(sql, [tenant.0.into(), since_ms.into()]).await
    }

    /// Returns all pending invalidations.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(&self) -> Result<Vec<PendingInvalidation>, StoreError> {
        let sql = "SELECT tenant_id, noted FROM cache_debts ORDER BY tenant_id";
        let statement = self.store.backend().statement(sql, []);
        let rows: Vec<DebtRow> = all(self.store.connection(), statement).await?;
        let debts = rows.into_iter().map(|row| PendingInvalidation {
            tenant: TenantId(row.tenant_id),
            noted: row.noted,
        });
        Ok(debts.collect())
    }

    /// Deletes one after the tenant's cache was flushed, unless it was noted again in the meantime.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn settle(&self, debt: &PendingInvalidation) -> Result<(), StoreError> {
        let sql = "DELETE FROM cache_debts WHERE tenant_id = $1 AND noted = $2";
        self.write(sql, [debt.tenant.0.into(), debt.noted.into()])
            .await
    }

    /// Returns the age of the oldest change whose invalidation is not published; zero if there is none.
    ///
    /// Rows to be retried are left out: their invalidation was published at the first attempt. So are
    /// products that follow from others, whose changes were published under another tag.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn oldest_untold(&self) -> Result<Duration, StoreError> {
        let backend = self.store.backend();
        let statement = backend.statement(oldest_untold_sql(backend), []);
        let row = first::<WaitingRow>(self.store.connection(), statement)
            .await?
            .ok_or(StoreError::NotFound("outbox"))?;
        let oldest = [row.edited, row.loaded, row.owed]
            .into_iter()
            .flatten()
            .min();
        let waits = oldest.map_or(0, |oldest| row.now.saturating_sub(oldest));
        Ok(Duration::from_millis(u64::try_from(waits).unwrap_or(0)))
    }

    async fn write<const N: usize>(
        &self,
        sql: &str,
        values: [sea_orm::Value; N],
    ) -> Result<(), StoreError> {
        let transaction = self.store.begin().await?;
        execute(&transaction, self.store.backend().statement(sql, values)).await?;
        Ok(transaction.commit().await?)
    }
}

fn oldest_untold_sql(backend: Backend) -> String {
    let now = backend.now();
    format!(
        "SELECT {now} AS now,
                (SELECT created_at FROM outbox
                 WHERE priority = 0 AND last_error IS NULL ORDER BY id LIMIT 1) AS edited,
                (SELECT created_at FROM outbox
                 WHERE priority = 1 AND last_error IS NULL ORDER BY id LIMIT 1) AS loaded,
                (SELECT min(since) FROM cache_debts) AS owed"
    )
}
