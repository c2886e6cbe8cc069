//! Keys that were refused: counted for the metrics, and networks that try too many for a while.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use moka::sync::Cache;

/// Most networks that are remembered.
const MOST_NETWORKS: u64 = 10_000;
/// Time for which a network that tries too often has no key looked up.
const SHUT_OUT_FOR: Duration = Duration::from_secs(60);

/// Count of refused keys, and the networks that are shut out. Cheap to clone.
#[derive(Clone)]
pub struct RefusedKeys(Arc<Parts>);

struct Parts {
    count: AtomicU64,
    shut_out: Cache<String, ()>,
}

impl Default for RefusedKeys {
    fn default() -> Self {
        let shut_out = Cache::builder()
            .max_capacity(MOST_NETWORKS)
            .time_to_live(SHUT_OUT_FOR)
            .build();
        Self(Arc::new(Parts {
            count: AtomicU64::default(),
            shut_out,
        }))
    }
}

impl RefusedKeys {
    /// Number of refused keys since the process began.
    pub fn count(&self) -> u64 {
        self.0.count.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self) {
        self.0.count.fetch_add(1, Ordering::Relaxed);
    }

    /// Has no further unknown key of a network looked up for a minute.
    pub(crate) fn shut_out(&self, network: String) {
        self.0.shut_out.insert(network, ());
    }

    pub(crate) fn is_shut_out(&self, network: &str) -> bool {
        self.0.shut_out.contains_key(network)
    }
}
