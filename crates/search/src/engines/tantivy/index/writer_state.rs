//! State of a tenant's writer between batches.

use std::{collections::HashMap, time::Instant};

use super::document::Encoder;

/// Writer of a tenant, and the state that outlives it when it fails.
#[derive(Default)]
pub(crate) struct WriterSlot {
    pub(crate) writer: Option<Writer>,
    pub(crate) versions: Versions,
}

/// Versions that the snapshot does not hold: of writes since it was made, and of deletions.
#[derive(Default)]
pub(crate) struct Versions {
    pub(super) recent: HashMap<i64, Recent>,
    /// True if something was committed since the snapshot was made.
    pub(super) dirty: bool,
}

/// Writing half of a tenant's index; only one exists among all processes.
pub(crate) struct Writer {
    pub(super) inner: tantivy::IndexWriter,
    pub(super) encoder: Encoder,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Recent {
    pub(super) version: u64,
    pub(super) deleted_at: Option<Instant>,
}
