//! Imports on the wire.

use poem::{Body, IntoResponse, Response, http::header};
use poem_openapi::{
    Enum, Object,
    payload::Payload,
    registry::{MetaSchema, MetaSchemaRef},
};
use serde::Serialize;
use souk_store::{ImportCounts, ImportJob, ImportState};

use super::request::ImportOptionsBody;
use crate::api::{admin::next_id, views::Timestamp};

/// An import.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Import", skip_serializing_if_is_none)]
pub struct AdminImport {
    /// The import.
    pub id: i64,
    /// State.
    pub state: ImportStateName,
    /// Name that the file was uploaded under.
    pub file_name: String,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// Options that it was last started with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<ImportOptionsBody>,
    /// Progress of the last run.
    pub progress: AdminImportProgress,
    /// Omissions from rows that were imported; complete at the end.
    pub losses: Vec<AdminImportLoss>,
    /// Reason of the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// True if cancellation was requested.
    pub cancel_requested: bool,
    /// Upload time.
    pub created_at: Timestamp,
    /// Time of the request to start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queued_at: Option<Timestamp>,
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

/// State of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename = "ImportState", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ImportStateName {
    /// The file is there; nothing was started.
    Uploaded,
    /// Waiting for another import of the marketplace, or for a worker.
    Queued,
    /// Under way.
    Running,
    /// Every row was imported or skipped.
    Done,
    /// Failed; what was imported before stays.
    Failed,
    /// Cancelled by an administrator; what was imported before stays.
    Cancelled,
}

/// Phase of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename = "ImportPhase", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ImportPhaseName {
    /// Rows are read and gathered by product; nothing is written yet.
    Reading,
    /// Products are written.
    Writing,
}

/// Progress of an import.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "ImportProgress", skip_serializing_if_is_none)]
pub struct AdminImportProgress {
    /// Current phase.
    pub phase: ImportPhaseName,
    /// Number of bytes read.
    pub bytes_read: u64,
    /// Number of rows read.
    pub rows: u64,
    /// Number of products in the file; absent until it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub products_total: Option<u64>,
    /// Number of products created.
    pub created: u64,
    /// Number of products changed.
    pub updated: u64,
    /// Number of products that were there just so.
    pub unchanged: u64,
    /// Number of rows skipped for a fault.
    pub skipped: u64,
    /// Number of rows that were a further variant of a product.
    pub variants: u64,
    /// Number of products archived, since the file no longer has them.
    pub archived: u64,
    /// Products per second; bytes per second while the file is read, or if the number of products is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// Estimated seconds until the end of this phase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds_left: Option<f64>,
}

/// Omissions of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Object, Serialize)]
#[oai(rename = "ImportLoss")]
pub struct AdminImportLoss {
    /// Number of them.
    pub count: u64,
    /// Description, such as `products without a price: imported as drafts`.
    pub what: String,
}

/// A page of imports.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Imports", skip_serializing_if_is_none)]
pub struct AdminImports {
    /// The imports, newest first.
    pub imports: Vec<AdminImport>,
    /// Give it as `before` for the next page; absent after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_before: Option<i64>,
}

impl AdminImports {
    /// A page of at most `limit`.
    pub fn new(jobs: Vec<ImportJob>, limit: u32) -> Self {
        let imports: Vec<AdminImport> = jobs.into_iter().map(AdminImport::from).collect();
        Self {
            next_before: next_id(&imports, limit, |import| import.id),
            imports,
        }
    }
}

impl From<ImportJob> for AdminImport {
    fn from(job: ImportJob) -> Self {
        let options = job.queued_at_ms.map(|_| job.options);
        Self {
            id: job.id.0,
            state: job.state.into(),
            file_name: job.file_name,
            bytes: job.bytes,
            options: options.and_then(|options| serde_json::from_value(options).ok()),
            losses: job
                .counts
                .losses
                .iter()
                .map(|loss| AdminImportLoss {
                    count: loss.count,
                    what: loss.what.clone(),
                })
                .collect(),
            progress: job.counts.into(),
            error: job.error,
            cancel_requested: job.cancel_requested,
            created_at: Timestamp::from_ms(job.created_at_ms),
            queued_at: job.queued_at_ms.map(Timestamp::from_ms),
            started_at: job.started_at_ms.map(Timestamp::from_ms),
            heartbeat_at: job.heartbeat_at_ms.map(Timestamp::from_ms),
            finished_at: job.finished_at_ms.map(Timestamp::from_ms),
        }
    }
}

impl From<ImportCounts> for AdminImportProgress {
    fn from(counts: ImportCounts) -> Self {
        Self {
            phase: match counts.writing {
                true => ImportPhaseName::Writing,
                false => ImportPhaseName::Reading,
            },
            bytes_read: counts.bytes_read,
            rows: counts.rows,
            products_total: counts.products_total,
            created: counts.created,
            updated: counts.updated,
            unchanged: counts.unchanged,
            skipped: counts.skipped,
            variants: counts.variants,
            archived: counts.archived,
            rate: counts.rate,
            seconds_left: counts.seconds_left,
        }
    }
}

impl From<ImportState> for ImportStateName {
    fn from(state: ImportState) -> Self {
        match state {
            ImportState::Uploaded => Self::Uploaded,
            ImportState::Queued => Self::Queued,
            ImportState::Running => Self::Running,
            ImportState::Done => Self::Done,
            ImportState::Failed => Self::Failed,
            ImportState::Cancelled => Self::Cancelled,
        }
    }
}

/// Faults as a CSV file.
pub struct FaultsCsv(pub Body);

impl Payload for FaultsCsv {
    const CONTENT_TYPE: &'static str = "text/csv";

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema::new("string")))
    }
}

impl IntoResponse for FaultsCsv {
    fn into_response(self) -> Response {
        Response::builder()
            .header(header::CONTENT_TYPE, Self::CONTENT_TYPE)
            .body(self.0)
    }
}
