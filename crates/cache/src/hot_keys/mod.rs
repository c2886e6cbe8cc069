//! Most requested keys, loaded in advance after a start or an index swap.
//!
//! The heat of a question is the sum over all times it was asked, each weighing half as much after every [`HALF_LIFE`].
//! Kept as a logarithm that counts from a fixed moment (forward decay: Cormode, Shkapenyuk, Srivastava and Xu, "Forward
//! decay: a practical time decay model for streaming systems", 2009), it changes only when the question is asked, and the
//! heats of several processes and of an earlier run compare as they are.

mod store;

use std::{
    collections::HashMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use parking_lot::Mutex;
use souk_domain::TenantId;

pub use self::store::{HotKeyStore, HotKeyStoreError};
use crate::entry::Key;

/// Time after which the weight of a request is halved.
const HALF_LIFE: Duration = Duration::from_secs(30 * 60);
/// Longest URL that is recorded, in bytes.
const LONGEST_ADDRESS: usize = 512;
/// Candidates per remembered key.
const COUNTED: usize = 8;

/// Frequently requested URL.
#[derive(Debug, Clone, PartialEq)]
pub struct HotKey {
    /// Tenant.
    pub tenant: TenantId,
    /// Path and query.
    pub address: String,
    /// Heat: the binary logarithm of the decayed count, plus the half-lives since 1970 UTC.
    pub heat: f64,
}

/// Bounded counter of requests per key.
#[derive(Debug)]
pub struct HotKeys {
    remembered: usize,
    requests: Mutex<HashMap<(TenantId, u128), RequestHeat>>,
}

#[derive(Debug)]
struct RequestHeat {
    address: Box<str>,
    heat: f64,
}

impl HotKeys {
    /// Creates a counter that remembers up to `remembered` keys.
    pub fn new(remembered: usize) -> Self {
        Self {
            remembered,
            requests: Mutex::default(),
        }
    }

    /// Returns the largest number of remembered keys.
    pub fn remembered(&self) -> usize {
        self.remembered
    }

    /// Records a request. `address` is called for an unknown key only.
    pub fn note(&self, key: &Key, address: impl FnOnce() -> String) {
        // Whoever would have to wait for others is not counted: it happens to the cold and the hot alike.
        if let Some(mut requests) = self.requests.try_lock() {
            self.add(&mut requests, key, heat_at(SystemTime::now()), address);
        }
    }

    /// Restores a key with its heat from an earlier run or another process.
    pub fn recall(&self, key: &Key, address: &str, heat: f64) {
        let mut requests = self.requests.lock();
        if let Some(known) = requests.get_mut(&(key.tenant, key.hash)) {
            known.heat = known.heat.max(heat);
            return;
        }
        self.add(&mut requests, key, heat, || address.to_owned());
    }

    fn add(
        &self,
        requests: &mut HashMap<(TenantId, u128), RequestHeat>,
        key: &Key,
        heat: f64,
        address: impl FnOnce() -> String,
    ) {
        let name = (key.tenant, key.hash);
        if let Some(known) = requests.get_mut(&name) {
            known.heat = sum(known.heat, heat);
            return;
        }
        let address = address();
        if address.len() > LONGEST_ADDRESS {
            return;
        }
        let address = address.into();
        requests.insert(name, RequestHeat { address, heat });
        if requests.len() >= 2 * COUNTED * self.remembered {
            forget_coldest(requests, COUNTED * self.remembered);
        }
    }

    /// Returns the remembered keys, hottest first.
    pub fn hot_keys(&self) -> Vec<HotKey> {
        let mut hot_keys: Vec<HotKey> = {
            let requests = self.requests.lock();
            let each = requests.iter().map(|((tenant, _), requests)| HotKey {
                tenant: *tenant,
                address: requests.address.to_string(),
                heat: requests.heat,
            });
            each.collect()
        };
        hot_keys.sort_unstable_by(|one, other| other.heat.total_cmp(&one.heat));
        hot_keys.truncate(self.remembered);
        hot_keys
    }
}

/// Removes all but the hottest `kept` keys. Runs after as many additions, so its cost is amortised.
fn forget_coldest(requests: &mut HashMap<(TenantId, u128), RequestHeat>, kept: usize) {
    let mut heats: Vec<f64> = requests.values().map(|requests| requests.heat).collect();
    let place = heats.len().saturating_sub(kept.max(1));
    let (_, coldest_kept, _) = heats.select_nth_unstable_by(place, f64::total_cmp);
    let coldest_kept = *coldest_kept;
    requests.retain(|_, requests| requests.heat >= coldest_kept);
}

/// Returns the heat of a single request.
fn heat_at(now: SystemTime) -> f64 {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs_f64() / HALF_LIFE.as_secs_f64()
}

/// Returns the sum of two heats: `log2(2^one + 2^other)`, without overflow.
fn sum(one: f64, other: f64) -> f64 {
    let (lower, higher) = if one < other {
        (one, other)
    } else {
        (other, one)
    };
    higher + (lower - higher).exp2().ln_1p() / std::f64::consts::LN_2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    const TENANT: TenantId = TenantId(1);

    fn key(hash: u128) -> Key {
        Key {
            kind: Kind::Search,
            tenant: TENANT,
            hash,
        }
    }

    fn ask(hot_keys: &HotKeys, number: u128, heat: f64, times: u32) {
        for _ in 0..times {
            let mut requests = hot_keys.requests.lock();
            hot_keys.add(&mut requests, &key(number), heat, || format!("/{number}"));
        }
    }

    fn addresses(hot_keys: &HotKeys) -> Vec<String> {
        hot_keys
            .hot_keys()
            .into_iter()
            .map(|hot| hot.address)
            .collect()
    }

    #[test]
    fn heat_is_the_logarithm_of_a_count_that_decays() {
        let hot_keys = HotKeys::new(4);
        let now = heat_at(SystemTime::now());
        ask(&hot_keys, 1, now, 8);
        let heat = hot_keys.hot_keys()[0].heat;
        assert!((heat - (now + 3.0)).abs() < 1e-6, "{heat} {now}");
        // Twice a half-life ago, sixteen times are worth four.
        ask(&hot_keys, 2, now - 2.0, 16);
        ask(&hot_keys, 3, now, 3);
        assert_eq!(addresses(&hot_keys), ["/1", "/2", "/3"]);
    }

    #[test]
    fn only_the_hottest_are_remembered_however_many_are_asked() {
        let hot_keys = HotKeys::new(10);
        for number in 0..5 {
            ask(&hot_keys, number, 100.0, 3);
        }
        for number in 5..10_000 {
            ask(&hot_keys, number, 100.0 + 1e-6 * number as f64, 1);
            assert!(hot_keys.requests.lock().len() <= 2 * COUNTED * 10);
        }
        let mut first = addresses(&hot_keys);
        assert_eq!(first.len(), 10);
        first.truncate(5);
        first.sort_unstable();
        assert_eq!(first, ["/0", "/1", "/2", "/3", "/4"]);
    }

    #[test]
    fn recalled_key_is_not_counted_twice() {
        let hot_keys = HotKeys::new(4);
        ask(&hot_keys, 1, 10.0, 2);
        hot_keys.recall(&key(1), "/1", 11.0);
        hot_keys.recall(&key(2), "/2", 50.0);
        let heats: Vec<f64> = hot_keys.hot_keys().iter().map(|hot| hot.heat).collect();
        assert_eq!(heats, [50.0, 11.0]);
    }

    #[test]
    fn long_addresses_are_not_remembered() {
        let hot_keys = HotKeys::new(4);
        hot_keys.note(&key(1), || "/".repeat(LONGEST_ADDRESS + 1));
        hot_keys.note(&key(2), || "/".repeat(LONGEST_ADDRESS));
        assert_eq!(hot_keys.hot_keys().len(), 1);
    }
}
