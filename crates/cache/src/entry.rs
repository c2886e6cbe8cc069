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

/// Memory of an entry besides its page, in bytes: key, tags and table overhead.
const OVERHEAD: usize = 400;

/// Cache key: kind, tenant and a collision-resistant hash of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// Kind of response.
    pub kind: Kind,
    /// Tenant.
    pub tenant: TenantId,
    /// Hash of the request.
    pub hash: u128,
}

impl Key {
    /// Returns the part of the Redis key after the tenant.
    pub(crate) fn name(&self) -> String {
        format!("{}:{:032x}", self.kind.name(), self.hash)
    }
}

/// Cached response.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) content: Content,
    pub(crate) tags: Arc<[Tag]>,
    /// Version of the log before the load.
    pub(crate) version: Version,
    /// Start of the load, here or in another process.
    pub(crate) loaded: Instant,
    /// Duration of the fresh and of the following stale phase.
    pub(crate) fresh: Duration,
    pub(crate) stale: Duration,
    /// Last version at which the entry was valid, so that its tags are compared once per invalidation.
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
            Content::Moved(slug) => slug.len(),
        };
        u32::try_from(OVERHEAD + page + size_of_val(&*self.tags)).unwrap_or(u32::MAX)
    }
}
