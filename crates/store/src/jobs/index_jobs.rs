//! Jobs on a tenant's index: a table between those who ask for them (the API, a command line) and the indexer that
//! works on them, under a lease as on the outbox.

use std::{fmt, str::FromStr};

use sea_orm::FromQueryResult;
use serde::Serialize;
use souk_domain::{ProductId, TenantId};

use crate::StoreError;

/// A job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct JobId(pub i64);

/// Kind of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Build a new index beside the one that is served, and serve it.
    Reindex,
    /// Serve an earlier index again, and bring it up to date.
    Rollback,
}

/// State of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Queued; no worker has claimed it yet.
    Queued,
    /// The new index is being made.
    Preparing,
    /// Products are being read into the new index; from here on changes are written to both.
    Backfilling,
    /// Waiting for changes on their way, and comparing with the database.
    Verifying,
    /// The index is being put in the place of the one that is served.
    Swapping,
    /// The index is served.
    Done,
    /// Failed; the previous index stays live.
    Failed,
    /// Cancelled on request.
    Cancelled,
}

/// A job as the database holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IndexJob {
    /// Id of the job.
    pub id: JobId,
    /// Tenant that owns the index.
    pub tenant: TenantId,
    /// Kind of the job.
    pub kind: JobKind,
    /// Current state.
    pub state: JobState,
    /// The index that is built, or gone back to.
    pub generation: i64,
    /// The last product that is in the new index.
    #[serde(skip)]
    pub after: Option<ProductId>,
    /// Products to read, counted at the start.
    pub total: u64,
    /// Products read so far.
    pub done: u64,
    /// Documents that the new index rejected.
    pub failed: u64,
    /// Error of one rejected document.
    pub sample_error: Option<String>,
    /// Error that ended the job.
    pub error: Option<String>,
    /// True if cancellation was requested.
    pub cancel_requested: bool,
    /// The job that was asked for in its place.
    pub superseded_by: Option<JobId>,
    /// Time of the request, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Start time, in milliseconds since 1970 UTC.
    pub started_at_ms: Option<i64>,
    /// Time of the last heartbeat, in milliseconds since 1970 UTC.
    pub heartbeat_at_ms: Option<i64>,
    /// End time, in milliseconds since 1970 UTC.
    pub finished_at_ms: Option<i64>,
}

impl JobKind {
    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reindex => "reindex",
            Self::Rollback => "rollback",
        }
    }
}

impl JobState {
    const ALL: [Self; 8] = [
        Self::Queued,
        Self::Preparing,
        Self::Backfilling,
        Self::Verifying,
        Self::Swapping,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Preparing => "preparing",
            Self::Backfilling => "backfilling",
            Self::Verifying => "verifying",
            Self::Swapping => "swapping",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Returns true for states that no other state follows.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

impl fmt::Display for JobKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for JobState {
    type Err = StoreError;

    fn from_str(name: &str) -> Result<Self, StoreError> {
        let found = Self::ALL.into_iter().find(|state| state.as_str() == name);
        found.ok_or(StoreError::NotFound("job state"))
    }
}

/// Columns that every query on jobs selects.
pub(super) const COLUMNS: &str =
    "id, tenant_id, kind, state, generation, after_id, total, done, failed, sample_error, error,
     cancel_requested, superseded_by, created_at, started_at, heartbeat_at, finished_at";

/// The states of a job that has been taken up and not ended.
pub(super) const RUNNING: &str = "('preparing', 'backfilling', 'verifying', 'swapping')";
/// The states of a job that has ended.
pub(super) const ENDED: &str = "('done', 'failed', 'cancelled')";

#[derive(FromQueryResult)]
pub(super) struct JobRow {
    id: i64,
    tenant_id: i64,
    kind: String,
    state: String,
    generation: Option<i64>,
    after_id: i64,
    total: i64,
    done: i64,
    failed: i64,
    sample_error: Option<String>,
    error: Option<String>,
    cancel_requested: i64,
    superseded_by: Option<i64>,
    created_at: i64,
    started_at: Option<i64>,
    heartbeat_at: Option<i64>,
    finished_at: Option<i64>,
}

impl TryFrom<JobRow> for IndexJob {
    type Error = StoreError;

    fn try_from(row: JobRow) -> Result<Self, StoreError> {
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        Ok(Self {
            id: JobId(row.id),
            tenant: TenantId(row.tenant_id),
            kind: match row.kind.as_str() {
                "rollback" => JobKind::Rollback,
                _ => JobKind::Reindex,
            },
            state: row.state.parse()?,
            // A reindex builds the index that has its own number.
            generation: row.generation.unwrap_or(row.id),
            after: (row.after_id > 0).then_some(ProductId(row.after_id)),
            total: count(row.total),
            done: count(row.done),
            failed: count(row.failed),
            sample_error: row.sample_error,
            error: row.error,
            cancel_requested: row.cancel_requested != 0,
            superseded_by: row.superseded_by.map(JobId),
            created_at_ms: row.created_at,
            started_at_ms: row.started_at,
            heartbeat_at_ms: row.heartbeat_at,
            finished_at_ms: row.finished_at,
        })
    }
}

pub(super) fn jobs(rows: Vec<JobRow>) -> Result<Vec<IndexJob>, StoreError> {
    rows.into_iter().map(IndexJob::try_from).collect()
}
