//! Relay of every committed change from the outbox to the search index.
//!
//! A [`Worker`] claims rows, reads the products they name and applies them; a [`jobs::JobWorker`] rebuilds an index or
//! rolls back to the previous one; [`Indexer`] runs both until shutdown; [`verify`] compares database and index. The
//! proofs that no change is lost or overtaken stand in [`relay`] and [`jobs`].

pub mod connections;
pub mod jobs;
pub mod metrics;
pub mod relay;
pub mod verify;

mod clock;
mod drain;
mod embedding;
mod error;
mod index_cleanup;
mod pace;
mod price_clock;
mod projector;
mod runner;
mod sinks;
mod startup;
mod status;
mod tasks;
mod wake;

pub use clock::{Clock, DatabaseClock, SystemClock};
pub use error::IndexerError;
pub use index_cleanup::{delete_unused, previous};
pub use relay::{Tick, Worker};
pub use runner::Indexer;
pub use souk_config::IndexerConfig;
pub use status::{Status, status};
pub use tasks::learn;
pub use wake::Wake;
