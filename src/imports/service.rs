//! Imports of this process, shared by handlers and worker.

use std::{path::PathBuf, sync::Arc};

use tokio::sync::{Notify, Semaphore};

use super::files::ImportFiles;

/// Most previews at a time: each reads a part of a file.
const MAX_PREVIEWS: usize = 2;

/// Imports of this process; cheap to clone.
#[derive(Debug, Clone)]
pub struct ImportService {
    /// Uploaded files.
    pub files: ImportFiles,
    /// Maximum size of a file in bytes.
    pub max_bytes: u64,
    /// Signal to the worker that an import was started here.
    pub(super) started: Arc<Notify>,
    pub(super) previews: Arc<Semaphore>,
}

impl ImportService {
    /// Keeps files of up to `max_bytes` in a folder, which is made when the first one arrives.
    pub fn new(folder: impl Into<PathBuf>, max_bytes: u64) -> Self {
        Self {
            files: ImportFiles::new(folder),
            max_bytes,
            started: Arc::default(),
            previews: Arc::new(Semaphore::new(MAX_PREVIEWS)),
        }
    }

    /// Tells the worker that an import was started.
    pub fn notify(&self) {
        self.started.notify_one();
    }
}
