//! Observer of the invalidations that reach a process.

use std::fmt;

use souk_domain::TenantId;

use crate::tag::Tag;

/// Part of a process that follows changes by the tags that they invalidate. It is told while the cache waits, so that it only
/// notes what it has to do.
pub trait InvalidationObserver: fmt::Debug + Send + Sync {
    /// Notes that tags of a tenant were invalidated, by this process or another.
    fn invalidated(&self, tenant: TenantId, tags: &[Tag]);

    /// Notes that invalidations may have been missed.
    fn missed(&self);
}
