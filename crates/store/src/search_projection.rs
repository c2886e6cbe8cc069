//! Projection of bulk loads that the SQL engine searches, made after their commit.

use std::collections::BTreeSet;

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
        let products: BTreeSet<i64> = taken.iter().map(|row| row.product_id).collect();
        let ids = backend.ids(products);
        execute(
            &transaction,
            backend.statement(backend.refresh_search(), [ids]),
        )
        .await?;
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
