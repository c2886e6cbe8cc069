//! Projection of bulk loads that the SQL engine searches, made after their commit.

use sea_orm::FromQueryResult;

use crate::{
    Backend, Store, StoreError,
    backend::{CountRow, all, execute, first},
};

/// Products that a bulk load wrote and the SQL engine does not find yet, of all tenants.
#[derive(Debug, Clone)]
pub struct SearchProjection {
    store: Store,
}

#[derive(FromQueryResult)]
struct PendingRow {
    product_id: i64,
}

impl Store {
    /// Projection that the SQL engine searches.
    pub fn search_projection(&self) -> SearchProjection {
        SearchProjection {
            store: self.clone(),
        }
    }
}

impl SearchProjection {
    /// Makes up to `limit` waiting products searchable, those that wait longest first, and returns the number of their
    /// notes. Workers in several processes take different ones.
    ///
    /// # Errors
    /// If the database fails; then the same products wait as before.
    pub async fn advance(&self, limit: u32) -> Result<usize, StoreError> {
        // A transaction would hold SQLite's only write lock.
        if self.is_current().await? {
            return Ok(0);
        }
        let backend = self.store.backend();
        let transaction = self.store.begin().await?;
        let take = backend.statement(take_sql(backend), [i64::from(limit).into()]);
        let taken: Vec<PendingRow> = all(&transaction, take).await?;
        if taken.is_empty() {
            transaction.rollback().await?;
            return Ok(0);
        }
        let ids = backend.ids(taken.iter().map(|row| row.product_id));
        execute(&transaction, backend.statement(project_sql(backend), [ids])).await?;
        transaction.commit().await?;
        Ok(taken.len())
    }

    /// Makes every waiting product searchable, up to `limit` in a transaction, and returns the number of their notes.
    ///
    /// # Errors
    /// If the database fails; what was committed before stays.
    pub async fn catch_up(&self, limit: u32) -> Result<u64, StoreError> {
        let mut projected = 0;
        loop {
            match self.advance(limit).await? {
                0 => return Ok(projected),
                taken => projected += taken as u64,
            }
        }
    }

    /// Returns true if no product waits.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn is_current(&self) -> Result<bool, StoreError> {
        let sql = "SELECT count(*) AS count FROM (SELECT 1 FROM search_pending LIMIT 1) AS pending";
        let statement = self.store.backend().statement(sql, []);
        let row = first::<CountRow>(self.store.connection(), statement).await?;
        Ok(row.is_none_or(|row| row.count == 0))
    }
}

/// `$1` limit.
fn take_sql(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => {
            "DELETE FROM search_pending
             WHERE id IN (SELECT id FROM search_pending ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
             RETURNING product_id"
        }
        Backend::Sqlite => {
            "DELETE FROM search_pending
             WHERE product_id IN (SELECT product_id FROM search_pending ORDER BY product_id LIMIT $1)
             RETURNING product_id"
        }
    }
}

/// `$1` ids of products.
fn project_sql(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => {
            "SELECT souk_search_refresh(ARRAY(SELECT DISTINCT id FROM unnest($1::bigint[]) AS id))"
        }
        Backend::Sqlite => {
            "INSERT INTO search_projected (product_id) SELECT value FROM json_each($1)"
        }
    }
}
