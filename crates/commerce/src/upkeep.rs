//! Upkeep: purchases that were not paid end, refunds are asked for again, and old rows go.

use std::time::Duration;

use chrono::Utc;
use souk_domain::ordering::PaymentState;
use souk_store::NewOrderStep;
use souk_telemetry::chain;
use tokio_util::sync::CancellationToken;

use crate::{error::CommerceError, service::CommerceService, settlement::tell_ended};

/// Pause between two runs.
const PAUSE: Duration = Duration::from_secs(10);
/// Time between two deletions of old rows, in milliseconds.
const PRUNING_MS: i64 = 3_600_000;
/// Purchases that one run ends at most.
const AT_ONCE: u32 = 500;

impl CommerceService {
    /// Does the upkeep until shutdown. Several processes may: each purchase is ended by one.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut pruned_ms = 0;
        loop {
            let now_ms = Utc::now().timestamp_millis();
            if let Err(error) = self.tick(now_ms).await {
                tracing::warn!(error = chain(&error), "upkeep of selling failed");
            }
            if now_ms - pruned_ms >= PRUNING_MS {
                pruned_ms = now_ms;
                if let Err(error) = self.prune(now_ms).await {
                    tracing::warn!(error = chain(&error), "old rows of selling not deleted");
                }
            }
            let pause = tokio::time::sleep(PAUSE);
            if shutdown.run_until_cancelled(pause).await.is_none() {
                return;
            }
        }
    }

    /// Ends what was not paid in time, asks for refunds that wait, and returns how many purchases ended.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn tick(&self, now_ms: i64) -> Result<u64, CommerceError> {
        let ended = self.end_expired(now_ms).await?;
        self.send_waiting_refunds(now_ms).await?;
        Ok(ended)
    }

    /// Deletes carts and idempotency keys that have expired, and old events. Returns how many rows went.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn prune(&self, now_ms: i64) -> Result<u64, CommerceError> {
        let carts = self.store.prune_carts(now_ms).await?;
        let keys = self.store.prune_idempotency_keys(now_ms).await?;
        Ok(carts + keys + self.store.prune_events(now_ms).await?)
    }

    /// Ends purchases whose time is over. Their payments are given up first, so that no money comes for what is not held.
    async fn end_expired(&self, now_ms: i64) -> Result<u64, CommerceError> {
        let mut ended = 0;
        for (tenant, id) in self.store.expired_order_groups(now_ms, AT_ONCE).await? {
            let scope = self.store.scope(tenant);
            let group = scope.order_group(id).await?;
            if let Some(reference) = &group.payment.reference
                && group.payment.facts.state() != PaymentState::Cancelled
            {
                let provider = self.provider(&group.payment.provider)?;
                match provider.cancel(reference, now_ms).await {
                    Ok(events) => {
                        let locked = scope.lock_order_group(id).await?;
                        self.apply_events(locked, &events, (None, None), now_ms)
                            .await?;
                    }
                    // It ends all the same: money that comes later goes back, or buys what is still there.
                    Err(error) => {
                        tracing::warn!(error = chain(&error), "payment not given up");
                    }
                }
            }
            let mut locked = scope.lock_order_group(id).await?;
            let is_due = locked.group.expires_at_ms.is_some_and(|at| at <= now_ms);
            if is_due {
                locked.end("expired", now_ms).await?;
                let step = NewOrderStep {
                    order: None,
                    step: "checkout.ended",
                    actor: "souk",
                    reason: Some("not paid in time"),
                    detail: None,
                    at_ms: now_ms,
                };
                locked.add_step(&step).await?;
                tell_ended(&mut locked, "souk", now_ms);
            }
            locked.commit().await?;
            ended += 1;
        }
        Ok(ended)
    }
}
