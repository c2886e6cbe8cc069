//! Deliveries that wait, of all tenants: claimed under a lease by any process, and settled by what came of them.

use std::fmt;

use sea_orm::{FromQueryResult, Value};
use souk_domain::{TenantId, WebhookDeliveryId, WebhookEndpointId};

use super::{
    REFRESH,
    deliveries::{self, KEPT_MS},
    endpoints::WebhookDisabled,
    fail_pending, secrets,
};
use crate::{
    Backend, Scope, Store, StoreError, Transaction,
    backend::{IdRow, execute, first},
    identity::owner_mails,
};

/// Deliveries of all tenants that wait.
#[derive(Debug, Clone)]
pub struct WebhookQueue {
    store: Store,
}

/// Delivery that is claimed. `Debug` leaves out what it holds.
#[derive(Clone)]
pub struct ClaimedWebhook {
    /// Tenant of the endpoint.
    pub tenant: TenantId,
    /// Endpoint, which is claimed as a whole.
    pub endpoint: WebhookEndpointId,
    /// Delivery.
    pub id: WebhookDeliveryId,
    /// URL of the endpoint.
    pub url: String,
    /// Id of the message.
    pub message_id: String,
    /// Body.
    pub payload: String,
    /// Secrets in force, encrypted, the newest first.
    pub sealed_secrets: Vec<Vec<u8>>,
    /// Number of this attempt, from 1.
    pub attempt: u32,
    /// True for a test, which is tried once.
    pub is_test: bool,
    created_at_ms: i64,
}

/// Result of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WebhookAttempt {
    /// HTTP status of the answer.
    pub status: Option<u16>,
    /// Reason of a failure.
    pub error: Option<String>,
    /// Beginning of an answer that refused.
    pub answer: Option<String>,
    /// Time that it took, in milliseconds.
    pub duration_ms: i64,
}

/// Consequence of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookNext {
    /// The endpoint took it.
    Delivered,
    /// Another attempt at this time, in milliseconds since 1970 UTC.
    Retry(i64),
    /// No further attempt. An endpoint that took nothing since the delivery was written is disabled, but not for a test.
    GiveUp,
    /// No further attempt, and the end of the endpoint, which wants no more deliveries.
    Gone,
}

#[derive(FromQueryResult)]
struct EndpointRow {
    id: i64,
    tenant_id: i64,
    url: String,
}

#[derive(FromQueryResult)]
struct DeliveryRow {
    id: i64,
    message_id: String,
    payload: String,
    event_number: Option<i64>,
    attempts: i64,
    created_at: i64,
}

#[derive(FromQueryResult)]
struct HeldRow {
    url: String,
    disabled_at: Option<i64>,
    delivered_at: Option<i64>,
}

impl fmt::Debug for ClaimedWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClaimedWebhook")
            .field("tenant", &self.tenant)
            .field("endpoint", &self.endpoint)
            .field("id", &self.id)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

pub(crate) const DUE: &str =
    "SELECT id FROM webhook_endpoints WHERE due_at <= $1 ORDER BY due_at LIMIT 1";

/// Statement that claims an endpoint: `$1` now, `$2` worker, `$3` end of the lease.
pub(crate) fn claim_sql(backend: Backend) -> String {
    let lock = match backend {
        Backend::Postgres => "FOR NO KEY UPDATE SKIP LOCKED",
        Backend::Sqlite => "",
    };
    format!(
        "WITH due (id) AS MATERIALIZED (
             SELECT id FROM webhook_endpoints WHERE due_at <= $1 AND (claimed_until IS NULL OR claimed_until <= $1)
             ORDER BY due_at, id LIMIT 1 {lock})
         UPDATE webhook_endpoints SET claimed_by = $2, claimed_until = $3
         WHERE id IN (SELECT id FROM due)
         RETURNING id, tenant_id, url"
    )
}

/// Statement that begins an attempt at the first due delivery to an endpoint: `$1` endpoint, `$2` now.
pub(crate) const BEGIN: &str =
    "UPDATE webhook_deliveries SET attempts = attempts + 1, attempted_at = $2
     WHERE id = (SELECT d.id FROM webhook_deliveries d WHERE d.endpoint_id = $1 AND d.due_at <= $2
                 ORDER BY d.due_at, d.id LIMIT 1)
     RETURNING id, message_id, payload, event_number, attempts, created_at";

const FREE: &str =
    "UPDATE webhook_endpoints SET claimed_by = NULL, claimed_until = NULL WHERE id = $1";

impl Store {
    /// Deliveries of all tenants that wait.
    pub fn webhook_queue(&self) -> WebhookQueue {
        WebhookQueue {
            store: self.clone(),
        }
    }
}

impl WebhookQueue {
    /// Waits until this process has written a delivery since it last waited. Those of other processes are not told.
    pub async fn written(&self) {
        self.store.webhooks.notified().await;
    }

    /// Returns true if a delivery may be due: asked often, it writes nothing.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn is_due(&self, now_ms: i64) -> Result<bool, StoreError> {
        let statement = self.store.backend().statement(DUE, [now_ms.into()]);
        let due = first::<IdRow>(self.store.connection(), statement).await?;
        Ok(due.is_some())
    }

    /// Claims the endpoint that waits longest until `now_ms + lease_ms`, and begins an attempt at its first delivery. Whoever
    /// claimed one and died may have made it: it is made again.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn claim(
        &self,
        worker: &str,
        lease_ms: i64,
        now_ms: i64,
    ) -> Result<Option<ClaimedWebhook>, StoreError> {
        let backend = self.store.backend();
        let transaction = self.store.begin().await?;
        let until = now_ms.saturating_add(lease_ms);
        let values = [now_ms.into(), worker.into(), until.into()];
        let statement = backend.statement(claim_sql(backend), values);
        let Some(endpoint) = first::<EndpointRow>(&transaction, statement).await? else {
            return Ok(None);
        };
        let statement = backend.statement(BEGIN, [endpoint.id.into(), now_ms.into()]);
        let Some(delivery) = first::<DeliveryRow>(&transaction, statement).await? else {
            // What was due is gone: another time is noted.
            self.free(&transaction, endpoint.id).await?;
            transaction.commit().await?;
            return Ok(None);
        };
        let ids = (endpoint.tenant_id, endpoint.id);
        let sealed_secrets = secrets::in_force(&transaction, backend, ids, now_ms).await?;
        transaction.commit().await?;
        Ok(Some(ClaimedWebhook {
            tenant: TenantId(endpoint.tenant_id),
            endpoint: WebhookEndpointId(endpoint.id),
            id: WebhookDeliveryId(delivery.id),
            url: endpoint.url,
            message_id: delivery.message_id,
            payload: delivery.payload,
            sealed_secrets,
            attempt: u32::try_from(delivery.attempts).unwrap_or(u32::MAX),
            is_test: delivery.event_number.is_none(),
            created_at_ms: delivery.created_at,
        }))
    }

    /// Notes what came of an attempt, and frees the endpoint. Owners get a mail if it is disabled. Returns false if the claim is
    /// over, or the endpoint gone.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn settle(
        &self,
        worker: &str,
        claimed: &ClaimedWebhook,
        attempt: &WebhookAttempt,
        next: WebhookNext,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let backend = self.store.backend();
        let transaction = self.store.begin().await?;
        let sql = format!(
            "SELECT url, disabled_at, delivered_at FROM webhook_endpoints WHERE id = $1 AND claimed_by = $2{}",
            backend.for_update()
        );
        let values = [claimed.endpoint.0.into(), worker.into()];
        let held = first::<HeldRow>(&transaction, backend.statement(sql, values)).await?;
        let Some(held) = held else { return Ok(false) };
        let took_since = held.delivered_at >= Some(claimed.created_at_ms);
        let (next, reason) = match next {
            // Somebody disabled it meanwhile.
            WebhookNext::Retry(_) if held.disabled_at.is_some() => (WebhookNext::GiveUp, None),
            WebhookNext::Gone => (next, Some(WebhookDisabled::Gone)),
            WebhookNext::GiveUp if !claimed.is_test && !took_since => {
                (next, Some(WebhookDisabled::Failing))
            }
            _ => (next, None),
        };
        self.note(&transaction, claimed, attempt, next, now_ms)
            .await?;
        if next == WebhookNext::Delivered {
            let sql = "UPDATE webhook_endpoints SET delivered_at = $2 WHERE id = $1";
            let values = [claimed.endpoint.0.into(), now_ms.into()];
            execute(&transaction, backend.statement(sql, values)).await?;
        }
        if let Some(reason) = reason
            && held.disabled_at.is_none()
        {
            self.disable(&transaction, claimed, (reason, &held.url), now_ms)
                .await?;
        }
        self.free(&transaction, claimed.endpoint.0).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn note(
        &self,
        transaction: &Transaction,
        claimed: &ClaimedWebhook,
        attempt: &WebhookAttempt,
        next: WebhookNext,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let (state, due_at, delivered_at) = match next {
            WebhookNext::Delivered => ("delivered", None, Some(now_ms)),
            WebhookNext::Retry(at_ms) => ("pending", Some(at_ms), None),
            WebhookNext::GiveUp | WebhookNext::Gone => ("failed", None, None),
        };
        let sql = "UPDATE webhook_deliveries SET state = $2, due_at = $3, delivered_at = $4, status = $5, error = $6, answer = $7,
                 duration_ms = $8
             WHERE id = $1";
        let values: [Value; 8] = [
            claimed.id.0.into(),
            state.into(),
            due_at.into(),
            delivered_at.into(),
            attempt.status.map(i64::from).into(),
            attempt.error.clone().into(),
            attempt.answer.clone().into(),
            attempt.duration_ms.into(),
        ];
        execute(transaction, self.store.backend().statement(sql, values)).await?;
        Ok(())
    }

    /// Disables an endpoint, and tells the tenant's owners.
    async fn disable(
        &self,
        transaction: &Transaction,
        claimed: &ClaimedWebhook,
        (reason, url): (WebhookDisabled, &str),
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE webhook_endpoints SET disabled_at = $2, disabled_reason = $3, updated_at = $2 WHERE id = $1";
        let values = [
            claimed.endpoint.0.into(),
            now_ms.into(),
            reason.name().into(),
        ];
        execute(transaction, self.store.backend().statement(sql, values)).await?;
        let scope = Scope::new(self.store.clone(), claimed.tenant);
        fail_pending(transaction, &scope, claimed.endpoint).await?;
        // A query may hold a token.
        let url = url.split('?').next().unwrap_or_default();
        owner_mails::enqueue(transaction, &scope, "webhook_disabled", url, now_ms).await
    }

    async fn free(&self, transaction: &Transaction, endpoint: i64) -> Result<(), StoreError> {
        let backend = self.store.backend();
        execute(transaction, backend.statement(FREE, [endpoint.into()])).await?;
        execute(transaction, backend.statement(REFRESH, [endpoint.into()])).await?;
        Ok(())
    }

    /// Deletes deliveries that were settled and written 30 days ago, and secrets that ended. Returns how many rows it deleted.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn prune(&self, now_ms: i64) -> Result<u64, StoreError> {
        let backend = self.store.backend();
        let transaction = self.store.begin().await?;
        let before = now_ms.saturating_sub(KEPT_MS);
        let old = backend.statement(deliveries::PRUNE, [before.into()]);
        let pruned = execute(&transaction, old).await?;
        let ended = backend.statement(secrets::PRUNE, [now_ms.into()]);
        let pruned = pruned + execute(&transaction, ended).await?;
        transaction.commit().await?;
        Ok(pruned)
    }
}
