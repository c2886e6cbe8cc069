//! Prices over time: sales that begin and end by themselves, and the history of what was charged.
//!
//! Triggers keep the history, see `migrations/src/m0024_details`.

use std::time::Duration;

use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::{
    Backend, Scope, Store, StoreError,
    backend::{IdRow, all, execute, first},
};

/// Time before a reduction in which the lowest price counts, in milliseconds.
const LOWEST_PRICE_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
/// Rows that are deleted in one transaction: in between, others may write.
const PRUNED_AT_ONCE: u64 = 5_000;

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
        let next = self.next().await?;
        if next.is_none_or(|wait| wait > Duration::ZERO) {
            return Ok(AppliedPriceChanges { products: 0, next });
        }
        let statement = backend.statement(due_sql(backend), [i64::from(limit).into()]);
        let due: Vec<IdRow> = all(self.store.connection(), statement).await?;
        if !due.is_empty() {
            let ids = backend.ids(due.iter().map(|row| row.id));
            let transaction = self.store.begin().await?;
            execute(&transaction, backend.statement(refresh_sql(backend), [ids])).await?;
            transaction.commit().await?;
        }
        Ok(AppliedPriceChanges {
            products: due.len(),
            next: self.next().await?,
        })
    }

    /// Returns the time until the next price changes; zero if some are due.
    async fn next(&self) -> Result<Option<Duration>, StoreError> {
        let statement = self
            .store
            .backend()
            .statement(next_sql(self.store.backend()), []);
        let next = first::<NextRow>(self.store.connection(), statement).await?;
        let wait = next.and_then(|row| row.wait);
        Ok(wait.map(|wait| Duration::from_millis(u64::try_from(wait).unwrap_or(0))))
    }

    /// Deletes prices of all tenants that say nothing any more of the 30 days before a reduction: the present one, or one
    /// that begins from now on. Returns their number.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn prune(&self, now_ms: i64) -> Result<u64, StoreError> {
        let backend = self.store.backend();
        let mut deleted = 0;
        loop {
            let transaction = self.store.begin().await?;
            let values = [(now_ms - LOWEST_PRICE_MS).into(), LOWEST_PRICE_MS.into()];
            let statement = backend.statement(prune_sql(), values);
            let more = execute(&transaction, statement).await?;
            transaction.commit().await?;
            deleted += more;
            if more < PRUNED_AT_ONCE {
                return Ok(deleted);
            }
        }
    }
}

/// Records what the variants of products cost now, and brings the products up to date. For those whose currency has
/// changed, of which no trigger of their variants knows.
pub(crate) async fn record_prices(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    products: &[i64],
) -> Result<(), StoreError> {
    if products.is_empty() {
        return Ok(());
    }
    let backend = scope.store.backend();
    let ids = backend.ids(products.iter().copied());
    if backend == Backend::Sqlite {
        let sql = "INSERT INTO offer_prices_refresh (variant_id)
             SELECT id FROM variants WHERE product_id IN (SELECT value FROM json_each($1))";
        execute(transaction, backend.statement(sql, [ids.clone()])).await?;
        let sql = "INSERT INTO further_prices_refresh (offer_id)
             SELECT id FROM offers WHERE product_id IN (SELECT value FROM json_each($1))";
        execute(transaction, backend.statement(sql, [ids.clone()])).await?;
    }
    execute(transaction, backend.statement(refresh_sql(backend), [ids])).await?;
    Ok(())
}

/// `$1` the moment 30 days ago, `$2` 30 days.
fn prune_sql() -> String {
    format!(
        "DELETE FROM offer_prices WHERE (variant_id, since) IN (
             SELECT o.variant_id, o.since FROM offer_prices o
             WHERE o.until < $1 AND NOT EXISTS (
                 SELECT 1 FROM offer_prices c
                 WHERE c.variant_id = o.variant_id AND c.until IS NULL AND c.reduced_since - $2 < o.until)
             LIMIT {PRUNED_AT_ONCE})"
    )
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
