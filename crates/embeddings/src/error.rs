//! Failure to make vectors.

/// Failure to make vectors.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// The vector has no direction, since its numbers are all zero or not finite.
    #[error("the model made a vector without a direction")]
    NoDirection,
}
