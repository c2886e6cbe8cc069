//! Lease on a batch of rows: short, and renewed for as long as somebody works on them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use souk_domain::OutboxId;
use souk_store::Outbox;
use tracing::{debug, warn};

use crate::Clock;

/// Lease of a worker on its batch. When its process is killed or paused, nobody renews it.
pub(super) struct Lease {
    outbox: Outbox,
    clock: Arc<dyn Clock>,
    worker: String,
    rows: Vec<OutboxId>,
    length_ms: i64,
    expires_at_ms: AtomicI64,
    /// True once rows were found to be another's, or free.
    is_lost: AtomicBool,
}

impl Lease {
    /// Lease on rows that were claimed until `now_ms + length_ms`.
    pub(super) fn new(
        outbox: Outbox,
        clock: Arc<dyn Clock>,
        worker: String,
        rows: Vec<OutboxId>,
        length_ms: i64,
        now_ms: i64,
    ) -> Self {
        Self {
            outbox,
            clock,
            worker,
            rows,
            length_ms,
            expires_at_ms: AtomicI64::new(now_ms.saturating_add(length_ms)),
            is_lost: AtomicBool::new(false),
        }
    }

    /// Returns true if others have rows by now, or may have them.
    pub(super) fn has_expired(&self) -> bool {
        self.is_lost.load(Ordering::SeqCst)
            || self.clock.now_ms() >= self.expires_at_ms.load(Ordering::SeqCst)
    }

    /// Does work on the rows, and renews the lease meanwhile.
    pub(super) async fn keep<T>(&self, work: impl Future<Output = T>) -> T {
        let every = self.length_ms / 3;
        let spent = self.length_ms - self.left_ms();
        if spent >= every {
            self.renew().await;
        }
        let every = Duration::from_millis(every.unsigned_abs());
        // Both are polled: the work may hold the very rows that the renewal waits for.
        tokio::select! {
            biased;
            done = work => done,
            () = self.renew_each(every) => unreachable!("renewals have no end"),
        }
    }

    async fn renew_each(&self, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            self.renew().await;
        }
    }

    fn left_ms(&self) -> i64 {
        let expires = self.expires_at_ms.load(Ordering::SeqCst);
        expires.saturating_sub(self.clock.now_ms())
    }

    /// Renews the lease, unless it has expired: what others may have is not taken back.
    async fn renew(&self) {
        let now = self.clock.now_ms();
        if self.has_expired() {
            return;
        }
        let renewed = self
            .outbox
            .renew(&self.worker, &self.rows, self.length_ms, now);
        match renewed.await {
            Ok(renewed) if renewed < self.rows.len() as u64 => self.inspect(now, renewed > 0).await,
            Ok(_) => self.renewed_at(now),
            Err(error) => debug!(%error, "the lease was not renewed"),
        }
    }

    /// Finds out why rows were not renewed. They may have been done with, or be held by the work itself, which is about
    /// to be; if they are still there and another's, the whole batch is.
    async fn inspect(&self, now: i64, is_renewed: bool) {
        match self.outbox.lost(&self.worker, &self.rows, now).await {
            Ok(0) if is_renewed => self.renewed_at(now),
            Ok(0) => {}
            Ok(lost) => {
                warn!(
                    rows = lost,
                    "the lease was lost while the rows were worked on"
                );
                self.is_lost.store(true, Ordering::SeqCst);
            }
            Err(error) => debug!(%error, "the lease was not looked at"),
        }
    }

    fn renewed_at(&self, now: i64) {
        let expires = now.saturating_add(self.length_ms);
        self.expires_at_ms.store(expires, Ordering::SeqCst);
    }
}
