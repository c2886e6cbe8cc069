//! The worker that makes deliveries: several at once, and one after the other to each endpoint.

use std::time::Duration;

use chrono::Utc;
use souk_store::{ClaimedWebhook, Store, StoreError, WebhookAttempt, WebhookNext, WebhookQueue};
use souk_telemetry::chain;
use souk_webhooks::{Message, Outcome, Verdict, next_delay_ms};
use tokio::{task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;

use super::service::WebhookService;

/// Most deliveries that a process makes at once.
const AT_ONCE: usize = 8;
/// Pause between two looks for deliveries that another process has written, or that are due again.
const PAUSE: Duration = Duration::from_secs(5);
/// Time for which an endpoint is claimed, in milliseconds: an attempt takes a third of it at most.
const LEASE_MS: i64 = 60_000;
/// Pause between two prunings.
const PRUNING: Duration = Duration::from_secs(600);

/// Makes deliveries that are due. Several processes may run one: each delivery is one's. Cheap to clone.
#[derive(Debug, Clone)]
pub struct WebhookWorker {
    queue: WebhookQueue,
    service: WebhookService,
    name: String,
}

impl WebhookWorker {
    /// Creates a worker. `name` is another for each process.
    pub fn new(store: &Store, service: WebhookService, name: String) -> Self {
        Self {
            queue: store.webhook_queue(),
            service,
            name,
        }
    }

    /// Makes deliveries until shutdown; then those under way are finished.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut under_way = JoinSet::new();
        let mut pruned = Instant::now();
        while !shutdown.is_cancelled() {
            if pruned.elapsed() >= PRUNING {
                pruned = Instant::now();
                if let Err(error) = self.queue.prune(now_ms()).await {
                    tracing::warn!(error = chain(&error), "webhook deliveries not pruned");
                }
            }
            if let Err(error) = self.begin(&mut under_way).await {
                tracing::warn!(error = chain(&error), "webhook deliveries not read");
            }
            let wait = async {
                tokio::select! {
                    // The endpoint may have another one, or there is room again.
                    Some(_) = under_way.join_next() => {}
                    () = self.queue.written(), if under_way.len() < AT_ONCE => {}
                    () = tokio::time::sleep(PAUSE) => {}
                }
            };
            shutdown.run_until_cancelled(wait).await;
        }
        while under_way.join_next().await.is_some() {}
    }

    /// Claims deliveries while there are any and there is room, and begins them.
    async fn begin(&self, under_way: &mut JoinSet<()>) -> Result<(), StoreError> {
        while under_way.try_join_next().is_some() {}
        while under_way.len() < AT_ONCE {
            let Some(claimed) = self.claim(now_ms()).await? else {
                return Ok(());
            };
            let worker = self.clone();
            under_way.spawn(async move {
                if let Err(error) = worker.deliver(&claimed, now_ms()).await {
                    let delivery = claimed.id.0;
                    tracing::warn!(
                        delivery,
                        error = chain(&error),
                        "webhook delivery not noted"
                    );
                }
            });
        }
        Ok(())
    }

    /// Makes all deliveries that are due, one after the other, and returns how many attempts it made.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn tick(&self, now_ms: i64) -> Result<u64, StoreError> {
        let mut made = 0;
        while let Some(claimed) = self.claim(now_ms).await? {
            self.deliver(&claimed, now_ms).await?;
            made += 1;
        }
        Ok(made)
    }

    async fn claim(&self, now_ms: i64) -> Result<Option<ClaimedWebhook>, StoreError> {
        if !self.queue.is_due(now_ms).await? {
            return Ok(None);
        }
        self.queue.claim(&self.name, LEASE_MS, now_ms).await
    }

    async fn deliver(&self, claimed: &ClaimedWebhook, now_ms: i64) -> Result<(), StoreError> {
        let began = Instant::now();
        let outcome = match self.service.open(claimed.tenant, &claimed.sealed_secrets) {
            Ok(secrets) => {
                let message = Message {
                    url: &claimed.url,
                    id: &claimed.message_id,
                    body: &claimed.payload,
                    secrets: &secrets,
                    at_ms: now_ms,
                };
                self.service.courier().deliver(&message).await
            }
            Err(error) => Outcome::failed(error.to_string()),
        };
        let taken = i64::try_from(began.elapsed().as_millis()).unwrap_or_default();
        let now_ms = now_ms.saturating_add(taken);
        let next = next(claimed, &outcome, rand::random(), now_ms);
        if next != WebhookNext::Delivered {
            let (delivery, attempt, status) = (claimed.id.0, claimed.attempt, outcome.status);
            let gives_up = !matches!(next, WebhookNext::Retry(_));
            tracing::info!(
                delivery,
                attempt,
                status,
                gives_up,
                "webhook delivery failed"
            );
        }
        let attempt = WebhookAttempt {
            status: outcome.status,
            error: outcome.error,
            answer: outcome.answer,
            duration_ms: outcome.duration_ms,
        };
        let queue = &self.queue;
        queue
            .settle(&self.name, claimed, &attempt, next, now_ms)
            .await?;
        Ok(())
    }
}

/// Returns what follows from an attempt.
fn next(claimed: &ClaimedWebhook, outcome: &Outcome, jitter: f64, now_ms: i64) -> WebhookNext {
    match outcome.verdict {
        Verdict::Delivered => WebhookNext::Delivered,
        Verdict::Gone => WebhookNext::Gone,
        Verdict::Failed if claimed.is_test => WebhookNext::GiveUp,
        Verdict::Failed => {
            let delay = next_delay_ms(claimed.attempt, outcome.retry_after_ms, jitter);
            delay.map_or(WebhookNext::GiveUp, |delay| {
                WebhookNext::Retry(now_ms.saturating_add(delay))
            })
        }
    }
}

fn now_ms() -> i64 {
    Utc::now().timestamp_millis()
}
