//! Bringing counts into the database: each batch once, whatever happens to its commit.

use std::{collections::HashSet, sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::Utc;
use parking_lot::Mutex;
use souk_domain::TenantId;
use souk_store::{AttributedBatch, Store, StoreError};
use souk_telemetry::chain;

use super::pending::Pending;
/// Timeout of the last flush at shutdown.
const LAST_FLUSH_TIMEOUT: Duration = Duration::from_secs(5);
/// A batch that the database refuses so often, although it is there, is given up.
const MAX_REFUSALS: u32 = 5;

/// Sink of counted batches.
#[async_trait]
pub(super) trait InvalidationLog: Send + Sync {
    /// Adds a batch up, unless that was done before.
    async fn add(&self, batch: &AttributedBatch) -> Result<(), StoreError>;
    /// Returns those searches that were ever counted.
    async fn known(&self, keys: &[(TenantId, i64)]) -> Result<Vec<(TenantId, i64)>, StoreError>;
}

#[async_trait]
impl InvalidationLog for Store {
    async fn add(&self, batch: &AttributedBatch) -> Result<(), StoreError> {
        let now = Utc::now().timestamp_millis();
        self.search_analytics().add_attributed(batch, now).await
    }

    async fn known(&self, keys: &[(TenantId, i64)]) -> Result<Vec<(TenantId, i64)>, StoreError> {
        self.search_analytics().known(keys).await
    }
}

/// Sends batches one after the other.
pub(super) struct Flusher {
    ledger: Arc<dyn InvalidationLog>,
    pending: Arc<Mutex<Pending>>,
    /// Batch that is not known to be stored.
    unsettled: Option<AttributedBatch>,
    failures: u32,
    refusals: u32,
}

impl Flusher {
    pub(super) fn new(ledger: Arc<dyn InvalidationLog>, pending: Arc<Mutex<Pending>>) -> Self {
        Self {
            ledger,
            pending,
            unsettled: None,
            failures: 0,
            refusals: 0,
        }
    }

    /// Sends what is left of the last time, then what was counted since.
    pub(super) async fn flush(&mut self) {
        self.tell_lost();
        if !self.settle().await {
            return;
        }
        let doubtful = self.pending.lock().doubtful();
        let unknown = match self.unknown(doubtful).await {
            Ok(unknown) => unknown,
            Err(error) => return self.failed(&error),
        };
        self.unsettled = Some(self.pending.lock().take(new_id(), &unknown));
        self.settle().await;
    }

    /// Sends all there is, within the time that a stopping process has.
    pub(super) async fn finish(&mut self) {
        let all = async {
            if self.settle().await {
                let rest = self.pending.lock().take(new_id(), &HashSet::new());
                self.unsettled = Some(rest);
                self.settle().await;
            }
        };
        let in_time = tokio::time::timeout(LAST_FLUSH_TIMEOUT, all).await;
        if in_time.is_err() || self.unsettled.is_some() {
            tracing::warn!("the last counts of search analytics are lost");
        }
    }

    async fn unknown(
        &self,
        doubtful: Vec<(TenantId, i64)>,
    ) -> Result<HashSet<(TenantId, i64)>, StoreError> {
        let mut unknown: HashSet<_> = doubtful.iter().copied().collect();
        if !unknown.is_empty() {
            for known in self.ledger.known(&doubtful).await? {
                unknown.remove(&known);
            }
        }
        Ok(unknown)
    }

    /// Sends the pending batch; returns true if none is left.
    async fn settle(&mut self) -> bool {
        let Some(batch) = self.unsettled.as_ref().filter(|batch| !batch.is_empty()) else {
            self.unsettled = None;
            return true;
        };
        let added = self.ledger.add(batch).await;
        match added {
            Ok(()) => {
                self.unsettled = None;
                self.settled();
            }
            Err(error) => self.failed(&error),
        }
        self.unsettled.is_none()
    }

    fn settled(&mut self) {
        if self.failures > 0 {
            tracing::info!(failures = self.failures, "searches are counted again");
        }
        (self.failures, self.refusals) = (0, 0);
    }

    fn failed(&mut self, error: &StoreError) {
        self.failures += 1;
        if self.failures == 1 {
            tracing::warn!(error = chain(error), "counts of search analytics wait");
        }
        if matches!(error, StoreError::Unavailable(_)) {
            return;
        }
        self.refusals += 1;
        if self.refusals >= MAX_REFUSALS && self.unsettled.take().is_some() {
            tracing::error!(error = chain(error), "counts of search analytics are lost");
            (self.failures, self.refusals) = (0, 0);
        }
    }

    fn tell_lost(&self) {
        let lost = self.pending.lock().take_lost();
        if lost > 0 {
            tracing::warn!(lost, "there was no room for counts of search analytics");
        }
    }
}

/// Positive, as it is easier to read for those who look into the database.
fn new_id() -> i64 {
    (rand::random::<u64>() >> 1).cast_signed()
}
