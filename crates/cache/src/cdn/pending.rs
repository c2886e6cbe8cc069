//! Bounded queue of tags to purge: many tags of one tenant are merged into all of it.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    mem,
};

use souk_domain::TenantId;
use tokio::time::Instant;

use crate::{cdn::surrogate::surrogate, tag::Tag};

/// Most tags of one tenant; more are purged as [`Tag::All`] in one request.
const MOST_TAGS: usize = 1_000;
/// Most tenants in the queue; tags of further tenants are lost.
const MOST_TENANTS: usize = 10_000;
/// Most rounds that wait for the second purge; later ones are merged.
const MOST_ROUNDS: usize = 16;

/// Set of tags per tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tags(BTreeMap<TenantId, BTreeSet<Tag>>);

impl Tags {
    /// Adds tags of a tenant and returns the number lost for want of room.
    pub(super) fn add(&mut self, tenant: TenantId, tags: impl IntoIterator<Item = Tag>) -> u64 {
        if self.0.len() >= MOST_TENANTS && !self.0.contains_key(&tenant) {
            return tags.into_iter().count() as u64;
        }
        let of_tenant = self.0.entry(tenant).or_default();
        for tag in tags {
            if of_tenant.contains(&Tag::All) {
                break;
            }
            if matches!(tag, Tag::Product(_)) {
                // Pages of hits do not list their products.
                of_tenant.insert(Tag::Search);
            }
            of_tenant.insert(tag);
            if tag == Tag::All || of_tenant.len() > MOST_TAGS {
                *of_tenant = BTreeSet::from([Tag::All]);
            }
        }
        0
    }

    fn merge(&mut self, other: Self) -> u64 {
        let each = other.0.into_iter();
        each.map(|(tenant, tags)| self.add(tenant, tags)).sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the tags as the CDN names them.
    pub(super) fn surrogates(&self) -> Vec<String> {
        let each = self.0.iter().flat_map(|(tenant, tags)| {
            let of_tenant = tags.iter().map(|tag| surrogate(*tenant, *tag));
            of_tenant.collect::<Vec<_>>()
        });
        each.collect()
    }
}

/// Tags of the first purge and of the second.
#[derive(Debug, Default)]
pub(super) struct Pending {
    first: Tags,
    /// Sorted by due time.
    again: VecDeque<(Instant, Tags)>,
}

/// Tags of one round.
#[derive(Debug)]
pub(super) struct Round {
    /// All tags of the round.
    pub(super) tags: Tags,
    /// Tags purged for the first time.
    pub(super) new: Tags,
    /// Number of tags lost for want of room.
    pub(super) lost: u64,
}

impl Pending {
    pub(super) fn add(&mut self, tenant: TenantId, tags: &[Tag]) -> u64 {
        self.first.add(tenant, tags.iter().copied())
    }

    /// Schedules the second purge of tags.
    pub(super) fn add_again(&mut self, due: Instant, tags: Tags) -> u64 {
        if tags.is_empty() {
            return 0;
        }
        if self.again.len() < MOST_ROUNDS {
            self.again.push_back((due, tags));
            return 0;
        }
        // Later than need be for some of them, and never too early.
        match self.again.back_mut() {
            Some((last_due, last)) => {
                *last_due = due;
                last.merge(tags)
            }
            None => 0,
        }
    }

    /// Takes the due tags.
    pub(super) fn take(&mut self, now: Instant) -> Option<Round> {
        let new = mem::take(&mut self.first);
        let mut round = Round {
            tags: new.clone(),
            new,
            lost: 0,
        };
        while self.again.front().is_some_and(|(due, _)| *due <= now) {
            if let Some((_, tags)) = self.again.pop_front() {
                round.lost += round.tags.merge(tags);
            }
        }
        (!round.tags.is_empty()).then_some(round)
    }

    /// Returns the due time of the next second purge.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.again.front().map(|(due, _)| *due)
    }

    pub(super) fn has_new(&self) -> bool {
        !self.first.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use souk_domain::ProductId;

    use super::*;

    const TENANT: TenantId = TenantId(1);

    fn product(id: i64) -> Tag {
        Tag::Product(ProductId(id))
    }

    #[test]
    fn a_tag_is_there_once_and_a_product_takes_the_pages_of_hits_with_it() {
        let mut tags = Tags::default();
        assert_eq!(tags.add(TENANT, [product(7), product(7), Tag::Search]), 0);
        assert_eq!(tags.surrogates(), ["1:search", "1:product:7"]);
    }

    #[test]
    fn many_tags_become_all_of_the_marketplace() {
        let mut tags = Tags::default();
        tags.add(TENANT, (1..=5_000).map(product));
        tags.add(TENANT, [product(1)]);
        tags.add(TenantId(2), [product(1)]);
        assert_eq!(tags.surrogates(), ["1:all", "2:search", "2:product:1"]);
    }

    #[test]
    fn purged_tag_is_purged_once_more() {
        let mut pending = Pending::default();
        let now = Instant::now();
        pending.add(TENANT, &[Tag::Categories]);
        let first = pending.take(now).unwrap();
        assert_eq!(first.new, first.tags);
        let due = now + Duration::from_secs(7);
        pending.add_again(due, first.new);
        assert!(pending.take(now).is_none());
        assert_eq!(pending.next_due(), Some(due));
        let second = pending.take(due).unwrap();
        assert_eq!(second.tags.surrogates(), ["1:categories"]);
        assert!(second.new.is_empty(), "and not a third time");
    }

    #[test]
    fn rounds_that_wait_are_put_together_and_none_is_lost() {
        let mut pending = Pending::default();
        let now = Instant::now();
        let due = |number: i64| now + Duration::from_secs(number.unsigned_abs());
        for number in 1..=100 {
            let mut tags = Tags::default();
            tags.add(TenantId(number), [Tag::Fandoms]);
            assert_eq!(pending.add_again(due(number), tags), 0);
        }
        assert_eq!(pending.again.len(), MOST_ROUNDS);
        let round = pending.take(due(100)).unwrap();
        assert_eq!(round.tags.surrogates().len(), 100);
    }
}
