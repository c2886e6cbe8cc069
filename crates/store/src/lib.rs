//! Entities, queries, outbox and projections over PostgreSQL and SQLite.
//!
//! Everything that belongs to a tenant hangs off a [`Scope`], so no query can be written that forgets it. Writes
//! happen in one transaction each; the outbox is filled by the database's triggers, never from here. SQL is
//! written once for both databases where it can be (`$1` placeholders, lists as one JSON parameter, so that the
//! number of rows never meets a limit of parameters), and [`Backend`] has what differs.

mod analytics;
mod backend;
mod categories;
mod connection;
mod dead_letters;
mod documents;
mod error;
pub mod etag;
#[doc(hidden)]
pub mod explain;
mod index_jobs;
mod outbox;
mod pending_invalidations;
mod products;
mod references;
mod reviews;
mod scheduled;
mod scope;
mod search_configs;
mod tenants;
mod visitor_salts;
mod waiting;

pub use analytics::{
    Batch, DayFigures, EventCount, Figures, Period, PopularityOptions, QueryFigures, QueryOrder,
    SearchAnalytics, SearchCount, SearchFeedback, SearchKey, SearchReports, SuggestedQuery,
    SuggestionOptions, Summary, Trend, Trends, VersionFigures, Visitor,
};
pub use backend::Backend;
pub use categories::{Categories, CategoryInput, CategoryRecord};
pub use connection::{DatabaseOptions, PoolStats, Store, Traceparent};
pub use dead_letters::{DeadLetter, DeadLetterId, DeadLetters};
pub use error::StoreError;
pub use index_jobs::{
    IndexJob, IndexJobs, JobId, JobKind, JobQueue, JobRequest, JobState, Progress,
};
pub use outbox::{Entity, Outbox, OutboxRow, OutboxStats};
pub use pending_invalidations::{PendingInvalidation, PendingInvalidations};
pub use products::{
    Missing, Name, ProductKey, ProductListing, ProductRecord, Products, RecordReferences, Upserted,
    VariantRecord,
};
pub use references::{ReferenceInput, ReferenceRecord, References};
pub use reviews::{ReviewInput, ReviewRecord, Reviews};
pub use scheduled::ScheduledTasks;
pub use scope::Scope;
pub use search_configs::{
    ActiveConfigs, Authorship, ConfigAction, ConfigEvent, ConfigExperiment, ConfigVersion,
    ConfigVersionSummary, KEPT_EVENTS, KEPT_VERSIONS, SearchConfigs,
};
pub use tenants::{NewTenant, Tenant, Tenants};
pub use visitor_salts::{SECRET_BYTES, VisitorSalts};
pub use waiting::{Waiting, WaitingStats};
