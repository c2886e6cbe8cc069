//! Counter of the bytes read from a file, shared by its readers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes of the file that were read so far.
#[derive(Clone, Default)]
pub(in crate::import) struct ReadBytes(Arc<AtomicU64>);

impl ReadBytes {
    pub(in crate::import) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }
}
