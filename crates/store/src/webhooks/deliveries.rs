//! Deliveries as staff sees them, tests, and deliveries that are made again.

use std::{fmt, str::FromStr};

use sea_orm::{FromQueryResult, Value};
use souk_domain::{WebhookDeliveryId, WebhookEndpointId, events::TEST_EVENT};

use super::{
    REFRESH, Webhooks,
    payload::payload,
    sink::{NewDelivery, write},
};
use crate::{
    StoreError,
    backend::{all, execute, first},
    guarded::Wake,
    identity::audit::note,
};

/// State of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookDeliveryState {
    /// An attempt is to come.
    Pending,
    /// The endpoint took it.
    Delivered,
    /// Given up.
    Failed,
}

/// Delivery of an event, or of a test, to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookDelivery {
    /// Id.
    pub id: WebhookDeliveryId,
    /// Number of the event; none for a test.
    pub event_number: Option<i64>,
    /// Id that the receiver sees, the same at each attempt.
    pub message_id: String,
    /// Kind of the event.
    pub kind: String,
    /// Body.
    pub payload: String,
    /// State.
    pub state: WebhookDeliveryState,
    /// Attempts that were begun.
    pub attempts: u32,
    /// Time of the next attempt, in milliseconds since 1970 UTC.
    pub due_at_ms: Option<i64>,
    /// Time of the last attempt, in milliseconds since 1970 UTC.
    pub attempted_at_ms: Option<i64>,
    /// HTTP status of the last answer.
    pub status: Option<u16>,
    /// Reason of the last failure.
    pub error: Option<String>,
    /// Beginning of the last answer that refused.
    pub answer: Option<String>,
    /// Time that the last attempt took, in milliseconds.
    pub duration_ms: Option<i64>,
    /// Creation time, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Time at which the endpoint took it, in milliseconds since 1970 UTC.
    pub delivered_at_ms: Option<i64>,
}

/// Name that no state has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be `pending`, `delivered` or `failed`")]
pub struct UnknownDeliveryState;

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    event_number: Option<i64>,
    message_id: String,
    kind: String,
    payload: String,
    state: String,
    attempts: i64,
    due_at: Option<i64>,
    attempted_at: Option<i64>,
    status: Option<i64>,
    error: Option<String>,
    answer: Option<String>,
    duration_ms: Option<i64>,
    created_at: i64,
    delivered_at: Option<i64>,
}

const COLUMNS: &str = "id, event_number, message_id, kind, payload, state, attempts, due_at, attempted_at, status, error, \
                       answer, duration_ms, created_at, delivered_at";

/// Deliveries, the newest first: `$1` tenant, `$2` endpoint, `$3` id before which to begin, `$4` limit, `$5` state.
pub(crate) fn list_sql(by_state: bool) -> String {
    let state = if by_state { " AND state = $5" } else { "" };
    format!(
        "SELECT {COLUMNS} FROM webhook_deliveries WHERE tenant_id = $1 AND endpoint_id = $2 AND id < $3{state}
         ORDER BY id DESC LIMIT $4"
    )
}

/// Time for which deliveries are kept, in milliseconds.
pub(super) const KEPT_MS: i64 = 30 * 24 * 3_600_000;

pub(crate) const PRUNE: &str =
    "DELETE FROM webhook_deliveries WHERE created_at < $1 AND due_at IS NULL";

impl WebhookDeliveryState {
    /// Name in the database and in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for WebhookDeliveryState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for WebhookDeliveryState {
    type Err = UnknownDeliveryState;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let mut states = [Self::Pending, Self::Delivered, Self::Failed].into_iter();
        states
            .find(|it| it.name() == name)
            .ok_or(UnknownDeliveryState)
    }
}

impl From<Row> for WebhookDelivery {
    fn from(row: Row) -> Self {
        Self {
            id: WebhookDeliveryId(row.id),
            event_number: row.event_number,
            message_id: row.message_id,
            kind: row.kind,
            payload: row.payload,
            state: row.state.parse().unwrap_or(WebhookDeliveryState::Failed),
            attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
            due_at_ms: row.due_at,
            attempted_at_ms: row.attempted_at,
            status: row.status.and_then(|status| u16::try_from(status).ok()),
            error: row.error,
            answer: row.answer,
            duration_ms: row.duration_ms,
            created_at_ms: row.created_at,
            delivered_at_ms: row.delivered_at,
        }
    }
}

impl Webhooks {
    /// Returns up to `limit` deliveries to an endpoint, the newest first.
    ///
    /// # Errors
    /// If there is no such endpoint, or the database fails.
    pub async fn deliveries(
        &self,
        endpoint: WebhookEndpointId,
        state: Option<WebhookDeliveryState>,
        before: Option<WebhookDeliveryId>,
        limit: u32,
    ) -> Result<Vec<WebhookDelivery>, StoreError> {
        self.get(endpoint).await?;
        let mut values: Vec<Value> = vec![
            self.scope.tenant.0.into(),
            endpoint.0.into(),
            before.map_or(i64::MAX, |id| id.0).into(),
            i64::from(limit).into(),
        ];
        values.extend(state.map(|state| state.name().into()));
        let backend = self.scope.store.backend();
        let statement = backend.statement(list_sql(state.is_some()), values);
        let rows = all::<Row>(self.scope.store.connection(), statement).await?;
        Ok(rows.into_iter().map(WebhookDelivery::from).collect())
    }

    /// Has a test sent to an endpoint at once. It is tried once.
    ///
    /// # Errors
    /// If there is no such endpoint, or it is disabled.
    pub async fn test(
        &self,
        endpoint: WebhookEndpointId,
        message_id: String,
        now_ms: i64,
    ) -> Result<WebhookDelivery, StoreError> {
        let transaction = self.begin_with_enabled(endpoint).await?;
        let data = serde_json::json!({"webhook": endpoint.0}).to_string();
        let delivery = NewDelivery {
            endpoint_id: endpoint.0,
            event_number: None,
            message_id,
            kind: TEST_EVENT.to_owned(),
            payload: payload(TEST_EVENT, now_ms, &data)?,
        };
        write(&transaction, &self.scope, &[delivery], now_ms).await?;
        let values = [
            self.scope.tenant.0.into(),
            endpoint.0.into(),
            i64::MAX.into(),
            1_i64.into(),
        ];
        let statement = self
            .scope
            .store
            .backend()
            .statement(list_sql(false), values);
        let row = first::<Row>(&transaction, statement).await?;
        note::target(|| format!("webhooks/{endpoint}"));
        transaction.commit().await?;
        Ok(row.ok_or(StoreError::NotFound("delivery"))?.into())
    }

    /// Has a delivery made again at once, with the id that it had and all its attempts.
    ///
    /// # Errors
    /// If there is no such endpoint or delivery, or the endpoint is disabled.
    pub async fn redeliver(
        &self,
        endpoint: WebhookEndpointId,
        id: WebhookDeliveryId,
        now_ms: i64,
    ) -> Result<WebhookDelivery, StoreError> {
        let transaction = self.begin_with_enabled(endpoint).await?;
        let backend = self.scope.store.backend();
        let sql = format!(
            "UPDATE webhook_deliveries SET state = 'pending', attempts = 0, due_at = $4, delivered_at = NULL
             WHERE tenant_id = $1 AND endpoint_id = $2 AND id = $3 RETURNING {COLUMNS}"
        );
        let values = [
            self.scope.tenant.0.into(),
            endpoint.0.into(),
            id.0.into(),
            now_ms.into(),
        ];
        let row = first::<Row>(&transaction, backend.statement(sql, values)).await?;
        let delivery = row.ok_or(StoreError::NotFound("delivery"))?.into();
        let refresh = backend.statement(REFRESH, [endpoint.0.into()]);
        execute(&transaction, refresh).await?;
        note::target(|| format!("webhooks/{endpoint}/deliveries/{id}"));
        transaction.wake_after(Wake::One(self.scope.store.webhooks.clone()));
        transaction.commit().await?;
        Ok(delivery)
    }
}
