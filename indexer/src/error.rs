//! Failures of the database or the index.

use souk_search::{IndexError, SearchError};
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
    /// The projection of the SQL engine could not be written.
    #[error("the database's search failed")]
    Projection(#[from] SearchError),
}

impl IndexerError {
    /// Returns true if waiting may be enough, as after an outage.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Index(error) => matches!(error, IndexError::Unavailable(_)),
            Self::Projection(error) => matches!(error, SearchError::Unavailable(_)),
            Self::Store(error) => matches!(error, StoreError::Unavailable(_)),
        }
    }
}
