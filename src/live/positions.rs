//! Tenants whose events are followed, and how far each was read.
//!
//! A reader subscribes, enters, and only then asks for the number of the last event. Whatever was published before it
//! subscribed has at most that number, and whatever is published later it receives.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use souk_domain::TenantId;

/// Followed tenants; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Positions(Arc<Mutex<HashMap<TenantId, Followed>>>);

#[derive(Debug, Default)]
struct Followed {
    readers: usize,
    /// Number of the last event that was published. None until somebody has asked for it.
    last: Option<i64>,
}

/// Reader of a tenant's events. They are followed until the last one is dropped.
#[derive(Debug)]
pub struct Follower {
    positions: Positions,
    tenant: TenantId,
}

impl Positions {
    pub(super) fn enter(&self, tenant: TenantId) -> Follower {
        self.0.lock().entry(tenant).or_default().readers += 1;
        Follower {
            positions: self.clone(),
            tenant,
        }
    }

    /// Returns the followed tenants and the numbers after which to read.
    pub(super) fn all(&self) -> Vec<(TenantId, i64)> {
        let all = self.0.lock();
        let known = all
            .iter()
            .filter_map(|(tenant, followed)| Some((*tenant, followed.last?)));
        known.collect()
    }

    /// Notes that the events of a tenant after `from` were published up to `to`. If others have begun again meanwhile, they go by
    /// their own number.
    pub(super) fn advance(&self, tenant: TenantId, from: i64, to: i64) {
        if let Some(followed) = self.0.lock().get_mut(&tenant)
            && followed.last == Some(from)
        {
            followed.last = Some(to);
        }
    }
}

impl Follower {
    /// Begins at the number of the last event, and returns the number after which this process publishes: that one, or
    /// another if somebody has begun before.
    pub fn begin(&self, head: i64) -> i64 {
        let mut all = self.positions.0.lock();
        let followed = all.entry(self.tenant).or_default();
        *followed.last.get_or_insert(head)
    }

    /// Returns the number of the last event that was published. Its reader has been handed all up to it.
    pub fn published(&self) -> Option<i64> {
        self.positions.0.lock().get(&self.tenant)?.last
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let mut all = self.positions.0.lock();
        if let Some(followed) = all.get_mut(&self.tenant) {
            followed.readers -= 1;
            if followed.readers == 0 {
                all.remove(&self.tenant);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: TenantId = TenantId(1);

    #[test]
    fn tenant_is_followed_from_the_first_reader_to_the_last() {
        let positions = Positions::default();
        let one = positions.enter(TENANT);
        assert_eq!(positions.all(), [], "nobody knows where it begins");
        assert_eq!(one.begin(7), 7);
        let other = positions.enter(TENANT);
        assert_eq!(other.begin(9), 7, "the first one said so");
        positions.advance(TENANT, 7, 9);
        drop(one);
        assert_eq!(positions.all(), [(TENANT, 9)]);
        drop(other);
        assert_eq!(positions.all(), []);
    }

    #[test]
    fn number_of_readers_who_have_left_is_not_taken_over() {
        let positions = Positions::default();
        let old = positions.enter(TENANT);
        old.begin(7);
        drop(old);
        let new = positions.enter(TENANT);
        assert_eq!(new.begin(20), 20);
        positions.advance(TENANT, 7, 8);
        assert_eq!(positions.all(), [(TENANT, 20)]);
    }
}
