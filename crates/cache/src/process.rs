//! The tier in the process: entries in memory, bounded by their bytes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use moka::{notification::RemovalCause, sync::Cache as Moka};
use souk_domain::TenantId;
use tokio::time::Instant;

use crate::{
    Content, Kind, Tag,
    invalidation_log::{InvalidationLog, Stamp, Verdict},
    stats::{CacheStats, Counters},
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
    pub(crate) stamp: Stamp,
    /// When its load began, here or in another process.
    pub(crate) loaded: Instant,
    /// How long it is fresh and, after that, stale, as long as nothing changes.
    pub(crate) fresh: Duration,
    pub(crate) stale: Duration,
    /// The last stamp at which it was found whole, so that between two drops nobody looks at its tags again.
    pub(crate) whole_at: AtomicU64,
}

impl Entry {
    pub(crate) fn verdict(&self, ledger: &InvalidationLog, tenant: TenantId) -> Verdict {
        let now = ledger.stamp();
        if self.whole_at.load(Ordering::Relaxed) == now.number() {
            return Verdict::Whole;
        }
        let verdict = ledger.verdict(tenant, &self.tags, self.stamp);
        if verdict == Verdict::Whole {
            self.whole_at.store(now.number(), Ordering::Relaxed);
        }
        verdict
    }

    fn weight(&self) -> u32 {
        let page = match &self.content {
            Content::Page(page) => page.weight(),
            Content::Absent(_) => 0,
        };
        u32::try_from(OVERHEAD + page + size_of_val(&*self.tags)).unwrap_or(u32::MAX)
    }
}

/// Whether a name is as a pattern says: `*` stands for anything, `?` for any letter.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => {
            matches(rest, name)
                || name
                    .split_first()
                    .is_some_and(|(_, name)| matches(pattern, name))
        }
        (Some((one, pattern)), Some((other, name))) => {
            (one == other || *one == b'?') && matches(pattern, name)
        }
        _ => false,
    }
}

/// The entries of this process.
#[derive(Debug)]
pub(crate) struct Process {
    entries: Moka<Key, Arc<Entry>>,
    counters: Arc<[Counters; Kind::ALL.len()]>,
}

impl Process {
    /// Holds up to so many bytes.
    pub(crate) fn new(bytes: u64) -> Self {
        let counters: Arc<[Counters; Kind::ALL.len()]> = Arc::default();
        let counted = counters.clone();
        let entries = Moka::builder()
            .max_capacity(bytes)
            .weigher(|_, entry: &Arc<Entry>| entry.weight())
            .eviction_listener(move |key: Arc<Key>, entry: Arc<Entry>, cause| {
                let counters: &Counters = &counted[key.kind as usize];
                counters.entries.fetch_sub(1, Ordering::Relaxed);
                counters
                    .bytes
                    .fetch_sub(i64::from(entry.weight()), Ordering::Relaxed);
                if cause == RemovalCause::Size {
                    crate::stats::count(&counters.evictions);
                }
            })
            .support_invalidation_closures()
            .build_with_hasher(Default::default());
        Self { entries, counters }
    }

    pub(crate) fn counters(&self, kind: Kind) -> &Counters {
        &self.counters[kind as usize]
    }

    pub(crate) fn stats(&self, kind: Kind) -> CacheStats {
        self.entries.run_pending_tasks();
        self.counters(kind).read()
    }

    pub(crate) fn get(&self, key: &Key) -> Option<Arc<Entry>> {
        self.entries.get(key)
    }

    /// Forgets a tenant's entries whose names match a pattern.
    pub(crate) fn forget_matching(&self, tenant: TenantId, pattern: &str) {
        let pattern = pattern.to_owned();
        let forgotten = move |key: &Key, _: &Arc<Entry>| {
            key.tenant == tenant && matches(pattern.as_bytes(), key.name().as_bytes())
        };
        // Fails only where closures were not asked for.
        let _ = self.entries.invalidate_entries_if(forgotten);
    }

    pub(crate) fn insert(&self, key: Key, entry: Arc<Entry>) {
        let counters = self.counters(key.kind);
        counters.entries.fetch_add(1, Ordering::Relaxed);
        counters
            .bytes
            .fetch_add(i64::from(entry.weight()), Ordering::Relaxed);
        self.entries.insert(key, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_redis_as_far_as_they_go() {
        for (pattern, name, expected) in [
            ("*", "search:ab", true),
            ("search:*", "search:ab", true),
            ("search:*", "listing:ab", false),
            ("*:a?", "search:ab", true),
            ("search", "search:ab", false),
            ("", "a", false),
        ] {
            let found = matches(pattern.as_bytes(), name.as_bytes());
            assert_eq!(found, expected, "{pattern} {name}");
        }
    }
}
