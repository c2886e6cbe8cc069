//! Key and value of a cached response.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use souk_domain::TenantId;
use tokio::time::Instant;

use crate::{
    content::Content,
    invalidation::log::{InvalidationLog, Validity, Version},
    kind::Kind,
    tag::Tag,
};

/// What an entry takes besides its page: key, tags, and the table's own share.
const OVERHEAD: usize = 400;

/// Where an entry is: of which cache, of which tenant, and of which question, by a hash that nobody could choose a
/// second question for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// Which of the caches.
    pub kind: Kind,
    /// Whose it is.
    pub tenant: TenantId,
    /// The hash of the question.
    pub hash: u128,
}

impl Key {
    /// Its name in Redis, after the tenant.
    pub(crate) fn name(&self) -> String {
        format!("{}:{:032x}", self.kind.name(), self.hash)
    }
}

/// An answer that is kept.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) content: Content,
    pub(crate) tags: Arc<[Tag]>,
    /// Taken before it was loaded.
    pub(crate) version: Version,
    /// When its load began, here or in another process.
    pub(crate) loaded: Instant,
    /// How long it is fresh and, after that, stale, as long as nothing changes.
    pub(crate) fresh: Duration,
    pub(crate) stale: Duration,
    /// The last version at which it was found whole, so that between two drops nobody looks at its tags again.
    pub(crate) valid_at: AtomicU64,
}

impl Entry {
    pub(crate) fn validity(&self, log: &InvalidationLog, tenant: TenantId) -> Validity {
        let now = log.version();
        if self.valid_at.load(Ordering::Relaxed) == now.number() {
            return Validity::Valid;
        }
        let validity = log.validity(tenant, &self.tags, self.version);
        if validity == Validity::Valid {
            self.valid_at.store(now.number(), Ordering::Relaxed);
        }
        validity
    }

    pub(crate) fn weight(&self) -> u32 {
        let page = match &self.content {
            Content::Page(page) => page.weight(),
            Content::Absent(_) => 0,
        };
        u32::try_from(OVERHEAD + page + size_of_val(&*self.tags)).unwrap_or(u32::MAX)
    }
}
