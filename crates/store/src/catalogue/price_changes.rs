//! Sales that begin and end by themselves: totals of products follow the dates of their variants' sales.

use std::time::Duration;

use sea_orm::FromQueryResult;

use crate::{
    Backend, Store, StoreError,
    backend::{IdRow, all, execute, first},
};

/// Products whose prices change with time, of all tenants.
#[derive(Debug, Clone)]
pub struct PriceChanges {
    store: Store,
}

/// Result of [`PriceChanges::apply`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppliedPriceChanges {
    /// Number of products whose totals were brought up to date.
    pub products: usize,
    /// Time until the next sale begins or ends; zero if it has, `None` if no sale is planned.
    pub next: Option<Duration>,
}

#[derive(FromQueryResult)]
struct NextRow {
    wait: Option<i64>,
}

impl Store {
    /// Products whose prices change with time.
    pub fn price_changes(&self) -> PriceChanges {
        PriceChanges {
            store: self.clone(),
        }
    }
}

impl PriceChanges {
    /// Brings up to `limit` products up to date whose sales have begun or ended, by the database's clock. Their changes
    /// reach the index by the outbox.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn apply(&self, limit: u32) -> Result<AppliedPriceChanges, StoreError> {
        let backend = self.store.backend();
        let statement = backend.statement(due_sql(backend), [i64::from(limit).into()]);
        let due: Vec<IdRow> = all(self.store.connection(), statement).await?;
        if !due.is_empty() {
            let ids = backend.ids(due.iter().map(|row| row.id));
            let transaction = self.store.begin().await?;
            execute(&transaction, backend.statement(refresh_sql(backend), [ids])).await?;
            transaction.commit().await?;
        }
        let statement = backend.statement(next_sql(backend), []);
        let next = first::<NextRow>(self.store.connection(), statement).await?;
        let wait = next.and_then(|row| row.wait);
        Ok(AppliedPriceChanges {
            products: due.len(),
            next: wait.map(|wait| Duration::from_millis(u64::try_from(wait).unwrap_or(0))),
        })
    }
}

/// `$1` limit.
pub(crate) fn due_sql(backend: Backend) -> String {
    format!(
        "SELECT id FROM products WHERE price_changes_at <= {} ORDER BY price_changes_at LIMIT $1",
        backend.now()
    )
}

/// `$1` ids of products.
fn refresh_sql(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => "SELECT souk_roll_up_variants($1::bigint[])",
        Backend::Sqlite => {
            "INSERT INTO product_totals_refresh (product_id) SELECT value FROM json_each($1)"
        }
    }
}

pub(crate) fn next_sql(backend: Backend) -> String {
    format!(
        "SELECT min(price_changes_at) - {} AS wait FROM products WHERE price_changes_at IS NOT NULL",
        backend.now()
    )
}
