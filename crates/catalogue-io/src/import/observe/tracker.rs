//! Progress of one import, shared by the thread that reads and the task that writes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::observer::{ImportObserver, ImportProgress};
use crate::import::error::ImportError;

/// Progress with its observer; cheap to clone.
#[derive(Clone)]
pub(in crate::import) struct Tracker {
    pub(in crate::import) observer: Arc<dyn ImportObserver>,
    progress: Arc<Mutex<ImportProgress>>,
    /// True once nobody waits for the import.
    abandoned: Arc<AtomicBool>,
}

/// Stops the reading thread when the import is dropped.
pub(in crate::import) struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Tracker {
    pub(in crate::import) fn new(
        observer: Arc<dyn ImportObserver>,
        bytes_total: Option<u64>,
    ) -> Self {
        let progress = ImportProgress {
            bytes_total,
            ..ImportProgress::default()
        };
        Self {
            observer,
            progress: Arc::new(Mutex::new(progress)),
            abandoned: Arc::default(),
        }
    }

    pub(in crate::import) fn stop_on_drop(&self) -> StopOnDrop {
        StopOnDrop(Arc::clone(&self.abandoned))
    }

    /// Changes the progress and passes it on. The lock is held meanwhile, so that none overtakes another.
    pub(in crate::import) fn update(&self, change: impl FnOnce(&mut ImportProgress)) {
        // Counts are right whoever broke down while holding them.
        let held = self.progress.lock();
        let mut progress = held.unwrap_or_else(PoisonError::into_inner);
        change(&mut progress);
        self.observer.progress(&progress);
    }

    pub(in crate::import) fn is_cancelled(&self) -> bool {
        self.abandoned.load(Ordering::Relaxed) || self.observer.is_cancelled()
    }

    /// Fails if the import is to stop.
    pub(in crate::import) fn check(&self) -> Result<(), ImportError> {
        if self.is_cancelled() {
            return Err(ImportError::Cancelled);
        }
        Ok(())
    }
}
