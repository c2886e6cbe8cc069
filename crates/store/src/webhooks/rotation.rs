//! Rotation of an endpoint's secret.

use souk_domain::WebhookEndpointId;

use super::{Webhooks, endpoints::WebhookEndpoint, secrets};
use crate::{StoreError, backend::execute, identity::audit::note};

impl Webhooks {
    /// Gives an endpoint another secret, encrypted. The current one is good until `old_ends_at_ms`; one before it ends at once,
    /// so that at most two are in force.
    ///
    /// # Errors
    /// If there is no such endpoint, or the database fails.
    pub async fn rotate_secret(
        &self,
        id: WebhookEndpointId,
        sealed_secret: Vec<u8>,
        old_ends_at_ms: i64,
        now_ms: i64,
    ) -> Result<WebhookEndpoint, StoreError> {
        let (transaction, endpoint) = self.begin_with(id).await?;
        let ids = || [self.scope.tenant.0.into(), id.0.into()];
        let backend = self.scope.store.backend();
        let sql = "DELETE FROM webhook_secrets WHERE tenant_id = $1 AND endpoint_id = $2 AND expires_at IS NOT NULL";
        execute(&transaction, backend.statement(sql, ids())).await?;
        let sql =
            "UPDATE webhook_secrets SET expires_at = $3 WHERE tenant_id = $1 AND endpoint_id = $2";
        let values = ids().into_iter().chain([old_ends_at_ms.into()]);
        execute(&transaction, backend.statement(sql, values)).await?;
        secrets::insert(&transaction, &self.scope, id, sealed_secret, now_ms).await?;
        note::target(|| format!("webhooks/{id}"));
        transaction.commit().await?;
        Ok(endpoint)
    }
}
