//! Queue of imports, as workers use it: find, claim, heartbeat, end, clean up.

use std::collections::HashSet;

use sea_orm::FromQueryResult;

use super::imports::{COLUMNS, ImportCounts, ImportJob, ImportRow, ImportState, imports};
use super::index_jobs::JobId;
use crate::{
    Store, StoreError,
    backend::{all, execute, json},
    outbox::clean,
};

/// Most imports that are looked at together.
const MOST_DUE: usize = 100;

/// The imports of all tenants.
#[derive(Debug, Clone)]
pub struct ImportQueue {
    store: Store,
}

#[derive(FromQueryResult)]
struct KeyRow {
    file_key: String,
}

impl Store {
    /// Imports of all tenants, for the workers that run them.
    pub fn import_queue(&self) -> ImportQueue {
        ImportQueue {
            store: self.clone(),
        }
    }
}

impl ImportQueue {
    /// Returns imports that may be claimed, in the order in which they were started. Only a worker that has the file
    /// can claim one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn due(&self, now_ms: i64) -> Result<Vec<ImportJob>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM import_jobs j
             WHERE state IN ('queued', 'running') AND (claimed_until IS NULL OR claimed_until <= $1)
               AND (state = 'running' OR NOT EXISTS (
                   SELECT 1 FROM import_jobs r WHERE r.tenant_id = j.tenant_id AND r.state = 'running'))
             ORDER BY queued_at, id LIMIT {MOST_DUE}"
        );
        let statement = self.store.backend().statement(sql, [now_ms.into()]);
        imports(all(self.store.connection(), statement).await?)
    }

    /// Takes up an import that is due, until `now_ms + lease_ms`. None if another worker was faster.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn claim(
        &self,
        worker: &str,
        due: &ImportJob,
        lease_ms: i64,
        now_ms: i64,
    ) -> Result<Option<ImportJob>, StoreError> {
        let sql = format!(
            "UPDATE import_jobs
             SET claimed_by = $2, claimed_until = $3, heartbeat_at = $4, started_at = coalesce(started_at, $4),
                 run = run + 1, interrupted = interrupted + CASE state WHEN 'running' THEN 1 ELSE 0 END, state = 'running'
             WHERE id = $1 AND state IN ('queued', 'running') AND (claimed_until IS NULL OR claimed_until <= $4)
               AND NOT EXISTS (SELECT 1 FROM import_jobs r
                   WHERE r.tenant_id = import_jobs.tenant_id AND r.state = 'running' AND r.id <> import_jobs.id)
             RETURNING {COLUMNS}"
        );
        let values = [
            due.id.0.into(),
            worker.into(),
            now_ms.saturating_add(lease_ms).into(),
            now_ms.into(),
        ];
        // The tenant's lock: of two workers that claim two of a tenant's imports, the second sees the first.
        let transaction = match self.store.scope(due.tenant).begin_exclusive().await {
            Ok(transaction) => transaction,
            // The tenant was removed with its imports.
            Err(StoreError::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let statement = self.store.backend().statement(sql, values);
        let claimed = all::<ImportRow>(&transaction, statement).await?;
        transaction.commit().await?;
        Ok(imports(claimed)?.pop())
    }

    /// Saves the progress and renews the lease until `now_ms + lease_ms`. Answers the import, with what others asked
    /// of it meanwhile; none if it is no longer the worker's.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn save(
        &self,
        worker: &str,
        job: JobId,
        counts: &ImportCounts,
        lease_ms: i64,
        now_ms: i64,
    ) -> Result<Option<ImportJob>, StoreError> {
        let sql = format!(
            "UPDATE import_jobs SET progress = $3, claimed_until = $4, heartbeat_at = $5
             WHERE id = $1 AND claimed_by = $2 AND claimed_until > $5 AND state = 'running'
             RETURNING {COLUMNS}"
        );
        let values = [
            job.0.into(),
            worker.into(),
            json(counts)?,
            now_ms.saturating_add(lease_ms).into(),
            now_ms.into(),
        ];
        let transaction = self.store.begin().await?;
        let statement = self.store.backend().statement(sql, values);
        let saved = all::<ImportRow>(&transaction, statement).await?;
        transaction.commit().await?;
        Ok(imports(saved)?.pop())
    }

    /// Ends an import, for `error` if it failed. False if it is no longer the worker's.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end(
        &self,
        worker: &str,
        job: JobId,
        state: ImportState,
        counts: &ImportCounts,
        error: Option<&str>,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE import_jobs
             SET state = $3, progress = $4, error = $5, finished_at = $6, heartbeat_at = $6, claimed_by = NULL,
                 claimed_until = NULL
             WHERE id = $1 AND claimed_by = $2 AND claimed_until > $6 AND state = 'running'";
        let values = [
            job.0.into(),
            worker.into(),
            state.as_str().into(),
            json(counts)?,
            error.map(clean).into(),
            now_ms.into(),
        ];
        Ok(self.write(sql, values).await? > 0)
    }

    /// Gives an import back, for another worker to begin it again at once.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn release(&self, worker: &str, job: JobId) -> Result<(), StoreError> {
        let sql = "UPDATE import_jobs SET claimed_by = NULL, claimed_until = NULL, state = 'queued'
             WHERE id = $1 AND claimed_by = $2 AND state = 'running'";
        self.write(sql, [job.0.into(), worker.into()]).await?;
        Ok(())
    }

    /// Gives every import back, whoever claimed it: only for a process that knows that no other lives.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn release_all(&self) -> Result<u64, StoreError> {
        let sql = "UPDATE import_jobs SET claimed_by = NULL, claimed_until = NULL WHERE claimed_by IS NOT NULL";
        self.write(sql, []).await
    }

    /// Removes imports that nobody works on and in which nothing has happened since a time, and returns them, so that
    /// their files can be deleted.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn prune(&self, before_ms: i64, now_ms: i64) -> Result<Vec<ImportJob>, StoreError> {
        let sql = format!(
            "DELETE FROM import_jobs
             WHERE coalesce(finished_at, heartbeat_at, queued_at, created_at) < $1
               AND (claimed_until IS NULL OR claimed_until <= $2)
             RETURNING {COLUMNS}"
        );
        let transaction = self.store.begin().await?;
        let statement = self
            .store
            .backend()
            .statement(sql, [before_ms.into(), now_ms.into()]);
        let removed = all::<ImportRow>(&transaction, statement).await?;
        transaction.commit().await?;
        imports(removed)
    }

    /// Returns those of some file keys that an import has.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn known_keys(&self, keys: &[String]) -> Result<HashSet<String>, StoreError> {
        let backend = self.store.backend();
        let sql = format!(
            "SELECT file_key FROM import_jobs WHERE {}",
            backend.among_texts("file_key", "$1")
        );
        let statement = backend.statement(sql, [json(&keys)?]);
        let rows = all::<KeyRow>(self.store.connection(), statement).await?;
        Ok(rows.into_iter().map(|row| row.file_key).collect())
    }

    async fn write(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = sea_orm::Value>,
    ) -> Result<u64, StoreError> {
        let transaction = self.store.begin().await?;
        let statement = self.store.backend().statement(sql, values);
        let written = execute(&transaction, statement).await?;
        transaction.commit().await?;
        Ok(written)
    }
}
