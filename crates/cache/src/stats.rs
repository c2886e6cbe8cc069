//! Counters of the cache.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// Counters of a kind since the process started, and its current size.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CacheStats {
    /// Responses from a fresh local entry.
    pub hits: u64,
    /// Responses from a stale local entry.
    pub stale: u64,
    /// Responses from an old entry, because what loads a newer one was away. They count as misses, too.
    pub stale_if_error: u64,
    /// Requests without a usable local entry.
    pub misses: u64,
    /// Entries found in Redis.
    pub shared_hits: u64,
    /// Loads from the database or the index.
    pub loads: u64,
    /// Entries evicted for want of room.
    pub evictions: u64,
    /// Local entries.
    pub entries: u64,
    /// Upper bound of their memory in bytes, compressed forms included.
    pub bytes: u64,
}

impl CacheStats {
    /// Returns the share of requests answered from a local entry, from 0 to 1; `None` before the first request.
    pub fn hit_rate(&self) -> Option<f64> {
        let answered = self.hits + self.stale;
        let requests = answered + self.misses;
        (requests > 0).then(|| answered as f64 / requests as f64)
    }
}

/// Atomic counters behind [`CacheStats`].
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) hits: AtomicU64,
    pub(crate) stale: AtomicU64,
    pub(crate) stale_if_error: AtomicU64,
    pub(crate) misses: AtomicU64,
    pub(crate) shared_hits: AtomicU64,
    pub(crate) loads: AtomicU64,
    pub(crate) evictions: AtomicU64,
    pub(crate) entries: AtomicI64,
    pub(crate) bytes: AtomicI64,
}

impl Counters {
    pub(crate) fn read(&self) -> CacheStats {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let level =
            |counter: &AtomicI64| u64::try_from(counter.load(Ordering::Relaxed)).unwrap_or(0);
        CacheStats {
            hits: count(&self.hits),
            stale: count(&self.stale),
            stale_if_error: count(&self.stale_if_error),
            misses: count(&self.misses),
            shared_hits: count(&self.shared_hits),
            loads: count(&self.loads),
            evictions: count(&self.evictions),
            entries: level(&self.entries),
            bytes: level(&self.bytes),
        }
    }
}

/// Increments a counter.
pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
