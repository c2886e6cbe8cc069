//! Interface to whatever makes vectors of texts.

use crate::{EmbedError, Vector};

/// Makes vectors of texts.
pub trait Embedder: Send + Sync {
    /// Returns the id of the model: vectors of different models cannot be compared.
    fn model(&self) -> &str;

    /// Returns a vector for each text, in their order. Blocks for milliseconds per text.
    ///
    /// # Errors
    /// If the model cannot take the texts.
    fn embed(&self, texts: &[&str]) -> Result<Vec<Vector>, EmbedError>;
}
