//! Keeps PostgreSQL's statistics of the outbox current, because a stale row count makes claims slow.
//!
//! The outbox is mostly empty, also when autovacuum analyses it. After a bulk change of all products, the planner still
//! assumes an empty table and reads all rows for each row of a claim. The first minute would go into a few claims.

use sea_orm::FromQueryResult;

use crate::{
    Backend, Store, StoreError,
    backend::{execute, first},
};

/// Factor: an estimate below this many claimed batches triggers an `ANALYZE`.
const FEW: f64 = 4.0;

/// Estimated number of rows at the last `ANALYZE`; negative before the first.
#[derive(FromQueryResult)]
struct Believed {
    rows: f64,
}

/// Tells the planner better if as many rows were claimed as a worker asked for, so that there are more, and it believes
/// that there are hardly any.
pub(super) async fn correct(store: &Store, claimed: usize) {
    if store.backend() != Backend::Postgres {
        return;
    }
    if let Err(error) = try_to_correct(store, claimed).await {
        // Only slower for it.
        tracing::warn!(%error, "the outbox cannot be analysed");
    }
}

async fn try_to_correct(store: &Store, claimed: usize) -> Result<(), StoreError> {
    let sql = "SELECT reltuples::float8 AS rows FROM pg_class WHERE oid = 'outbox'::regclass";
    let statement = store.backend().statement(sql, []);
    let believed: Option<Believed> = first(store.connection(), statement).await?;
    let believes_in_few = |it: Believed| (0.0..FEW * claimed as f64).contains(&it.rows);
    if !believed.is_some_and(believes_in_few) {
        return Ok(());
    }
    // Whoever is at it already does the same.
    let analyze = store
        .backend()
        .statement("ANALYZE (SKIP_LOCKED) outbox", []);
    let transaction = store.begin().await?;
    execute(&transaction, analyze).await?;
    Ok(transaction.commit().await?)
}
