//! Outbox rows of one tenant: its changes that are not in the index yet.

use sea_orm::{FromQueryResult, Value};
use souk_domain::{OutboxId, ProductId};

use crate::{
    Scope, StoreError,
    backend::{IdRow, all, first},
};

/// Outbox rows of a tenant.
#[derive(Debug, Clone)]
pub struct OutboxBacklog {
    scope: Scope,
}

/// Size and age of a tenant's backlog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct OutboxBacklogStats {
    /// Rows in the outbox.
    pub rows: i64,
    /// Creation time of the oldest row, in milliseconds since 1970 UTC.
    pub oldest_created_at_ms: Option<i64>,
    /// Changes that the index rejected too often.
    pub dead_letters: i64,
}

/// Condition that leaves out rows waiting for a retry.
const NEVER_FAILED: &str = "last_error IS NULL";

impl Scope {
    /// Changes of the tenant that are not in the index yet.
    pub fn outbox_backlog(&self) -> OutboxBacklog {
        OutboxBacklog::new(self.clone())
    }
}

impl OutboxBacklog {
    pub(crate) fn new(scope: Scope) -> Self {
        Self { scope }
    }

    /// Returns the size and age of the backlog.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn stats(&self) -> Result<OutboxBacklogStats, StoreError> {
        let sql = "SELECT count(*) AS rows, min(created_at) AS oldest_created_at_ms,
                 (SELECT count(*) FROM dead_letters WHERE tenant_id = $1) AS dead_letters
             FROM outbox WHERE tenant_id = $1";
        let found = self.one(sql, [self.scope.tenant.0.into()]).await?;
        found.ok_or(StoreError::NotFound("outbox"))
    }

    /// Returns the newest row that has never failed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn newest(&self) -> Result<Option<OutboxId>, StoreError> {
        let sql = format!(
            "SELECT id FROM outbox WHERE tenant_id = $1 AND {NEVER_FAILED} ORDER BY id DESC LIMIT 1"
        );
        let newest: Option<IdRow> = self.one(&sql, [self.scope.tenant.0.into()]).await?;
        Ok(newest.map(|row| OutboxId(row.id)))
    }

    /// Returns true if a row up to this one has not been indexed and never failed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn any_until(&self, newest: OutboxId) -> Result<bool, StoreError> {
        let sql = format!(
            "SELECT id FROM outbox WHERE tenant_id = $1 AND id <= $2 AND {NEVER_FAILED} LIMIT 1"
        );
        let values = [self.scope.tenant.0.into(), newest.0.into()];
        let found: Option<IdRow> = self.one(&sql, values).await?;
        Ok(found.is_some())
    }

    /// Returns the products with pending changes, including failed ones if `failing`.
    /// Returns all of them while a category, fandom or seller is pending, because it may concern any.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn among(
        &self,
        products: &[ProductId],
        failing: bool,
    ) -> Result<Vec<ProductId>, StoreError> {
        let reference =
            "SELECT id FROM outbox WHERE tenant_id = $1 AND entity <> 'product' LIMIT 1";
        let expanding: Option<IdRow> = self.one(reference, [self.scope.tenant.0.into()]).await?;
        if expanding.is_some() {
            return Ok(products.to_vec());
        }
        let backend = self.scope.store.backend();
        let sql = format!(
            "SELECT DISTINCT entity_id AS id FROM outbox
             WHERE tenant_id = $1 AND entity = 'product' AND {} AND {} ORDER BY 1",
            backend.among_ids("entity_id", "$2"),
            if failing { "TRUE" } else { NEVER_FAILED },
        );
        let values = [
            self.scope.tenant.0.into(),
            backend.ids(products.iter().map(|id| id.0)),
        ];
        let statement = backend.statement(sql, values);
        let rows: Vec<IdRow> = all(self.scope.store.connection(), statement).await?;
        Ok(rows.into_iter().map(|row| ProductId(row.id)).collect())
    }

    async fn one<R: FromQueryResult>(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Option<R>, StoreError> {
        let statement = self.scope.store.backend().statement(sql, values);
        first(self.scope.store.connection(), statement).await
    }
}
