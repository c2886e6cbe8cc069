//! Errors of an engine, by what the caller should do about them.

/// A search that could not be answered.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The tenant has no index, or it is still being filled: the database can answer meanwhile.
    #[error("the search index is not ready: {0}")]
    NotReady(String),
    /// The engine is away or too slow.
    #[error("the search engine is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The engine answered, but with an error of its own: a defect here or there.
    #[error("the search engine failed")]
    Engine(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl SearchError {
    /// Wraps an error of the engine itself.
    pub fn engine(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Engine(source.into())
    }

    /// Wraps an error that means the engine could not be reached.
    pub fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(source.into())
    }
}

/// A batch that the index did not take as a whole; a single refused document is an
/// [`OpOutcome`](crate::OpOutcome) instead.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The index is away, full or read-only: nothing is wrong with the documents, so the drain pauses.
    #[error("the index is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// There is no such index.
    #[error("there is no index {0}")]
    Missing(String),
    /// The index failed in a way that waiting will not mend.
    #[error("the index failed")]
    Engine(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl IndexError {
    /// Wraps an error of the index itself.
    pub fn engine(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Engine(source.into())
    }

    /// Wraps an error that means the index cannot take writes now.
    pub fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(source.into())
    }
}
