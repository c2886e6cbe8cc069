//! Sessions in the memory of a process.

use std::sync::{Arc, atomic::AtomicU64};

use souk_domain::TenantId;
use souk_store::LiveSession;

/// Number of revocations that this process knows of.
#[derive(Debug, Default)]
pub(crate) struct Revision(pub(crate) AtomicU64);

/// A session as it was read.
#[derive(Debug)]
pub(crate) struct KnownSession {
    pub(crate) tenant: TenantId,
    pub(crate) live: Arc<LiveSession>,
    pub(crate) read_at_ms: i64,
    pub(crate) revision: u64,
}
