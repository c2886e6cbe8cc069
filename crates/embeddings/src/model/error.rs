//! A model that cannot be used.

use std::path::PathBuf;

/// A model that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A file cannot be read.
    #[error("{} cannot be read", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Failure to read it.
        source: std::io::Error,
    },
    /// A JSON file has another form.
    #[error("{file} must have the form of a BERT model's")]
    Json {
        /// Name of the file.
        file: &'static str,
        /// Fault that was found.
        source: serde_json::Error,
    },
    /// The model is of another kind.
    #[error("{file} must say that {must}")]
    Unsupported {
        /// Name of the file.
        file: &'static str,
        /// Condition that must hold.
        must: String,
    },
}

pub(super) fn unsupported(file: &'static str, must: impl Into<String>) -> ModelError {
    let must = must.into();
    ModelError::Unsupported { file, must }
}
