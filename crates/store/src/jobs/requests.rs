//! Index jobs of a tenant, as callers use them: request, list, cancel.

use sea_orm::{ConnectionTrait, Value};

use super::index_jobs::{COLUMNS, ENDED, IndexJob, JobId, JobKind, JobRow, JobState, jobs};
use crate::{
    Scope, StoreError,
    backend::{all, execute, now_ms},
};

/// Job to be queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobRequest {
    /// A new index.
    Reindex,
    /// The index of this generation again.
    Rollback {
        /// Number of the generation.
        generation: i64,
    },
}

/// A tenant's jobs.
#[derive(Debug, Clone)]
pub struct IndexJobs {
    scope: Scope,
}

impl Scope {
    /// Jobs on the tenant's index.
    pub fn index_jobs(&self) -> IndexJobs {
        IndexJobs::new(self.clone())
    }
}

impl IndexJobs {
    pub(crate) fn new(scope: Scope) -> Self {
        Self { scope }
    }

    /// Asks for a job. If there is one that has not ended, `supersede` has it stop and the new one follow it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if there is one that has not ended and it is not to be superseded.
    pub async fn request(
        &self,
        request: JobRequest,
        supersede: bool,
    ) -> Result<IndexJob, StoreError> {
        let transaction = self.scope.begin_exclusive().await?;
        let active = format!(
            "SELECT {COLUMNS} FROM index_jobs WHERE tenant_id = $1 AND state NOT IN {ENDED} ORDER BY id"
        );
        let active = jobs(self.rows(&transaction, &active, [self.tenant()]).await?)?;
        if let Some(job) = active.first().filter(|_| !supersede) {
            let message = format!(
                "job {} ({}) is {}; wait for it, cancel it, or supersede it",
                job.id, job.kind, job.state
            );
            return Err(StoreError::conflict("supersede", message));
        }
        for job in &active {
            self.stop(&transaction, job.id).await?;
        }
        let (kind, generation) = match request {
            JobRequest::Reindex => (JobKind::Reindex, None),
            JobRequest::Rollback { generation } => (JobKind::Rollback, Some(generation)),
        };
        let insert = format!(
            "INSERT INTO index_jobs (tenant_id, kind, generation) VALUES ($1, $2, $3) RETURNING {COLUMNS}"
        );
        let values = [self.tenant(), kind.as_str().into(), generation.into()];
        let made = self.rows(&transaction, &insert, values).await?;
        let job = one(made)?;
        let replace = "UPDATE index_jobs SET superseded_by = $2 WHERE id = $1";
        for superseded in &active {
            let values = [superseded.id.0.into(), job.id.0.into()];
            let statement = self.scope.store.backend().statement(replace, values);
            execute(&transaction, statement).await?;
        }
        transaction.commit().await?;
        Ok(job)
    }

    /// Up to `limit` of them that were asked for before one, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(
        &self,
        before: Option<JobId>,
        limit: u32,
    ) -> Result<Vec<IndexJob>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM index_jobs WHERE tenant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
        );
        let before = before.map_or(i64::MAX, |id| id.0);
        let values = [self.tenant(), before.into(), i64::from(limit).into()];
        jobs(
            self.rows(self.scope.store.connection(), &sql, values)
                .await?,
        )
    }

    /// Returns one job.
    ///
    /// # Errors
    /// If there is none, or the database fails.
    pub async fn get(&self, id: JobId) -> Result<IndexJob, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM index_jobs WHERE tenant_id = $1 AND id = $2");
        let values = [self.tenant(), id.0.into()];
        one(self
            .rows(self.scope.store.connection(), &sql, values)
            .await?)
    }

    /// The one that has not ended: the running one if one waits for it to stop.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn active(&self) -> Result<Option<IndexJob>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM index_jobs WHERE tenant_id = $1 AND state NOT IN {ENDED} ORDER BY id LIMIT 1"
        );
        let found = self
            .rows(self.scope.store.connection(), &sql, [self.tenant()])
            .await?;
        Ok(jobs(found)?.pop())
    }

    /// Has one stop: at once if nobody works on it yet, else when its worker next looks.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if it has ended; if there is none, or the database fails.
    pub async fn cancel(&self, id: JobId) -> Result<IndexJob, StoreError> {
        let transaction = self.scope.begin_exclusive().await?;
        let sql = format!("SELECT {COLUMNS} FROM index_jobs WHERE tenant_id = $1 AND id = $2");
        let values = [self.tenant(), id.0.into()];
        let job = one(self.rows(&transaction, &sql, values).await?)?;
        if job.state.is_final() {
            return Err(StoreError::conflict(
                "id",
                format!("the job is {} already", job.state),
            ));
        }
        self.stop(&transaction, id).await?;
        let values = [self.tenant(), id.0.into()];
        let job = one(self.rows(&transaction, &sql, values).await?)?;
        transaction.commit().await?;
        Ok(job)
    }

    async fn stop(&self, transaction: &impl ConnectionTrait, id: JobId) -> Result<(), StoreError> {
        let sql = format!(
            "UPDATE index_jobs SET cancel_requested = 1,
                 state = CASE state WHEN '{queued}' THEN '{cancelled}' ELSE state END,
                 finished_at = CASE state WHEN '{queued}' THEN $2 ELSE finished_at END
             WHERE id = $1 AND state NOT IN {ENDED}",
            queued = JobState::Queued,
            cancelled = JobState::Cancelled,
        );
        let values = [id.0.into(), now_ms().into()];
        execute(
            transaction,
            self.scope.store.backend().statement(sql, values),
        )
        .await?;
        Ok(())
    }

    fn tenant(&self) -> Value {
        self.scope.tenant.0.into()
    }

    async fn rows(
        &self,
        connection: &impl ConnectionTrait,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<JobRow>, StoreError> {
        all(
            connection,
            self.scope.store.backend().statement(sql, values),
        )
        .await
    }
}

fn one(rows: Vec<JobRow>) -> Result<IndexJob, StoreError> {
    let row = rows.into_iter().next().ok_or(StoreError::NotFound("job"))?;
    row.try_into()
}
