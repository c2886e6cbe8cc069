//! Outbox: one row for each changed entity that is not applied to the sinks yet. Triggers fill it, workers empty it.
//!
//! A worker claims rows under a lease, in a transaction that ends before the work begins. Rows with an expired lease
//! can be claimed by any worker, and only the holder of a lease may acknowledge a row. Workers keep no position in the
//! outbox, so a transaction that commits late is not skipped.
//!
//! | priority | rows |
//! |---|---|
//! | 0 | single edits, which are claimed first |
//! | 1 | changes of bulk loads; their caches are not invalidated yet |
//! | 2 | products that follow from a changed category, fandom or seller; its caches are invalidated |

mod backlog;
mod enqueue;
mod entity;
pub(crate) mod lane;
mod planner;

use sea_orm::FromQueryResult;
use serde_json::json as object;
use souk_domain::{OutboxId, TenantId};

use crate::{
    Backend, Store, StoreError,
    backend::{CountRow, Kind, all, execute, first, json, now_ms},
};

pub use backlog::{OutboxBacklog, OutboxBacklogStats};
pub use entity::Entity;
pub use lane::Lane;

/// A claimed row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// The row.
    pub id: OutboxId,
    /// Tenant that owns the entity.
    pub tenant_id: TenantId,
    /// Kind of entity.
    pub entity: Entity,
    /// Entity id; the entity may have been deleted since.
    pub entity_id: i64,
    /// Time of the change, in milliseconds since 1970 UTC, by the database's clock.
    pub created_at_ms: i64,
    /// Number of failures, including expired leases.
    pub attempts: u32,
    /// The request that made the change, as W3C's `traceparent`, if it is traced.
    pub trace: Option<String>,
}

/// Size and age of the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboxStats {
    /// Rows that wait or are being worked on.
    pub rows: u64,
    /// Creation time of the oldest row, in milliseconds since 1970 UTC.
    pub oldest_created_at_ms: Option<i64>,
    /// Rows that were given up.
    pub dead_letters: u64,
}

/// The outbox of all tenants.
#[derive(Debug, Clone)]
pub struct Outbox {
    pub(crate) store: Store,
}

#[derive(FromQueryResult)]
struct ClaimedRow {
    id: i64,
    tenant_id: i64,
    entity: String,
    entity_id: i64,
    created_at: i64,
    attempts: i64,
    trace: Option<String>,
}

#[derive(FromQueryResult)]
struct StatsRow {
    rows: i64,
    oldest: Option<i64>,
    dead_letters: i64,
}

/// `$1` worker, `$2` end of the lease, `$3` now, `$4` limit.
pub(crate) fn claim_sql(backend: Backend, lane: Lane) -> String {
    let (among_lane, order) = lane.sql();
    let (key, skip, among) = match backend {
        // By where the rows lie: a planner that believes the table to be empty would compare each of its rows with all
        // that are due. What somebody else has changed meanwhile lies elsewhere, and is claimed the next time.
        Backend::Postgres => (
            "ctid",
            "FOR UPDATE SKIP LOCKED",
            "ctid = ANY (ARRAY(SELECT place FROM due))",
        ),
        Backend::Sqlite => ("id", "", "id IN (SELECT place FROM due)"),
    };
    // Materialised, so that no plan can run the locking part twice and claim more than the limit.
    format!(
        "WITH due (place) AS MATERIALIZED (
             SELECT {key} FROM outbox
             WHERE {among_lane} AND available_at <= $3 AND (claimed_until IS NULL OR claimed_until <= $3)
             ORDER BY {order} LIMIT $4 {skip}
         )
         UPDATE outbox
         SET claimed_by = $1, claimed_until = $2,
             attempts = attempts + CASE WHEN claimed_by IS NULL THEN 0 ELSE 1 END
         WHERE {among}
         RETURNING id, tenant_id, entity, entity_id, created_at, attempts, trace"
    )
}

impl Store {
    /// Changes that are not in the index yet, of all tenants.
    pub fn outbox(&self) -> Outbox {
        Outbox::new(self.clone())
    }
}

impl Outbox {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Claims rows of every lane, edits first, as [`claim_from`](Self::claim_from) does.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn claim(
        &self,
        worker: &str,
        limit: u32,
        lease_ms: i64,
        now_ms: i64,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        self.claim_from(Lane::All, worker, limit, lease_ms, now_ms)
            .await
    }

    /// Claims up to `limit` rows of a lane, the oldest first, until `now_ms + lease_ms`. Rows that other workers hold
    /// are skipped.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn claim_from(
        &self,
        lane: Lane,
        worker: &str,
        limit: u32,
        lease_ms: i64,
        now_ms: i64,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let values = [
            worker.into(),
            now_ms.saturating_add(lease_ms).into(),
            now_ms.into(),
            i64::from(limit).into(),
        ];
        let backend = self.store.backend();
        let transaction = self.store.begin().await?;
        let statement = backend.statement(claim_sql(backend, lane), values);
        let mut claimed = all::<ClaimedRow>(&transaction, statement).await?;
        transaction.commit().await?;
        if claimed.len() == limit as usize {
            planner::correct(&self.store, claimed.len()).await;
        }
        claimed.sort_by_key(|row| row.id);
        // The table's own check keeps every other entity out.
        let rows = claimed.into_iter().filter_map(|row| {
            Some(OutboxRow {
                id: OutboxId(row.id),
                tenant_id: TenantId(row.tenant_id),
                entity: row.entity.parse().ok()?,
                entity_id: row.entity_id,
                created_at_ms: row.created_at,
                attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
                trace: row.trace,
            })
        });
        Ok(rows.collect())
    }

    /// The next version to write to the index under: higher than every number drawn before.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn next_version(&self) -> Result<u64, StoreError> {
        let sql = match self.store.backend() {
            Backend::Postgres => "SELECT nextval('index_version') AS count",
            Backend::Sqlite => {
                "UPDATE index_version SET value = value + 1 WHERE id = 1 RETURNING value AS count"
            }
        };
        let transaction = self.store.begin().await?;
        let statement = self.store.backend().statement(sql, []);
        let version = first::<CountRow>(&transaction, statement).await?;
        transaction.commit().await?;
        version
            .and_then(|row| u64::try_from(row.count).ok())
            .ok_or(StoreError::NotFound("index version"))
    }

    /// Renews the lease on rows until `now_ms + lease_ms`, as far as it still holds, and says on how many.
    ///
    /// On PostgreSQL it passes rows that a transaction holds: that is the worker itself, about to be done with them.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn renew(
        &self,
        worker: &str,
        rows: &[OutboxId],
        lease_ms: i64,
        now_ms: i64,
    ) -> Result<u64, StoreError> {
        let backend = self.store.backend();
        let free = match backend {
            Backend::Postgres => "FOR UPDATE SKIP LOCKED",
            Backend::Sqlite => "",
        };
        let sql = format!(
            "UPDATE outbox SET claimed_until = $4 WHERE id IN (
                 SELECT id FROM outbox WHERE {} AND claimed_by = $2 AND claimed_until > $3 {free})",
            backend.among_ids("id", "$1")
        );
        let values = [
            backend.ids(rows.iter().map(|row| row.0)),
            worker.into(),
            now_ms.into(),
            now_ms.saturating_add(lease_ms).into(),
        ];
        let transaction = self.store.begin().await?;
        let renewed = execute(&transaction, backend.statement(sql, values)).await?;
        transaction.commit().await?;
        Ok(renewed)
    }

    /// Returns the number of rows that are still there but no longer the worker's. Rows that were deleted are nobody's.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn lost(
        &self,
        worker: &str,
        rows: &[OutboxId],
        now_ms: i64,
    ) -> Result<u64, StoreError> {
        let backend = self.store.backend();
        let sql = format!(
            "SELECT count(*) AS count FROM outbox
             WHERE {} AND (claimed_by IS NULL OR claimed_by <> $2 OR claimed_until <= $3)",
            backend.among_ids("id", "$1")
        );
        let values = [
            backend.ids(rows.iter().map(|row| row.0)),
            worker.into(),
            now_ms.into(),
        ];
        let statement = backend.statement(sql, values);
        let lost = first::<CountRow>(self.store.connection(), statement).await?;
        Ok(lost.map_or(0, |row| row.count.unsigned_abs()))
    }

    /// Deletes rows whose work is done, as far as the worker's lease still holds, and says how many.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn acknowledge(
        &self,
        worker: &str,
        rows: &[OutboxId],
        now_ms: i64,
    ) -> Result<u64, StoreError> {
        let backend = self.store.backend();
        let sql = format!(
            "DELETE FROM outbox WHERE {} AND claimed_by = $2 AND claimed_until > $3",
            backend.among_ids("id", "$1")
        );
        let values = [
            backend.ids(rows.iter().map(|row| row.0)),
            worker.into(),
            now_ms.into(),
        ];
        let transaction = self.store.begin().await?;
        let acknowledged = execute(&transaction, backend.statement(sql, values)).await?;
        transaction.commit().await?;
        Ok(acknowledged)
    }

    /// Gives failed rows back, to be claimed from a given time on; each with why it failed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn retry(
        &self,
        worker: &str,
        failed: &[(OutboxId, String, i64)],
    ) -> Result<u64, StoreError> {
        let backend = self.store.backend();
        let columns = [
            ("id", Kind::Integer),
            ("error", Kind::Text),
            ("available_at", Kind::Integer),
        ];
        let sql = format!(
            "UPDATE outbox
             SET attempts = attempts + 1, last_error = r.error, available_at = r.available_at,
                 claimed_by = NULL, claimed_until = NULL
             FROM {} WHERE outbox.id = r.id AND outbox.claimed_by = $2",
            backend.record_set("$1", &columns)
        );
        let rows = failed
            .iter()
            .map(|(id, error, at)| object!({"id": id, "error": clean(error), "available_at": at}));
        let values = [json(&rows.collect::<Vec<_>>())?, worker.into()];
        let transaction = self.store.begin().await?;
        let retried = execute(&transaction, backend.statement(sql, values)).await?;
        transaction.commit().await?;
        Ok(retried)
    }

    /// Gives rows up: moves them to the dead letters, each with why it failed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn park(
        &self,
        worker: &str,
        failed: &[(OutboxId, String)],
    ) -> Result<u64, StoreError> {
        let backend = self.store.backend();
        let delete = format!(
            "DELETE FROM outbox WHERE {} AND claimed_by = $2
             RETURNING id, tenant_id, entity, entity_id, created_at, attempts, trace",
            backend.among_ids("id", "$1")
        );
        let columns = [
            ("tenant_id", Kind::Integer),
            ("entity", Kind::Text),
            ("entity_id", Kind::Integer),
            ("created_at", Kind::Integer),
            ("attempts", Kind::Integer),
            ("error", Kind::Text),
        ];
        let insert = format!(
            "INSERT INTO dead_letters (tenant_id, entity, entity_id, created_at, parked_at, attempts, last_error)
             SELECT tenant_id, entity, entity_id, created_at, $2, attempts, error FROM {}",
            backend.record_set("$1", &columns)
        );

        let transaction = self.store.begin().await?;
        let values = [
            backend.ids(failed.iter().map(|(id, _)| id.0)),
            worker.into(),
        ];
        let parked = all::<ClaimedRow>(&transaction, backend.statement(delete, values)).await?;
        let letters = parked.iter().map(|row| {
            let error = failed.iter().find(|(id, _)| id.0 == row.id);
            object!({
                "tenant_id": row.tenant_id,
                "entity": row.entity,
                "entity_id": row.entity_id,
                "created_at": row.created_at,
                "attempts": row.attempts + 1,
                "error": error.map(|(_, error)| clean(error)).unwrap_or_default(),
            })
        });
        let values = [json(&letters.collect::<Vec<_>>())?, now_ms().into()];
        execute(&transaction, backend.statement(insert, values)).await?;
        transaction.commit().await?;
        Ok(parked.len() as u64)
    }

    /// Gives rows back as they were, to be claimed at once: nothing is wrong with them.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn release(&self, worker: &str, rows: &[OutboxId]) -> Result<u64, StoreError> {
        let backend = self.store.backend();
        let sql = format!(
            "UPDATE outbox SET claimed_by = NULL, claimed_until = NULL WHERE {} AND claimed_by = $2",
            backend.among_ids("id", "$1")
        );
        let values = [backend.ids(rows.iter().map(|row| row.0)), worker.into()];
        let transaction = self.store.begin().await?;
        let released = execute(&transaction, backend.statement(sql, values)).await?;
        transaction.commit().await?;
        Ok(released)
    }

    /// Frees every row, whoever claimed it. Only for a process that knows that no other worker lives, such as the one
    /// that holds the data folder: what it finds claimed was claimed by the dead, and need not wait for their leases.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn release_all(&self) -> Result<u64, StoreError> {
        let sql = "UPDATE outbox SET claimed_by = NULL, claimed_until = NULL WHERE claimed_by IS NOT NULL";
        let transaction = self.store.begin().await?;
        let released = execute(&transaction, self.store.backend().statement(sql, [])).await?;
        transaction.commit().await?;
        Ok(released)
    }

    /// Forgets the dead letters that were parked before a time, and says how many there were.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn prune_dead_letters(&self, before_ms: i64) -> Result<u64, StoreError> {
        let sql = "DELETE FROM dead_letters WHERE parked_at < $1";
        let transaction = self.store.begin().await?;
        let statement = self.store.backend().statement(sql, [before_ms.into()]);
        let pruned = execute(&transaction, statement).await?;
        transaction.commit().await?;
        Ok(pruned)
    }

    /// Returns the size and age of the outbox.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn stats(&self) -> Result<OutboxStats, StoreError> {
        let sql = "SELECT (SELECT count(*) FROM outbox) AS rows,
                    (SELECT created_at FROM outbox ORDER BY id LIMIT 1) AS oldest,
                    (SELECT count(*) FROM dead_letters) AS dead_letters";
        let statement = self.store.backend().statement(sql, []);
        let row = first::<StatsRow>(self.store.connection(), statement)
            .await?
            .ok_or(StoreError::NotFound("outbox"))?;
        Ok(OutboxStats {
            rows: u64::try_from(row.rows).unwrap_or(0),
            oldest_created_at_ms: row.oldest,
            dead_letters: u64::try_from(row.dead_letters).unwrap_or(0),
        })
    }
}

/// An error as PostgreSQL can hold it.
pub(crate) fn clean(error: &str) -> String {
    error.replace('\0', "")
}
