//! Visitor hashes: pseudonyms that are valid for one day.

use std::{
    fmt,
    time::{Duration, Instant},
};

use arc_swap::ArcSwapOption;
use sha2::{Digest, Sha256};
use souk_domain::TenantId;
use souk_store::{SECRET_BYTES, Store};
use tokio::{sync::Mutex, time::timeout};

use souk_telemetry::chain;

use crate::day::day_of;

/// Longest wait for the day's salt, which is read once a day.
const TIMEOUT: Duration = Duration::from_millis(500);
/// Pause after a failed read of the salt.
const PAUSE: Duration = Duration::from_secs(2);

/// A visitor of a marketplace on one day. Hashes of two days, or of two marketplaces, tell nothing of each other.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct VisitorHash(u128);

impl VisitorHash {
    /// Stands for everybody who cannot be told from others.
    pub(crate) const UNKNOWN: Self = Self(0);

    /// Returns the hash of a visitor that nothing is known of but that it is another one.
    pub fn unique() -> Self {
        Self(rand::random())
    }

    /// Evenly distributed over all numbers.
    pub fn get(self) -> u128 {
        self.0
    }
}

impl fmt::Debug for VisitorHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VisitorHash(..)")
    }
}

/// Hashes what clients call their sessions, with a secret of the day that all processes share and nobody keeps.
pub struct VisitorHasher {
    store: Store,
    current: ArcSwapOption<DaySecret>,
    /// Held by the one who reads the secret; when that has failed last.
    reading: Mutex<Option<Instant>>,
}

struct DaySecret {
    day: i64,
    secret: [u8; SECRET_BYTES],
}

impl VisitorHasher {
    /// With the secrets of this store.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            current: ArcSwapOption::empty(),
            reading: Mutex::default(),
        }
    }

    /// The hash of a visitor at a time, in milliseconds since 1970 UTC. None while the day's secret cannot be read: no
    /// request fails for want of it.
    pub async fn hash(&self, tenant: TenantId, visitor: &str, now_ms: i64) -> Option<VisitorHash> {
        let secret = self.secret(day_of(now_ms)).await?;
        let mut hash = Sha256::new();
        hash.update(secret);
        hash.update(tenant.0.to_le_bytes());
        hash.update(visitor);
        let mut half = [0; 16];
        half.copy_from_slice(&hash.finalize()[..16]);
        Some(VisitorHash(u128::from_le_bytes(half)))
    }

    async fn secret(&self, day: i64) -> Option<[u8; SECRET_BYTES]> {
        if let Some(secret) = self.known(day) {
            return Some(secret);
        }
        let mut failed = self.reading.lock().await;
        if let Some(secret) = self.known(day) {
            return Some(secret);
        }
        if failed.is_some_and(|failed| failed.elapsed() < PAUSE) {
            return None;
        }
        let secrets = self.store.visitor_salts();
        let reading = timeout(TIMEOUT, secrets.of_day(day, rand::random())).await;
        let problem = match reading {
            Ok(Ok(secret)) => {
                self.current.store(Some(DaySecret { day, secret }.into()));
                return Some(secret);
            }
            Ok(Err(error)) => chain(&error),
            Err(_) => "it took too long".to_owned(),
        };
        tracing::warn!(error = problem, "sessions cannot be told apart");
        *failed = Some(Instant::now());
        None
    }

    fn known(&self, day: i64) -> Option<[u8; SECRET_BYTES]> {
        let loaded = self.current.load();
        let current = loaded.as_ref().filter(|current| current.day == day)?;
        Some(current.secret)
    }
}
