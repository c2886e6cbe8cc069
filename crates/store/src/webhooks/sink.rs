//! The sink that turns events into deliveries, in the transaction that notes that they were read.

use sea_orm::FromQueryResult;
use serde::Serialize;
use souk_domain::WebhookEndpointId;

use super::payload::payload;
use crate::{
    Backend, EventBatch, Scope, StoreError, Transaction,
    backend::{Kind, all, execute, json},
    guarded::Wake,
};

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    event_types: Option<String>,
}

/// Delivery to be written.
#[derive(Debug, Serialize)]
pub(super) struct NewDelivery {
    pub(super) endpoint_id: i64,
    pub(super) event_number: Option<i64>,
    pub(super) message_id: String,
    pub(super) kind: String,
    pub(super) payload: String,
}

const COLUMNS: [(&str, Kind); 5] = [
    ("endpoint_id", Kind::Integer),
    ("event_number", Kind::Integer),
    ("message_id", Kind::Text),
    ("kind", Kind::Text),
    ("payload", Kind::Text),
];

/// Endpoints that get deliveries. They are locked in the order of their ids.
pub(crate) fn enabled_sql(backend: Backend) -> String {
    format!(
        "SELECT id, event_types FROM webhook_endpoints WHERE tenant_id = $1 AND disabled_at IS NULL ORDER BY id{}",
        backend.for_update()
    )
}

/// Statement that writes deliveries, `$1`, of a tenant, `$2`, at a time, `$3`.
pub(super) fn insert_sql(backend: Backend) -> String {
    format!(
        "INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_number, message_id, kind, payload, due_at, created_at)
         SELECT $2, r.endpoint_id, r.event_number, r.message_id, r.kind, r.payload, $3, $3 FROM {}",
        backend.record_set("$1", &COLUMNS)
    )
}

/// Writes deliveries to endpoints, which are locked, and wakes the worker after the commit.
pub(super) async fn write(
    transaction: &Transaction,
    scope: &Scope,
    deliveries: &[NewDelivery],
    now_ms: i64,
) -> Result<(), StoreError> {
    if deliveries.is_empty() {
        return Ok(());
    }
    let backend = scope.store.backend();
    let values = [json(&deliveries)?, scope.tenant.0.into(), now_ms.into()];
    execute(transaction, backend.statement(insert_sql(backend), values)).await?;
    let ids = backend.ids(deliveries.iter().map(|it| it.endpoint_id));
    let sql = format!(
        "UPDATE webhook_endpoints SET due_at = {} WHERE {}",
        backend.lower("coalesce(due_at, $2)", "$2"),
        backend.among_ids("id", "$1")
    );
    execute(transaction, backend.statement(sql, [ids, now_ms.into()])).await?;
    transaction.wake_after(Wake::One(scope.store.webhooks.clone()));
    Ok(())
}

impl EventBatch {
    /// Writes the deliveries of its events. `message_id` makes an id that no other message has.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn write_webhook_deliveries(
        &self,
        mut message_id: impl FnMut() -> String,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let (scope, transaction) = (self.scope(), self.transaction());
        let backend = scope.store.backend();
        let statement = backend.statement(enabled_sql(backend), [scope.tenant.0.into()]);
        let mut deliveries = Vec::new();
        for row in all::<Row>(transaction, statement).await? {
            let endpoint = WebhookEndpointId(row.id);
            let types: Option<Vec<String>> = match &row.event_types {
                Some(json) => Some(serde_json::from_str(json)?),
                None => None,
            };
            for event in &self.events {
                if types.as_ref().is_some_and(|it| !it.contains(&event.kind)) {
                    continue;
                }
                deliveries.push(NewDelivery {
                    endpoint_id: endpoint.0,
                    event_number: Some(event.number),
                    message_id: message_id(),
                    kind: event.kind.clone(),
                    payload: payload(&event.kind, event.at_ms, &event.data)?,
                });
            }
        }
        // In the order of the events: a delivery's id is its place.
        deliveries.sort_by_key(|delivery| (delivery.event_number, delivery.endpoint_id));
        write(transaction, scope, &deliveries, now_ms).await
    }
}
