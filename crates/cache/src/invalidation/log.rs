//! Log of the tags invalidated in this process, in order.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use parking_lot::RwLock;
use souk_domain::TenantId;
use tokio::time::Instant;

use crate::{invalidation::observer::InvalidationObserver, tag::Tag};

/// Most remembered invalidations; entries loaded before the oldest one count as invalid.
const REMEMBERED: usize = 100_000;

/// Position in the log. Taken before a load, it shows later which tags were invalidated since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(u64);

impl Version {
    /// Returns the number of the version.
    pub(crate) fn number(self) -> u64 {
        self.0
    }
}

/// Validity of an entry, given the invalidations since its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Validity {
    /// No tag was invalidated.
    Valid,
    /// Only [`Tag::Search`] was invalidated.
    Unverified,
    /// Invalidations may have been missed since.
    Missed,
    /// Another tag was invalidated, or the log no longer reaches back to the version.
    Invalid,
}

/// Invalidation log of one process. A version is the number of the last invalidation, so "invalidated since" means "a
/// higher number".
#[derive(Debug, Default)]
pub(crate) struct InvalidationLog {
    /// Number of the last invalidation.
    last: AtomicU64,
    drops: RwLock<Drops>,
    observer: OnceLock<Arc<dyn InvalidationObserver>>,
}

#[derive(Debug, Default)]
struct Drops {
    /// Version below which invalidations may have been missed.
    floor: u64,
    /// Version below which invalidations are no longer remembered.
    forgotten: u64,
    /// Time of the last invalidation that is no longer remembered.
    forgotten_at: Option<Instant>,
    last_of: HashMap<(TenantId, Tag), Invalidation>,
    /// Ascending by number; a tag invalidated again occurs again.
    order: VecDeque<(Invalidation, (TenantId, Tag))>,
}

/// Number and time of an invalidation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Invalidation {
    number: u64,
    at: Instant,
}

impl InvalidationLog {
    /// Returns the current version.
    pub(crate) fn version(&self) -> Version {
        Version(self.last.load(Ordering::SeqCst))
    }

    /// Invalidates tags of a tenant.
    pub(crate) fn invalidate_tags(&self, tenant: TenantId, tags: &[Tag]) {
        let mut drops = self.drops.write();
        let invalidation = Invalidation {
            number: self.last.fetch_add(1, Ordering::SeqCst) + 1,
            at: Instant::now(),
        };
        for tag in tags {
            drops.last_of.insert((tenant, *tag), invalidation);
            drops.order.push_back((invalidation, (tenant, *tag)));
        }
        drops.forget(REMEMBERED);
        drop(drops);
        if let Some(observer) = self.observer.get() {
            observer.invalidated(tenant, tags);
        }
    }

    /// Has invalidations told to an observer. Only the first one counts.
    pub(crate) fn observe(&self, observer: Arc<dyn InvalidationObserver>) {
        self.observer.get_or_init(|| observer);
    }

    /// Invalidates everything, after invalidations may have been missed. Those that are known stay known.
    pub(crate) fn invalidate_all(&self) {
        let mut drops = self.drops.write();
        drops.floor = self.last.fetch_add(1, Ordering::SeqCst) + 1;
        drop(drops);
        if let Some(observer) = self.observer.get() {
            observer.missed();
        }
    }

    /// Returns the validity of an entry with these tags that was loaded at a version.
    pub(crate) fn validity(&self, tenant: TenantId, tags: &[Tag], loaded: Version) -> Validity {
        if self.version() == loaded {
            return Validity::Valid;
        }
        let drops = self.drops.read();
        if loaded.0 < drops.forgotten || drops.since(tenant, Tag::All, loaded) {
            return Validity::Invalid;
        }
        let is_missed = loaded.0 < drops.floor;
        let mut validity = if is_missed {
            Validity::Missed
        } else {
            Validity::Valid
        };
        for tag in tags.iter().filter(|tag| drops.since(tenant, **tag, loaded)) {
            match tag {
                Tag::Search if is_missed => {}
                Tag::Search => validity = Validity::Unverified,
                _ => return Validity::Invalid,
            }
        }
        validity
    }

    /// Returns true if a tag other than [`Tag::Search`] was invalidated at this time or later, or may have been and is
    /// no longer remembered. For entries of another process, whose version is not of this log.
    pub(crate) fn has_changed_since(
        &self,
        tenant: TenantId,
        tags: &[Tag],
        loaded: Instant,
    ) -> bool {
        let drops = self.drops.read();
        let is_later = |at: Instant| at >= loaded;
        let mut tags = tags
            .iter()
            .filter(|tag| **tag != Tag::Search)
            .chain([&Tag::All]);
        drops.forgotten_at.is_some_and(is_later)
            || tags.any(|tag| {
                let last = drops.last_of.get(&(tenant, *tag));
                last.is_some_and(|last| is_later(last.at))
            })
    }
}

impl Drops {
    fn since(&self, tenant: TenantId, tag: Tag, loaded: Version) -> bool {
        let last = self.last_of.get(&(tenant, tag));
        last.is_some_and(|last| last.number > loaded.0)
    }

    fn forget(&mut self, remembered: usize) {
        while self.order.len() > remembered {
            let Some((invalidation, tag)) = self.order.pop_front() else {
                return;
            };
            self.forgotten = invalidation.number;
            self.forgotten_at = Some(invalidation.at);
            if self.last_of.get(&tag) == Some(&invalidation) {
                self.last_of.remove(&tag);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use parking_lot::Mutex;
    use souk_domain::ProductId;

    use super::*;

    const TENANT: TenantId = TenantId(1);
    const TAG: Tag = Tag::Product(ProductId(1));

    #[test]
    fn invalidation_hits_only_earlier_loads() {
        let log = InvalidationLog::default();
        let before = log.version();
        log.invalidate_tags(TENANT, &[TAG]);
        let after = log.version();
        assert_eq!(log.validity(TENANT, &[TAG], before), Validity::Invalid);
        assert_eq!(log.validity(TENANT, &[TAG], after), Validity::Valid);
        log.invalidate_tags(TenantId(2), &[TAG, Tag::All]);
        log.invalidate_tags(TENANT, &[Tag::Product(ProductId(2))]);
        assert_eq!(log.validity(TENANT, &[TAG], after), Validity::Valid);
    }

    #[test]
    fn a_search_is_only_dated() {
        let log = InvalidationLog::default();
        let before = log.version();
        log.invalidate_tags(TENANT, &[Tag::Search]);
        let both = [TAG, Tag::Search];
        assert_eq!(log.validity(TENANT, &both, before), Validity::Unverified);
        log.invalidate_tags(TENANT, &[TAG]);
        assert_eq!(log.validity(TENANT, &both, before), Validity::Invalid);
    }

    #[test]
    fn all_of_a_tenant_and_all_of_everybody_can_be_dropped() {
        let log = InvalidationLog::default();
        let before = log.version();
        log.invalidate_tags(TENANT, &[Tag::All]);
        assert_eq!(log.validity(TENANT, &[], before), Validity::Invalid);
        assert_eq!(log.validity(TenantId(2), &[], before), Validity::Valid);
        log.invalidate_all();
        assert_eq!(log.validity(TenantId(2), &[], before), Validity::Missed);
    }

    #[test]
    fn known_invalidation_is_told_from_one_that_may_have_been_missed() {
        let log = InvalidationLog::default();
        let before = log.version();
        log.invalidate_tags(TENANT, &[TAG]);
        log.invalidate_all();
        assert_eq!(log.validity(TENANT, &[TAG], before), Validity::Invalid);
        let other = [Tag::Product(ProductId(2))];
        assert_eq!(log.validity(TENANT, &other, before), Validity::Missed);
    }

    #[derive(Debug, Default)]
    struct Noted(Mutex<Vec<(TenantId, Vec<Tag>)>>, AtomicU64);

    impl InvalidationObserver for Noted {
        fn invalidated(&self, tenant: TenantId, tags: &[Tag]) {
            self.0.lock().push((tenant, tags.to_vec()));
        }

        fn missed(&self) {
            self.1.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn observer_is_told_of_every_invalidation_and_of_a_gap() {
        let log = InvalidationLog::default();
        let noted = Arc::new(Noted::default());
        log.invalidate_tags(TENANT, &[TAG]);
        log.observe(Arc::clone(&noted) as _);
        log.invalidate_tags(TENANT, &[TAG, Tag::Search]);
        log.invalidate_all();
        assert_eq!(*noted.0.lock(), [(TENANT, vec![TAG, Tag::Search])]);
        assert_eq!(noted.1.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn truncated_log_counts_as_invalidated() {
        let mut drops = Drops::default();
        let at = Instant::now();
        let numbered = |number| Invalidation { number, at };
        for number in 1..=5 {
            drops.order.push_back((numbered(number), (TENANT, TAG)));
        }
        drops.last_of.insert((TENANT, TAG), numbered(5));
        drops.forget(2);
        assert_eq!((drops.forgotten, drops.order.len()), (3, 2));
        assert!(drops.since(TENANT, TAG, Version(4)), "the last is kept");
        drops.forget(0);
        assert_eq!((drops.forgotten, drops.last_of.len()), (5, 0));
        let log = InvalidationLog {
            drops: RwLock::new(drops),
            ..InvalidationLog::default()
        };
        assert!(log.has_changed_since(TENANT, &[], at), "it may have");
    }

    #[test]
    fn change_by_time_counts_from_the_load_and_ignores_the_index() {
        let log = InvalidationLog::default();
        let loaded = Instant::now();
        log.invalidate_tags(TENANT, &[Tag::Search]);
        let tags = [TAG, Tag::Search];
        assert!(!log.has_changed_since(TENANT, &tags, loaded));
        log.invalidate_tags(TENANT, &[TAG]);
        assert!(log.has_changed_since(TENANT, &tags, loaded));
        let later = Instant::now() + std::time::Duration::from_millis(1);
        assert!(!log.has_changed_since(TENANT, &tags, later));
        assert!(!log.has_changed_since(TenantId(2), &tags, loaded));
        log.invalidate_tags(TenantId(2), &[Tag::All]);
        assert!(log.has_changed_since(TenantId(2), &[], loaded));
    }
}
