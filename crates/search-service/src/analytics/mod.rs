//! What shoppers search, click and buy: counted in the process, and added up in the database from time to time.
//!
//! Counting is a look into a map and waits for nobody. Every [`FLUSH_EVERY`], and at the end, all that was counted goes
//! to the database as one batch with a number of its own, so that a batch whose commit was not heard of can be sent
//! again. While the database is away the batch waits, and so many more counts as there is room for; then further ones
//! are lost, which is said once.

mod facts;
mod flush;
mod pending;
mod significance;
#[cfg(test)]
mod trials;

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use souk_domain::{HitEvent, QueryId, TenantId};
use souk_store::{NetworkTokens, SearchKey, Store};
use tokio_util::sync::CancellationToken;

pub use self::{facts::SearchFacts, significance::TwoProportions};
use self::{
    flush::{Flusher, InvalidationLog},
    pending::{Event, Pending},
};
use crate::{day::day_of, visitors::VisitorHash};

/// Flush interval: the most that a killed process loses.
pub const FLUSH_EVERY: Duration = Duration::from_secs(2);

/// Timeout of looking up a search while a client waits.
const LOOKUP_TIMEOUT: Duration = Duration::from_millis(250);
/// Pause after a failed look-up.
const LOOKUP_PAUSE: Duration = Duration::from_secs(2);
/// Searches that are remembered to be known.
const REMEMBERED: usize = 100_000;

/// Counts what shoppers do. Cheap to clone.
#[derive(Clone)]
pub struct Analytics(Arc<Parts>);

struct Parts {
    ledger: Arc<dyn InvalidationLog>,
    pending: Arc<Mutex<Pending>>,
    known: Mutex<HashSet<(TenantId, u64)>>,
    lookup_failed: Mutex<Option<Instant>>,
    flusher: tokio::sync::Mutex<Flusher>,
}

impl Analytics {
    /// Adds up in this store.
    pub fn new(store: Store) -> Self {
        Self::over(Arc::new(store))
    }

    fn over(ledger: Arc<dyn InvalidationLog>) -> Self {
        let pending = Arc::<Mutex<Pending>>::default();
        Self(Arc::new(Parts {
            flusher: Flusher::new(ledger.clone(), pending.clone()).into(),
            ledger,
            pending,
            known: Mutex::default(),
            lookup_failed: Mutex::default(),
        }))
    }

    /// Counts a search that was answered.
    pub fn searched(
        &self,
        tenant: TenantId,
        facts: &SearchFacts,
        (visitor, network): (Option<VisitorHash>, Option<VisitorHash>),
        now_ms: i64,
    ) {
        let key = key_of(tenant, facts.id, now_ms);
        let visitor = visitor.map(|visitor| hash(visitor, &[facts.id.text, u64::MAX]));
        let origin = network.map(network_key);
        let network = network.filter(|_| facts.has_every_word);
        let network = network.map(|network| hash(network, &[SEARCHED, facts.id.text]));
        let mut pending = self.0.pending.lock();
        pending.search(key, &facts.text, facts.found, (visitor, network));
        if let Some(origin) = origin {
            pending.search_of(origin, key, facts.found, [visitor, network]);
        }
    }

    /// Counts what was done with a hit.
    pub fn acted(
        &self,
        tenant: TenantId,
        query: QueryId,
        event: &HitEvent,
        (visitor, network): (Option<VisitorHash>, Option<VisitorHash>),
        now_ms: i64,
    ) {
        let action = event.action as u64;
        let product = event.product.0.cast_unsigned();
        let search = (u64::from(query.settings) << 32) | u64::from(query.rest);
        let same = [query.text, search, action, product];
        self.0.pending.lock().event(Event {
            key: key_of(tenant, query, event.at_ms),
            event: *event,
            once: visitor.map(|visitor| (hash(visitor, &same), hash(visitor, &same[..3]))),
            // A network is hashed for the day on which it tells of it: on another day it would be another one.
            network: (day_of(event.at_ms) == day_of(now_ms))
                .then(|| network_tokens(network, query.text, product, action)),
            origin: network.map(network_key),
            tries: 0,
        });
    }

    /// Returns those searches that were never counted; none while the database cannot be read.
    pub async fn unknown(&self, tenant: TenantId, queries: &[QueryId]) -> HashSet<QueryId> {
        let mut doubtful: Vec<QueryId> = queries.to_vec();
        {
            let (known, pending) = (self.0.known.lock(), self.0.pending.lock());
            doubtful.retain(|id| {
                !known.contains(&(tenant, id.text)) && !pending.knows(tenant, stored(id.text))
            });
        }
        if doubtful.is_empty() || self.lookups_pause() {
            return HashSet::new();
        }
        let keys: Vec<_> = doubtful
            .iter()
            .map(|id| (tenant, stored(id.text)))
            .collect();
        let looked_up = tokio::time::timeout(LOOKUP_TIMEOUT, self.0.ledger.known(&keys)).await;
        let Ok(Ok(found)) = looked_up else {
            *self.0.lookup_failed.lock() = Some(Instant::now());
            return HashSet::new();
        };
        let found: HashSet<_> = found.into_iter().collect();
        let is_known = |id: &QueryId| found.contains(&(tenant, stored(id.text)));
        self.remember(
            doubtful
                .iter()
                .filter(|id| is_known(id))
                .map(|id| (tenant, id.text)),
        );
        doubtful.into_iter().filter(|id| !is_known(id)).collect()
    }

    /// Adds up what was counted, again and again, and once more when told to stop.
    pub async fn run(self, shutdown: CancellationToken) {
        loop {
            let stopped = tokio::time::timeout(FLUSH_EVERY, shutdown.cancelled()).await;
            if stopped.is_ok() {
                break;
            }
            self.flush().await;
        }
        self.finish().await;
    }

    /// Adds up what was counted so far; what cannot be added now is kept for the next time.
    pub async fn flush(&self) {
        self.0.flusher.lock().await.flush().await;
    }

    /// Adds up all that is left, what would have waited for a search to be known included.
    pub async fn finish(&self) {
        self.0.flusher.lock().await.finish().await;
    }

    fn lookups_pause(&self) -> bool {
        let failed = *self.0.lookup_failed.lock();
        failed.is_some_and(|failed| failed.elapsed() < LOOKUP_PAUSE)
    }

    fn remember(&self, found: impl Iterator<Item = (TenantId, u64)>) {
        let mut known = self.0.known.lock();
        if known.len() > REMEMBERED {
            known.clear();
        }
        known.extend(found);
    }
}

fn key_of(tenant: TenantId, query: QueryId, at_ms: i64) -> SearchKey {
    SearchKey {
        tenant,
        day: day_of(at_ms),
        query: stored(query.text),
        settings: query.settings,
    }
}

/// As databases store it: they know no unsigned numbers.
fn stored(key: u64) -> i64 {
    key.cast_signed()
}

/// Returns the hash by which all that a network did on a day can be taken back.
pub fn network_key(network: VisitorHash) -> i64 {
    hash(network, &[ORIGIN])
}

/// Purposes of a network's tokens.
const SEARCHED: u64 = 1;
const CLICKED: u64 = 2;
const TOUCHED: u64 = 3;
const ACTED: u64 = 4;
const ORIGIN: u64 = 5;

/// Returns the tokens of an event. All events whose network cannot be told come from one network.
fn network_tokens(
    network: Option<VisitorHash>,
    text: u64,
    product: u64,
    action: u64,
) -> NetworkTokens {
    let network = network.unwrap_or(VisitorHash::UNKNOWN);
    NetworkTokens {
        query: hash(network, &[CLICKED, text]),
        product: hash(network, &[TOUCHED, product]),
        deed: hash(network, &[ACTED, product, action]),
    }
}

/// Of a visitor and what it did. Cryptographic: nothing else that the same visitor did can be found by it.
fn hash(visitor: VisitorHash, what: &[u64]) -> i64 {
    let mut hash = Sha256::new();
    hash.update(visitor.get().to_le_bytes());
    for number in what {
        hash.update(number.to_le_bytes());
    }
    let mut first_bytes = [0; 8];
    first_bytes.copy_from_slice(&hash.finalize()[..8]);
    i64::from_le_bytes(first_bytes)
}
