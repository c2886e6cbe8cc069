//! Log of the tags invalidated in this process, in order.

use std::{
    collections::{HashMap, VecDeque},
    sync::atomic::{AtomicU64, Ordering},
};

use parking_lot::RwLock;
use souk_domain::TenantId;

use crate::tag::Tag;

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
}

#[derive(Debug, Default)]
struct Drops {
    /// Version below which invalidations may have been missed.
    floor: u64,
    /// Version below which invalidations are no longer remembered.
    forgotten: u64,
    last_of: HashMap<(TenantId, Tag), u64>,
    /// Ascending by number; a tag invalidated again occurs again.
    order: VecDeque<(u64, (TenantId, Tag))>,
}

impl InvalidationLog {
    /// Returns the current version.
    pub(crate) fn version(&self) -> Version {
        Version(self.last.load(Ordering::SeqCst))
    }

    /// Invalidates tags of a tenant.
    pub(crate) fn invalidate_tags(&self, tenant: TenantId, tags: &[Tag]) {
        let mut drops = self.drops.write();
        let number = self.last.fetch_add(1, Ordering::SeqCst) + 1;
        for tag in tags {
            drops.last_of.insert((tenant, *tag), number);
            drops.order.push_back((number, (tenant, *tag)));
        }
        drops.forget(REMEMBERED);
    }

    /// Invalidates everything, after invalidations may have been missed. Those that are known stay known.
    pub(crate) fn invalidate_all(&self) {
        let mut drops = self.drops.write();
        drops.floor = self.last.fetch_add(1, Ordering::SeqCst) + 1;
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
}

impl Drops {
    fn since(&self, tenant: TenantId, tag: Tag, loaded: Version) -> bool {
        let last = self.last_of.get(&(tenant, tag));
        last.is_some_and(|number| *number > loaded.0)
    }

    fn forget(&mut self, remembered: usize) {
        while self.order.len() > remembered {
            let Some((number, tag)) = self.order.pop_front() else {
                return;
            };
            self.forgotten = number;
            if self.last_of.get(&tag) == Some(&number) {
                self.last_of.remove(&tag);
            }
        }
    }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn truncated_log_counts_as_invalidated() {
        let mut drops = Drops::default();
        for number in 1..=5 {
            drops.order.push_back((number, (TENANT, TAG)));
        }
        drops.last_of.insert((TENANT, TAG), 5);
        drops.forget(2);
        assert_eq!((drops.forgotten, drops.order.len()), (3, 2));
        assert!(drops.since(TENANT, TAG, Version(4)), "the last is kept");
        drops.forget(0);
        assert_eq!((drops.forgotten, drops.last_of.len()), (5, 0));
    }
}
