use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// What one of the caches did since the process began, and what it holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CacheStats {
    /// EngineResponse from an entry of this process.
    pub hits: u64,
    /// EngineResponse from one that was being renewed meanwhile.
    pub stale: u64,
    /// Not answered from this process: looked up in Redis or loaded, or waited for whoever did.
    pub misses: u64,
    /// Found in Redis.
    pub shared_hits: u64,
    /// Loaded, that is asked of database or index.
    pub loads: u64,
    /// Thrown out to make room.
    pub evictions: u64,
    /// Entries held by this process.
    pub entries: u64,
    /// Bytes of memory that they take at most, compressed forms included.
    pub bytes: u64,
}

/// The counters behind [`CacheStats`].
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) hits: AtomicU64,
    pub(crate) stale: AtomicU64,
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
            misses: count(&self.misses),
            shared_hits: count(&self.shared_hits),
            loads: count(&self.loads),
            evictions: count(&self.evictions),
            entries: level(&self.entries),
            bytes: level(&self.bytes),
        }
    }
}

/// Counts one.
pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
