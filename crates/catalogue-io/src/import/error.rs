//! Reasons for which an import does not reach its end.

use std::io;
use std::path::{Path, PathBuf};

use souk_store::StoreError;

use super::report::RowFault;

/// An import that did not reach its end. Batches that were written before stay.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be opened.
    #[error("cannot open {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Reason.
        source: io::Error,
    },
    /// The file cannot be read to its end.
    #[error("cannot read {} to its end", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Reason.
        source: io::Error,
    },
    /// The file is no catalogue.
    #[error("{}: {reason}", path.display())]
    Header {
        /// The file.
        path: PathBuf,
        /// Fault.
        reason: String,
    },
    /// The same fault on many rows in a row: the file is another than it was taken for.
    #[error("{}: the same fault on {rows} rows in a row: {reason}\n{looks_like}", path.display())]
    SameFault {
        /// The file.
        path: PathBuf,
        /// Rows with the fault.
        rows: u64,
        /// Fault.
        reason: String,
        /// Description of the file.
        looks_like: String,
    },
    /// The file cannot be understood in one way only, and nobody can be asked.
    #[error("not sure what is meant: {0}; say --yes to go on, or see the preview with --dry-run")]
    Unsure(String),
    /// Nothing was written, as told.
    #[error("nothing was imported, as told")]
    Declined,
    /// The observer cancelled it. Batches that were begun before are written.
    #[error("the import was cancelled")]
    Cancelled,
    /// A row has a fault, and the import is strict.
    #[error("{0}")]
    Strict(RowFault),
    /// The faults cannot be written.
    #[error("cannot write {}", path.display())]
    Errors {
        /// The file for faults.
        path: PathBuf,
        /// Reason.
        source: csv::Error,
    },
    /// The store failed.
    #[error("cannot write the products of lines {first} to {last}")]
    Store {
        /// Line of the first product of the batch.
        first: u64,
        /// Line of the last.
        last: u64,
        /// Reason.
        source: StoreError,
    },
    /// The catalogue cannot be read.
    #[error("cannot read the catalogue")]
    Catalogue(#[source] StoreError),
    /// The reading thread is gone.
    #[error("the reader stopped unexpectedly")]
    Reader,
}

impl ImportError {
    pub(super) fn read(path: &Path) -> impl Fn(io::Error) -> Self + Copy + '_ {
        move |source| Self::Read {
            path: path.to_owned(),
            source,
        }
    }
}
