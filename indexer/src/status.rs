//! Lag of the index behind the database.

use serde::Serialize;
use souk_store::Store;

use crate::{Clock, IndexerError};

/// Lag of the index behind the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Changes waiting in the outbox, claimed ones included.
    pub rows: u64,
    /// Age of the oldest of them in milliseconds; 0 if there are none.
    pub lag_ms: u64,
    /// Changes that were given up and wait for a person.
    pub dead_letters: u64,
}

/// Reads how far the index is behind.
///
/// # Errors
/// If the database failed.
pub async fn status(store: &Store, clock: &dyn Clock) -> Result<Status, IndexerError> {
    let stats = store.outbox().stats().await?;
    let lag = stats
        .oldest_created_at_ms
        .map_or(0, |oldest| clock.now_ms() - oldest);
    Ok(Status {
        rows: stats.rows,
        lag_ms: u64::try_from(lag).unwrap_or(0),
        dead_letters: stats.dead_letters,
    })
}
