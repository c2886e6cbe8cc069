//! Forgetting what is old.

use sea_orm::Value;

use super::{BATCH_REMEMBERED_MS, SAME_EVENT_MS, day_of};
use crate::{Store, StoreError, backend::execute};

/// Rows that are deleted in one transaction: in between, others may write.
const AT_ONCE: u64 = 5_000;

/// See [`super::SearchAnalytics::prune`]. Tenant by tenant, since that is how the large tables are ordered: no statement
/// reads more of them than it deletes.
pub(super) async fn prune(store: &Store, keep_days: u32, now_ms: i64) -> Result<u64, StoreError> {
    let today = day_of(now_ms);
    let oldest = today - i64::from(keep_days);
    let mut forgotten = forget_events(store, now_ms).await?;
    for (table, key, age, limit) in [
        ("visitor_salts", "day", "day", today),
        (
            "search_batches",
            "id",
            "added_at",
            now_ms - BATCH_REMEMBERED_MS,
        ),
    ] {
        forgotten += forget(store, table, key, age, limit).await?;
    }
    for tenant in store.tenants().list().await? {
        for (table, key, age, limit) in [
            ("search_visitors", "day, query, token", "day", today),
            // An event may be a day old when it is told of.
            ("search_networks", "day, token", "day", today - 1),
            (
                "search_network_sums",
                "day, network, query, settings, product_id",
                "day",
                today,
            ),
            ("search_days", "day, query, settings", "day", oldest),
            (
                "search_product_days",
                "day, query, product_id",
                "day",
                oldest,
            ),
            ("search_queries", "query", "last_day", oldest),
        ] {
            let old = format!(
                "SELECT {key} FROM {table} WHERE tenant_id = $1 AND {age} < $2 LIMIT {AT_ONCE}"
            );
            let sql = format!("DELETE FROM {table} WHERE tenant_id = $1 AND ({key}) IN ({old})");
            let values = [tenant.id.0.into(), limit.into()];
            forgotten += until_none_is_left(store, &sql, values).await?;
        }
        // Even where nobody learns any more: a text is offered no longer than it is kept.
        let sql = "DELETE FROM suggested_queries WHERE tenant_id = $1 AND NOT EXISTS (
                 SELECT 1 FROM search_queries q
                 WHERE q.tenant_id = $1 AND q.query = suggested_queries.query)";
        forgotten += delete(store, sql, [tenant.id.0.into()]).await?;
    }
    Ok(forgotten)
}

/// See [`super::SearchAnalytics::forget_events`].
pub(super) async fn forget_events(store: &Store, now_ms: i64) -> Result<u64, StoreError> {
    let limit = now_ms - SAME_EVENT_MS;
    forget(store, "search_events_seen", "id", "seen_at", limit).await
}

/// Forgets rows of all tenants whose age is a number below a limit.
async fn forget(
    store: &Store,
    table: &str,
    key: &str,
    age: &str,
    limit: i64,
) -> Result<u64, StoreError> {
    let old = format!("SELECT {key} FROM {table} WHERE {age} < $1 LIMIT {AT_ONCE}");
    let sql = format!("DELETE FROM {table} WHERE {key} IN ({old})");
    until_none_is_left(store, &sql, [limit.into()]).await
}

/// Repeats a statement that deletes up to [`AT_ONCE`] rows.
async fn until_none_is_left<const N: usize>(
    store: &Store,
    sql: &str,
    values: [Value; N],
) -> Result<u64, StoreError> {
    let mut deleted = 0;
    loop {
        let more = delete(store, sql, values.clone()).await?;
        deleted += more;
        if more < AT_ONCE {
            return Ok(deleted);
        }
    }
}

async fn delete<const N: usize>(
    store: &Store,
    sql: &str,
    values: [Value; N],
) -> Result<u64, StoreError> {
    let transaction = store.begin().await?;
    let deleted = execute(&transaction, store.backend().statement(sql, values)).await?;
    transaction.commit().await?;
    Ok(deleted)
}
