//! Contract between an import and its observer.

use crate::import::error::ImportError;
use crate::import::preview::ImportPreview;
use crate::import::report::{ImportSummary, RowFault};

/// Receiver of the events of an import. Both the thread that reads and the task that writes call it.
pub trait ImportObserver: Send + Sync {
    /// Takes the progress: some hundred rows were read, or a batch was written.
    fn progress(&self, progress: &ImportProgress);

    /// Takes the preview, before anything is written.
    fn preview(&self, preview: &ImportPreview);

    /// Takes a skipped row; `skipped` counts it and those before.
    ///
    /// # Errors
    /// If it cannot be kept, which ends the import.
    fn fault(&self, fault: &RowFault, skipped: u64) -> Result<(), ImportError>;

    /// Takes a number of unreadable rows beyond those that are passed to [`Self::fault`].
    fn further_faults(&self, rows: u64);

    /// Decides whether to import a file that can be understood in several ways.
    ///
    /// # Errors
    /// If nothing is to be imported.
    fn settle_doubt(&self, doubt: &str) -> Result<(), ImportError>;

    /// Returns true once the import has to stop before its next batch.
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// Phase of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ImportPhase {
    /// Rows are read and gathered by product; nothing is written yet.
    #[default]
    Reading,
    /// Products are written.
    Writing,
}

/// Progress of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportProgress {
    /// Current phase.
    pub phase: ImportPhase,
    /// Bytes read of the file as it lies on the disk.
    pub bytes_read: u64,
    /// Length of the file; unknown of standard input.
    pub bytes_total: Option<u64>,
    /// Rows read.
    pub rows: u64,
    /// Products of the file; unknown while it is read, and of Souk's own exports.
    pub products_total: Option<u64>,
    /// Counts of the batches written so far.
    pub summary: ImportSummary,
}

impl ImportProgress {
    /// Returns amount and total of the current phase: products while they are written, else bytes.
    pub fn of_phase(&self) -> (u64, Option<u64>) {
        match (self.phase, self.products_total) {
            (ImportPhase::Writing, Some(total)) => (self.products(), Some(total)),
            _ => (self.bytes_read, self.bytes_total),
        }
    }

    /// Returns the number of products written, or found unchanged.
    pub fn products(&self) -> u64 {
        self.summary.created + self.summary.updated + self.summary.unchanged
    }
}
