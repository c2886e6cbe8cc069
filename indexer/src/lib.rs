//! Carries every committed change from the outbox into the search index.
//!
//! A [`Worker`] claims rows, reads what they point at, and applies it; a [`jobs::JobWorker`] builds an index anew or goes
//! back to the one before; [`Indexer`] runs both until it is told to stop; [`verify`] proves that database and index
//! agree. Why no change is lost or overtaken is told in [`worker`] and [`jobs`].

pub mod jobs;
pub mod verify;
pub mod worker;

mod backoff;
mod batch;
mod caches;
mod clock;
mod feedback;
mod fill;
mod housekeeping;
pub mod metrics;
mod options;
mod runner;
mod schedule;
mod status;

pub use clock::{Clock, SystemClock};
pub use feedback::{FeedbackOptions, learn};
pub use fill::SyncOnStartup;
pub use housekeeping::{previous, tidy};
pub use options::IndexerOptions;
pub use runner::{Indexer, Wake};
pub use schedule::{BadSchedule, Schedules};
pub use status::{Status, status};
pub use worker::{Tick, Worker};

/// What stops the indexer's work for now; nothing is lost by it, the outbox keeps every row.
#[derive(Debug, thiserror::Error)]
pub enum IndexerError {
    /// The database failed or is away.
    #[error("the database failed")]
    Store(#[from] souk_store::StoreError),
    /// The index failed or is away.
    #[error("the search index failed")]
    Index(#[from] souk_search::IndexError),
}
