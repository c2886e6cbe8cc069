//! Queue of index jobs, as workers use it: claim, heartbeat, progress, end.

use souk_domain::{ProductId, TenantId};

use super::index_jobs::{COLUMNS, ENDED, IndexJob, JobId, JobRow, JobState, RUNNING, jobs};
use crate::{
    Backend, Store, StoreError,
    backend::{IdRow, all, execute},
    outbox::clean,
};

/// The jobs of all tenants.
#[derive(Debug, Clone)]
pub struct JobQueue {
    store: Store,
}

/// Progress of a job, to be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Current state.
    pub state: JobState,
    /// The last product that is in the new index.
    pub after: Option<ProductId>,
    /// Products to read.
    pub total: u64,
    /// Products read so far.
    pub done: u64,
}

/// Jobs that may be claimed at `$1`. A queued job waits for the running one of its tenant.
fn due_sql() -> String {
    format!(
        "SELECT id FROM index_jobs j
         WHERE state NOT IN {ENDED} AND (claimed_until IS NULL OR claimed_until <= $1)
           AND (state <> 'queued' OR NOT EXISTS (
               SELECT 1 FROM index_jobs r WHERE r.tenant_id = j.tenant_id AND r.state IN {RUNNING}))
         ORDER BY id LIMIT 1"
    )
}

impl Store {
    /// Index jobs of all tenants, for the workers that run them.
    pub fn job_queue(&self) -> JobQueue {
        JobQueue::new(self.clone())
    }
}

impl JobQueue {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Takes up a job that nobody works on, until `now_ms + lease_ms`: one that waits, or one whose worker is gone.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn claim(
        &self,
        worker: &str,
        lease_ms: i64,
        now_ms: i64,
    ) -> Result<Option<IndexJob>, StoreError> {
        let backend = self.store.backend();
        // Asked without a transaction first: most of the time there is nothing, and SQLite has one writer at a time.
        let due = backend.statement(due_sql(), [now_ms.into()]);
        if all::<IdRow>(self.store.connection(), due).await?.is_empty() {
            return Ok(None);
        }
        let lock = match backend {
            Backend::Postgres => "FOR UPDATE SKIP LOCKED",
            Backend::Sqlite => "",
        };
        let sql = format!(
            "WITH due (id) AS MATERIALIZED ({} {lock})
             UPDATE index_jobs
             SET claimed_by = $2, claimed_until = $3, heartbeat_at = $1, started_at = coalesce(started_at, $1),
                 state = CASE state WHEN 'queued' THEN 'preparing' ELSE state END
             WHERE id IN (SELECT id FROM due) RETURNING {COLUMNS}",
            due_sql()
        );
        let values = [
            now_ms.into(),
            worker.into(),
            now_ms.saturating_add(lease_ms).into(),
        ];
        let transaction = self.store.begin().await?;
        let claimed = all::<JobRow>(&transaction, backend.statement(sql, values)).await?;
        transaction.commit().await?;
        Ok(jobs(claimed)?.pop())
    }

    /// Saves where a job stands and renews its lease until `now_ms + lease_ms`. Answers the job, with what others
    /// asked of it meanwhile; none if it is no longer the worker's.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn save(
        &self,
        worker: &str,
        job: JobId,
        progress: &Progress,
        lease_ms: i64,
        now_ms: i64,
    ) -> Result<Option<IndexJob>, StoreError> {
        let sql = format!(
            "UPDATE index_jobs
             SET state = $3, after_id = $4, total = $5, done = $6, claimed_until = $7, heartbeat_at = $8
             WHERE id = $1 AND claimed_by = $2 AND claimed_until > $8 AND state NOT IN {ENDED}
             RETURNING {COLUMNS}"
        );
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let values = [
            job.0.into(),
            worker.into(),
            progress.state.as_str().into(),
            progress.after.map_or(0, |id| id.0).into(),
            number(progress.total).into(),
            number(progress.done).into(),
            now_ms.saturating_add(lease_ms).into(),
            now_ms.into(),
        ];
        let transaction = self.store.begin().await?;
        let statement = self.store.backend().statement(sql, values);
        let saved = all::<JobRow>(&transaction, statement).await?;
        transaction.commit().await?;
        Ok(jobs(saved)?.pop())
    }

    /// Renews a job's lease. False if it is no longer the worker's.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn renew(
        &self,
        worker: &str,
        job: JobId,
        lease_ms: i64,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let sql = format!(
            "UPDATE index_jobs SET claimed_until = $3, heartbeat_at = $4
             WHERE id = $1 AND claimed_by = $2 AND claimed_until > $4 AND state NOT IN {ENDED}"
        );
        let values = [
            job.0.into(),
            worker.into(),
            now_ms.saturating_add(lease_ms).into(),
            now_ms.into(),
        ];
        Ok(self.write(&sql, values).await? > 0)
    }

    /// Ends a job, for `error` if it failed. False if it is no longer the worker's.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end(
        &self,
        worker: &str,
        job: JobId,
        state: JobState,
        error: Option<&str>,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let sql = format!(
            "UPDATE index_jobs
             SET state = $3, error = $4, finished_at = $5, heartbeat_at = $5, claimed_by = NULL, claimed_until = NULL
             WHERE id = $1 AND claimed_by = $2 AND claimed_until > $5 AND state NOT IN {ENDED}"
        );
        let values = [
            job.0.into(),
            worker.into(),
            state.as_str().into(),
            error.map(clean).into(),
            now_ms.into(),
        ];
        Ok(self.write(&sql, values).await? > 0)
    }

    /// Gives a job back, for another to go on with at once.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn release(&self, worker: &str, job: JobId) -> Result<(), StoreError> {
        let sql = "UPDATE index_jobs SET claimed_by = NULL, claimed_until = NULL WHERE id = $1 AND claimed_by = $2";
        self.write(sql, [job.0.into(), worker.into()]).await?;
        Ok(())
    }

    /// Gives every job back, whoever claimed it: as [`crate::Outbox::release_all`], only for a process that knows
    /// that no other lives.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn release_all(&self) -> Result<u64, StoreError> {
        let sql = "UPDATE index_jobs SET claimed_by = NULL, claimed_until = NULL WHERE claimed_by IS NOT NULL";
        self.write(sql, []).await
    }

    /// The jobs whose new index every change has to be written to besides the one that is served. Read it after a
    /// claim on the outbox has committed, never before.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn building(&self) -> Result<Vec<IndexJob>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM index_jobs
             WHERE kind = 'reindex' AND state IN ('backfilling', 'verifying', 'swapping') ORDER BY id"
        );
        let statement = self.store.backend().statement(sql, []);
        jobs(all(self.store.connection(), statement).await?)
    }

    /// The jobs that have not ended, oldest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn under_way(&self) -> Result<Vec<IndexJob>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM index_jobs WHERE state NOT IN {ENDED} ORDER BY id");
        let statement = self.store.backend().statement(sql, []);
        jobs(all(self.store.connection(), statement).await?)
    }

    /// Notes documents that a job's new index refused, and why it refused one of them.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn note_refused(
        &self,
        job: JobId,
        documents: u64,
        sample: &str,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE index_jobs SET failed = failed + $2, sample_error = coalesce(sample_error, $3) WHERE id = $1";
        let documents = i64::try_from(documents).unwrap_or(i64::MAX);
        self.write(sql, [job.0.into(), documents.into(), clean(sample).into()])
            .await?;
        Ok(())
    }

    /// The indexes that a tenant's jobs work on: those of jobs that have not ended.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn generations_in_use(&self, tenant: TenantId) -> Result<Vec<i64>, StoreError> {
        let sql = format!(
            "SELECT coalesce(generation, id) AS id FROM index_jobs WHERE tenant_id = $1 AND state NOT IN {ENDED}"
        );
        let statement = self.store.backend().statement(sql, [tenant.0.into()]);
        let rows: Vec<IdRow> = all(self.store.connection(), statement).await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// Forgets jobs that ended before a time, and says how many.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn prune(&self, before_ms: i64) -> Result<u64, StoreError> {
        let sql = format!("DELETE FROM index_jobs WHERE state IN {ENDED} AND finished_at < $1");
        self.write(&sql, [before_ms.into()]).await
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
