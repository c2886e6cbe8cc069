//! Webhooks: endpoints of a tenant, their secrets, and deliveries of events to them.
//!
//! A worker claims an endpoint, not a delivery, so that deliveries to it are made one after the other by all processes
//! together. Whoever changes its deliveries locks the endpoint first, since it has the time of the first one that is due.

pub(crate) mod deliveries;
pub(crate) mod endpoints;
pub(crate) mod explain;
mod payload;
pub(crate) mod queue;
mod rotation;
pub(crate) mod secrets;
pub(crate) mod sink;

pub use deliveries::{UnknownDeliveryState, WebhookDelivery, WebhookDeliveryState};
pub use endpoints::{
    WEBHOOK_ENDPOINTS_PER_TENANT, WebhookDisabled, WebhookEndpoint, WebhookEndpointInput,
};
pub use queue::{ClaimedWebhook, WebhookAttempt, WebhookNext, WebhookQueue};

use sea_orm::Value;
use souk_domain::WebhookEndpointId;

use crate::{
    Scope, StoreError, Transaction,
    backend::{execute, first},
};

/// Error of a delivery that waited when its endpoint was disabled.
const DISABLED: &str = "the endpoint was disabled";

/// Webhooks of a tenant.
#[derive(Debug, Clone)]
pub struct Webhooks {
    scope: Scope,
}

impl Scope {
    /// Webhooks of the tenant.
    pub fn webhooks(&self) -> Webhooks {
        Webhooks {
            scope: self.clone(),
        }
    }
}

impl Webhooks {
    /// Begins a transaction that holds the endpoint.
    async fn begin_with(
        &self,
        id: WebhookEndpointId,
    ) -> Result<(Transaction, WebhookEndpoint), StoreError> {
        let transaction = self.scope.store.begin().await?;
        let backend = self.scope.store.backend();
        let sql = format!("{}{}", endpoints::one_sql(), backend.for_update());
        let values = [self.scope.tenant.0.into(), id.0.into()];
        let row = first::<endpoints::Row>(&transaction, backend.statement(sql, values)).await?;
        let endpoint = row.ok_or(StoreError::NotFound("webhook"))?.read()?;
        Ok((transaction, endpoint))
    }

    /// The same, of an endpoint that deliveries may go to.
    async fn begin_with_enabled(&self, id: WebhookEndpointId) -> Result<Transaction, StoreError> {
        let (transaction, endpoint) = self.begin_with(id).await?;
        match endpoint.disabled {
            None => Ok(transaction),
            Some(_) => Err(StoreError::conflict("enabled", "is false; enable it first")),
        }
    }
}

/// Fails what waits for an endpoint that is being disabled.
async fn fail_pending(
    transaction: &Transaction,
    scope: &Scope,
    id: WebhookEndpointId,
) -> Result<(), StoreError> {
    let values: [Value; 2] = [id.0.into(), DISABLED.into()];
    let statement = scope.store.backend().statement(FAIL_PENDING, values);
    execute(transaction, statement).await?;
    Ok(())
}

pub(crate) const FAIL_PENDING: &str =
    "UPDATE webhook_deliveries SET state = 'failed', due_at = NULL, error = $2
     WHERE endpoint_id = $1 AND due_at IS NOT NULL";

/// Statement that notes the first due delivery of an endpoint, `$1`, which is locked.
pub(crate) const REFRESH: &str = "UPDATE webhook_endpoints SET due_at = (
         SELECT min(d.due_at) FROM webhook_deliveries d WHERE d.endpoint_id = $1 AND d.due_at IS NOT NULL)
     WHERE id = $1";
