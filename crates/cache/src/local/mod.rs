//! Local tier: entries in the memory of the process, bounded by bytes.

use std::sync::{Arc, atomic::Ordering};

use moka::{notification::RemovalCause, sync::Cache as Moka};
use souk_domain::TenantId;

use crate::{
    entry::{Entry, Key},
    kind::Kind,
    stats::{CacheStats, Counters},
};

/// Matches a name against a pattern: `*` stands for any text, `?` for one byte.
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

/// Entries of this process.
#[derive(Debug)]
pub(crate) struct LocalCache {
    entries: Moka<Key, Arc<Entry>>,
    counters: Arc<[Counters; Kind::ALL.len()]>,
}

impl LocalCache {
    /// Creates a tier of at most `bytes` bytes.
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

    /// Removes a tenant's entries whose names match a pattern.
    pub(crate) fn remove_matching(&self, tenant: TenantId, pattern: &str) {
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
