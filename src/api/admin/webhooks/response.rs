//! Responses about webhooks.

use poem_openapi::Object;
use serde::Serialize;
use souk_domain::events::EventType;
use souk_store::{WebhookDelivery, WebhookEndpoint};
use souk_webhooks::Secret;

use crate::api::{admin::next_id, views::Timestamp};

/// Endpoint that is told of events, without its secrets.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Webhook", skip_serializing_if_is_none)]
pub struct WebhookView {
    /// Id.
    pub id: i64,
    /// URL that deliveries are posted to.
    pub url: String,
    /// Purpose.
    pub description: String,
    /// Kinds of events that it is told of; absent if of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_types: Option<Vec<String>>,
    /// True if it gets deliveries.
    pub enabled: bool,
    /// Reason for which it gets none: `staff`, `gone` (it answered 410) or `failing` (it took nothing for three days).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled_reason: Option<String>,
    /// Time from which it gets none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<Timestamp>,
    /// Creation time.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
    /// Its state; send it as `If-Match` with a change.
    pub etag: String,
}

/// Endpoints of a tenant.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Webhooks")]
pub struct WebhookList {
    /// All of them, by id.
    pub webhooks: Vec<WebhookView>,
}

/// Endpoint with a new secret.
#[derive(Debug, Object, Serialize)]
pub struct IssuedWebhook {
    /// The endpoint, as it is listed.
    pub webhook: WebhookView,
    /// Secret that signs deliveries, `whsec_` and Base64. It is shown this once.
    pub secret: String,
}

/// Delivery of an event, or of a test, to an endpoint.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "WebhookDelivery", skip_serializing_if_is_none)]
pub struct WebhookDeliveryView {
    /// Id.
    pub id: i64,
    /// Id that the receiver sees as `webhook-id`, the same at each attempt.
    pub message_id: String,
    /// Number of the event; absent for a test.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<i64>,
    /// Kind of the event, or `webhook.test`.
    pub event_type: String,
    /// Body, as JSON.
    pub payload: String,
    /// `pending`, `delivered` or `failed`.
    pub state: String,
    /// Attempts that were begun.
    pub attempts: u32,
    /// Time of the next attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Timestamp>,
    /// Time of the last attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempted_at: Option<Timestamp>,
    /// HTTP status of the last answer; absent if there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Reason of the last failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// First 4 KiB of the last answer that refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// Time that the last attempt took, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<i64>,
    /// Creation time.
    pub created_at: Timestamp,
    /// Time at which the endpoint took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Timestamp>,
}

/// Page of deliveries.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "WebhookDeliveries", skip_serializing_if_is_none)]
pub struct WebhookDeliveryPage {
    /// Deliveries, the newest first.
    pub deliveries: Vec<WebhookDeliveryView>,
    /// Send it as `before` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_before: Option<i64>,
}

/// Kind of events.
#[derive(Debug, Object, Serialize)]
pub struct WebhookEventType {
    /// Name, the `type` of a delivery.
    pub name: String,
    /// Meaning.
    pub meaning: String,
    /// Example of `data`, as JSON.
    pub example: String,
}

/// Catalogue of events.
#[derive(Debug, Object, Serialize)]
pub struct WebhookEventTypes {
    /// All kinds.
    pub event_types: Vec<WebhookEventType>,
}

impl From<WebhookEndpoint> for WebhookView {
    fn from(endpoint: WebhookEndpoint) -> Self {
        let disabled = endpoint.disabled;
        Self {
            etag: endpoint.etag(),
            id: endpoint.id.0,
            url: endpoint.url,
            description: endpoint.description,
            event_types: endpoint.event_types,
            enabled: disabled.is_none(),
            disabled_reason: disabled.map(|(reason, _)| reason.name().to_owned()),
            disabled_at: disabled.map(|(_, at_ms)| Timestamp::from_ms(at_ms)),
            created_at: Timestamp::from_ms(endpoint.created_at_ms),
            updated_at: Timestamp::from_ms(endpoint.updated_at_ms),
        }
    }
}

impl IssuedWebhook {
    /// Makes the response that shows a secret.
    pub fn new((endpoint, secret): (WebhookEndpoint, Secret)) -> Self {
        Self {
            webhook: endpoint.into(),
            secret: secret.expose(),
        }
    }
}

impl From<WebhookDelivery> for WebhookDeliveryView {
    fn from(delivery: WebhookDelivery) -> Self {
        let time = |at_ms: Option<i64>| at_ms.map(Timestamp::from_ms);
        Self {
            id: delivery.id.0,
            message_id: delivery.message_id,
            event: delivery.event_number,
            event_type: delivery.kind,
            payload: delivery.payload,
            state: delivery.state.name().to_owned(),
            attempts: delivery.attempts,
            next_attempt_at: time(delivery.due_at_ms),
            attempted_at: time(delivery.attempted_at_ms),
            status: delivery.status,
            error: delivery.error,
            answer: delivery.answer,
            duration_ms: delivery.duration_ms,
            created_at: Timestamp::from_ms(delivery.created_at_ms),
            delivered_at: time(delivery.delivered_at_ms),
        }
    }
}

impl WebhookDeliveryPage {
    /// Makes a page of at most `limit` deliveries.
    pub fn new(deliveries: Vec<WebhookDelivery>, limit: u32) -> Self {
        Self {
            next_before: next_id(&deliveries, limit, |delivery| delivery.id.0),
            deliveries: deliveries.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<&EventType> for WebhookEventType {
    fn from(kind: &EventType) -> Self {
        Self {
            name: kind.name.to_owned(),
            meaning: kind.meaning.to_owned(),
            example: kind.example.to_owned(),
        }
    }
}
