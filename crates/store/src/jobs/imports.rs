//! Imports of a tenant, as callers use them: add, list, start, cancel, remove.
//!
//! A file is uploaded first and lies in the data folder under a random key. Once started, the import waits for its
//! tenant's running one, and a worker takes it up under a lease, see [`super::import_queue`].

use std::{fmt, str::FromStr};

use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use serde::{Deserialize, Serialize};
use souk_domain::TenantId;

use super::index_jobs::JobId;
use crate::{
    Scope, StoreError,
    backend::{all, json},
};

/// State of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    /// The file is there; nothing was started.
    Uploaded,
    /// Started; no worker has claimed it yet.
    Queued,
    /// A worker imports, or has died while it did.
    Running,
    /// Every row was imported or skipped.
    Done,
    /// Failed; batches written before stay.
    Failed,
    /// Cancelled on request; batches written before stay.
    Cancelled,
}

impl ImportState {
    const ALL: [Self; 6] = [
        Self::Uploaded,
        Self::Queued,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uploaded => "uploaded",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Returns true for the states in which an import has ended.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }

    /// Returns true for the states in which a worker has to do something.
    pub fn is_active(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }
}

impl fmt::Display for ImportState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ImportState {
    type Err = StoreError;

    fn from_str(name: &str) -> Result<Self, StoreError> {
        let found = Self::ALL.into_iter().find(|state| state.as_str() == name);
        found.ok_or(StoreError::NotFound("import state"))
    }
}

/// An import as the database holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportJob {
    /// Id.
    pub id: JobId,
    /// Tenant that owns the file.
    pub tenant: TenantId,
    /// Current state.
    pub state: ImportState,
    /// Random key of the file in the data folder.
    pub file_key: String,
    /// Name that the file was uploaded under; never a path.
    pub file_name: String,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// Options, as the importer writes them.
    pub options: serde_json::Value,
    /// Progress so far.
    pub counts: ImportCounts,
    /// Error that ended it.
    pub error: Option<String>,
    /// True if cancellation was requested.
    pub cancel_requested: bool,
    /// Number of times that a worker took it up.
    pub run: u64,
    /// Number of workers that died while they worked on it.
    pub interrupted: u64,
    /// Time of the upload, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Time of the request to start, in milliseconds since 1970 UTC.
    pub queued_at_ms: Option<i64>,
    /// Time at which it was first taken up, in milliseconds since 1970 UTC.
    pub started_at_ms: Option<i64>,
    /// Time of the last heartbeat, in milliseconds since 1970 UTC.
    pub heartbeat_at_ms: Option<i64>,
    /// End time, in milliseconds since 1970 UTC.
    pub finished_at_ms: Option<i64>,
}

/// Progress of an import.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportCounts {
    /// True once products are written, and the file was read before.
    pub writing: bool,
    /// Bytes read.
    pub bytes_read: u64,
    /// Rows read.
    pub rows: u64,
    /// Products of the file, once they are known.
    pub products_total: Option<u64>,
    /// Products created.
    pub created: u64,
    /// Products changed.
    pub updated: u64,
    /// Products that were there just so.
    pub unchanged: u64,
    /// Rows with faults.
    pub skipped: u64,
    /// Rows that were a further variant of a product.
    pub variants: u64,
    /// Products archived, since the file no longer has them.
    pub archived: u64,
    /// Products (or bytes, while the file is read) per second.
    pub rate: Option<f64>,
    /// Seconds left in this phase.
    pub seconds_left: Option<f64>,
    /// Omissions from imported rows.
    pub losses: Vec<ImportLoss>,
}

/// Omissions of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportLoss {
    /// Number of them.
    pub count: u64,
    /// Description for people.
    pub what: String,
}

/// A file that was uploaded.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// Random key of the file in the data folder.
    pub file_key: String,
    /// Name that it was uploaded under.
    pub file_name: String,
    /// Length in bytes.
    pub bytes: u64,
}

/// Columns that every query on imports selects.
pub(super) const COLUMNS: &str = "id, tenant_id, state, file_key, file_name, bytes, options, progress, error,
     cancel_requested, run, interrupted, created_at, queued_at, started_at, heartbeat_at, finished_at";

#[derive(FromQueryResult)]
pub(super) struct ImportRow {
    id: i64,
    tenant_id: i64,
    state: String,
    file_key: String,
    file_name: String,
    bytes: i64,
    options: String,
    progress: String,
    error: Option<String>,
    cancel_requested: i64,
    run: i64,
    interrupted: i64,
    created_at: i64,
    queued_at: Option<i64>,
    started_at: Option<i64>,
    heartbeat_at: Option<i64>,
    finished_at: Option<i64>,
}

impl TryFrom<ImportRow> for ImportJob {
    type Error = StoreError;

    fn try_from(row: ImportRow) -> Result<Self, StoreError> {
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        Ok(Self {
            id: JobId(row.id),
            tenant: TenantId(row.tenant_id),
            state: row.state.parse()?,
            file_key: row.file_key,
            file_name: row.file_name,
            bytes: count(row.bytes),
            options: serde_json::from_str(&row.options)?,
            counts: serde_json::from_str(&row.progress)?,
            error: row.error,
            cancel_requested: row.cancel_requested != 0,
            run: count(row.run),
            interrupted: count(row.interrupted),
            created_at_ms: row.created_at,
            queued_at_ms: row.queued_at,
            started_at_ms: row.started_at,
            heartbeat_at_ms: row.heartbeat_at,
            finished_at_ms: row.finished_at,
        })
    }
}

pub(super) fn imports(rows: Vec<ImportRow>) -> Result<Vec<ImportJob>, StoreError> {
    rows.into_iter().map(ImportJob::try_from).collect()
}

/// A tenant's imports.
#[derive(Debug, Clone)]
pub struct Imports {
    scope: Scope,
}

impl Scope {
    /// Imports of the tenant.
    pub fn imports(&self) -> Imports {
        Imports::new(self.clone())
    }
}

impl Imports {
    pub(crate) fn new(scope: Scope) -> Self {
        Self { scope }
    }

    /// Adds an uploaded file.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn add(&self, new: NewImport) -> Result<ImportJob, StoreError> {
        let sql = format!(
            "INSERT INTO import_jobs (tenant_id, file_key, file_name, bytes) VALUES ($1, $2, $3, $4)
             RETURNING {COLUMNS}"
        );
        let bytes = i64::try_from(new.bytes).unwrap_or(i64::MAX);
        let values = [
            self.tenant(),
            new.file_key.into(),
            new.file_name.into(),
            bytes.into(),
        ];
        let transaction = self.scope.store.begin().await?;
        let added = one(self.rows(&transaction, &sql, values).await?)?;
        transaction.commit().await?;
        Ok(added)
    }

    /// Up to `limit` imports that were uploaded before one, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(
        &self,
        before: Option<JobId>,
        limit: u32,
    ) -> Result<Vec<ImportJob>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM import_jobs WHERE tenant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
        );
        let before = before.map_or(i64::MAX, |id| id.0);
        let values = [self.tenant(), before.into(), i64::from(limit).into()];
        let connection = self.scope.store.connection();
        imports(self.rows(connection, &sql, values).await?)
    }

    /// Returns one import.
    ///
    /// # Errors
    /// If there is none, or the database fails.
    pub async fn get(&self, id: JobId) -> Result<ImportJob, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM import_jobs WHERE tenant_id = $1 AND id = $2");
        let values = [self.tenant(), id.0.into()];
        let connection = self.scope.store.connection();
        one(self.rows(connection, &sql, values).await?)
    }

    /// Queues an import, with these options. An import that has ended starts again.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if it is queued or running; if there is none, or the database fails.
    pub async fn start(
        &self,
        id: JobId,
        options: &impl Serialize,
    ) -> Result<ImportJob, StoreError> {
        let now = self.scope.store.clock_ms().await?;
        let sql = format!(
            "UPDATE import_jobs
             SET state = 'queued', options = $3, progress = '{{}}', error = NULL, cancel_requested = 0, interrupted = 0,
                 queued_at = $4, started_at = NULL, heartbeat_at = NULL, finished_at = NULL, claimed_by = NULL,
                 claimed_until = NULL
             WHERE tenant_id = $1 AND id = $2 AND state NOT IN ('queued', 'running')
             RETURNING {COLUMNS}"
        );
        let values = [self.tenant(), id.0.into(), json(options)?, now.into()];
        let transaction = self.scope.begin_exclusive().await?;
        let started = imports(self.rows(&transaction, &sql, values).await?)?.pop();
        transaction.commit().await?;
        match started {
            Some(job) => Ok(job),
            None => Err(self.refused(id, "wait for it, or cancel it").await?),
        }
    }

    /// Has an import stop: at once if nobody works on it, else when its worker next looks.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if it is neither queued nor running; if there is none, or the database fails.
    pub async fn cancel(&self, id: JobId) -> Result<ImportJob, StoreError> {
        let now = self.scope.store.clock_ms().await?;
        // A worker whose lease has ended is dead, or will notice that the import is no longer its own.
        let sql = format!(
            "UPDATE import_jobs
             SET cancel_requested = 1,
                 state = CASE WHEN claimed_until > $3 THEN state ELSE 'cancelled' END,
                 finished_at = CASE WHEN claimed_until > $3 THEN finished_at ELSE $3 END
             WHERE tenant_id = $1 AND id = $2 AND state IN ('queued', 'running')
             RETURNING {COLUMNS}"
        );
        let values = [self.tenant(), id.0.into(), now.into()];
        let transaction = self.scope.begin_exclusive().await?;
        let cancelled = imports(self.rows(&transaction, &sql, values).await?)?.pop();
        transaction.commit().await?;
        match cancelled {
            Some(job) => Ok(job),
            None => Err(self
                .refused(id, "only one that waits or runs can be cancelled")
                .await?),
        }
    }

    /// Removes an import that nobody works on, and returns it, so that its file can be deleted.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if it is running; if there is none, or the database fails.
    pub async fn remove(&self, id: JobId) -> Result<ImportJob, StoreError> {
        let now = self.scope.store.clock_ms().await?;
        let sql = format!(
            "DELETE FROM import_jobs
             WHERE tenant_id = $1 AND id = $2 AND (claimed_until IS NULL OR claimed_until <= $3)
             RETURNING {COLUMNS}"
        );
        let values = [self.tenant(), id.0.into(), now.into()];
        let transaction = self.scope.begin_exclusive().await?;
        let removed = imports(self.rows(&transaction, &sql, values).await?)?.pop();
        transaction.commit().await?;
        match removed {
            Some(job) => Ok(job),
            None => Err(self.refused(id, "cancel it first").await?),
        }
    }

    /// Returns the reason for which nothing was changed.
    async fn refused(&self, id: JobId, advice: &str) -> Result<StoreError, StoreError> {
        let state = self.get(id).await?.state;
        let message = format!("the import is {state}; {advice}");
        Ok(StoreError::conflict("id", message))
    }

    fn tenant(&self) -> Value {
        self.scope.tenant.0.into()
    }

    async fn rows(
        &self,
        connection: &impl ConnectionTrait,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<ImportRow>, StoreError> {
        let statement = self.scope.store.backend().statement(sql, values);
        all(connection, statement).await
    }
}

fn one(rows: Vec<ImportRow>) -> Result<ImportJob, StoreError> {
    let row = rows.into_iter().next();
    row.ok_or(StoreError::NotFound("import"))?.try_into()
}
