//! Search index and its jobs on the wire.

use poem_openapi::{Enum, Object};
use serde::Serialize;
use souk_search::PhysicalIndex;
use souk_search_service::BreakerState;
use souk_store::{IndexJob, JobKind, JobState, OutboxBacklogStats};

use crate::api::{
    admin::next_id,
    views::{EngineName, Timestamp, lag_seconds},
};

/// A job on the index.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "IndexJob", skip_serializing_if_is_none)]
pub struct AdminJob {
    /// The job.
    pub id: i64,
    /// Kind of job.
    pub kind: JobKindName,
    /// State.
    pub state: JobStateName,
    /// The index that is built, or gone back to.
    pub generation: i64,
    /// Number of products to read, counted at the start.
    pub total: u64,
    /// Number of products read.
    pub done: u64,
    /// Number of documents rejected by the new index.
    pub failed: u64,
    /// Reason of one rejection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_error: Option<String>,
    /// Reason of the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// True if cancellation was requested.
    pub cancel_requested: bool,
    /// The job that was asked for in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<i64>,
    /// Creation time.
    pub created_at: Timestamp,
    /// Start time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// Time of the last heartbeat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heartbeat_at: Option<Timestamp>,
    /// End time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
}

/// Kind of an index job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename = "IndexJobKind", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum JobKindName {
    /// Builds a new index beside the one that is served, and serves it.
    Reindex,
    /// Serves an earlier index again, and brings it up to date.
    Rollback,
}

/// State of an index job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename = "IndexJobState", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum JobStateName {
    /// Queued: no worker has claimed it.
    Queued,
    /// The new index is being made.
    Preparing,
    /// Products are being read into the new index.
    Backfilling,
    /// Waiting for changes on their way, and comparing with the database.
    Verifying,
    /// The index is being put in the place of the one that is served.
    Swapping,
    /// The index is served.
    Done,
    /// Failed; the previous index stays live.
    Failed,
    /// Cancelled by an administrator.
    Cancelled,
}

/// A page of jobs.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "IndexJobs", skip_serializing_if_is_none)]
pub struct AdminJobs {
    /// The jobs, newest first.
    pub jobs: Vec<AdminJob>,
    /// Give it as `before` for the next page; absent after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_before: Option<i64>,
}

/// State of search.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct SearchStatus {
    /// Configured engine.
    pub engine: EngineName,
    /// State of this process's circuit breaker.
    pub breaker: BreakerName,
    /// The marketplace's indexes, by rising generation; absent if the engine cannot be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indexes: Option<Vec<AdminIndex>>,
    /// Changes waiting to be indexed.
    pub outbox: AdminOutbox,
    /// The job that has not ended, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<AdminJob>,
}

/// State of a circuit breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename = "BreakerState", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum BreakerName {
    /// Everything: all is well.
    Closed,
    /// Half open: one probe at a time reaches the engine; the database answers the others.
    HalfOpen,
    /// Nothing: the database answers.
    Open,
}

impl From<BreakerState> for BreakerName {
    fn from(state: BreakerState) -> Self {
        match state {
            BreakerState::Closed => Self::Closed,
            BreakerState::HalfOpen => Self::HalfOpen,
            BreakerState::Open => Self::Open,
        }
    }
}

/// An index.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "PhysicalIndex")]
pub struct AdminIndex {
    /// Generation number; rises with each reindex.
    pub generation: i64,
    /// Index name, or folder of the embedded index.
    pub name: String,
    /// True if searches use it.
    pub serving: bool,
    /// True if the mapping is current. An outdated mapping works, but a reindex is due.
    pub current: bool,
    /// Number of documents.
    pub documents: u64,
    /// Size on disk in bytes.
    pub bytes: u64,
}

/// Changes of a tenant waiting to be indexed.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "MarketplaceOutbox")]
pub struct AdminOutbox {
    /// Changes that wait.
    pub rows: i64,
    /// Age of the oldest change.
    pub lag_seconds: f64,
    /// Changes that were given up.
    pub dead_letters: i64,
}

impl AdminJobs {
    /// A page of at most `limit`.
    pub fn new(jobs: Vec<IndexJob>, limit: u32) -> Self {
        let jobs: Vec<AdminJob> = jobs.into_iter().map(AdminJob::from).collect();
        Self {
            next_before: next_id(&jobs, limit, |job| job.id),
            jobs,
        }
    }
}

impl From<IndexJob> for AdminJob {
    fn from(job: IndexJob) -> Self {
        Self {
            id: job.id.0,
            kind: match job.kind {
                JobKind::Reindex => JobKindName::Reindex,
                JobKind::Rollback => JobKindName::Rollback,
            },
            state: job.state.into(),
            generation: job.generation,
            total: job.total,
            done: job.done,
            failed: job.failed,
            sample_error: job.sample_error,
            error: job.error,
            cancel_requested: job.cancel_requested,
            superseded_by: job.superseded_by.map(|id| id.0),
            created_at: Timestamp::from_ms(job.created_at_ms),
            started_at: job.started_at_ms.map(Timestamp::from_ms),
            heartbeat_at: job.heartbeat_at_ms.map(Timestamp::from_ms),
            finished_at: job.finished_at_ms.map(Timestamp::from_ms),
        }
    }
}

impl From<JobState> for JobStateName {
    fn from(state: JobState) -> Self {
        match state {
            JobState::Queued => Self::Queued,
            JobState::Preparing => Self::Preparing,
            JobState::Backfilling => Self::Backfilling,
            JobState::Verifying => Self::Verifying,
            JobState::Swapping => Self::Swapping,
            JobState::Done => Self::Done,
            JobState::Failed => Self::Failed,
            JobState::Cancelled => Self::Cancelled,
        }
    }
}

impl From<PhysicalIndex> for AdminIndex {
    fn from(index: PhysicalIndex) -> Self {
        Self {
            generation: index.generation.0,
            name: index.name,
            serving: index.serving,
            current: index.current,
            documents: index.documents,
            bytes: index.bytes,
        }
    }
}

impl From<OutboxBacklogStats> for AdminOutbox {
    fn from(stats: OutboxBacklogStats) -> Self {
        Self {
            rows: stats.rows,
            lag_seconds: lag_seconds(stats.oldest_created_at_ms),
            dead_letters: stats.dead_letters,
        }
    }
}
