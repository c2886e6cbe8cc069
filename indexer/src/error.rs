//! Failures of the database or the index.

use souk_search::IndexError;
use souk_store::StoreError;

/// Failure that stops the indexer's work for now. No change is lost: the outbox keeps every row.
#[derive(Debug, thiserror::Error)]
pub enum IndexerError {
    /// The database failed or is away.
    #[error("the database failed")]
    Store(#[from] StoreError),
    /// The index failed or is away.
    #[error("the search index failed")]
    Index(#[from] IndexError),
}

impl IndexerError {
    /// Returns true if waiting may be enough, as after an outage.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Index(error) => matches!(error, IndexError::Unavailable(_)),
            Self::Store(error) => matches!(error, StoreError::Unavailable(_)),
        }
    }
}
