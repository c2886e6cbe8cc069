//! Secrets of endpoints, encrypted: the current one, and replaced ones until their end.

use sea_orm::{ConnectionTrait, FromQueryResult};
use souk_domain::WebhookEndpointId;

use super::{Webhooks, endpoints::WebhookEndpoint};
use crate::{
    Backend, Scope, StoreError, Transaction,
    backend::{all, execute},
    identity::audit::note,
};

#[derive(FromQueryResult)]
struct Row {
    sealed: Vec<u8>,
}

/// Secrets in force, the newest first: `$1` tenant, `$2` endpoint, `$3` time.
pub(crate) const IN_FORCE: &str = "SELECT sealed FROM webhook_secrets
     WHERE tenant_id = $1 AND endpoint_id = $2 AND (expires_at IS NULL OR expires_at > $3) ORDER BY id DESC";

pub(crate) const PRUNE: &str = "DELETE FROM webhook_secrets WHERE expires_at <= $1";

pub(super) async fn insert(
    transaction: &Transaction,
    scope: &Scope,
    endpoint: WebhookEndpointId,
    sealed: Vec<u8>,
    now_ms: i64,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO webhook_secrets (tenant_id, endpoint_id, sealed, created_at) VALUES ($1, $2, $3, $4)";
    let values = [
        scope.tenant.0.into(),
        endpoint.0.into(),
        sealed.into(),
        now_ms.into(),
    ];
    execute(transaction, scope.store.backend().statement(sql, values)).await?;
    Ok(())
}

/// Returns the secrets in force, the newest first.
pub(super) async fn in_force(
    connection: &impl ConnectionTrait,
    backend: Backend,
    (tenant, endpoint): (i64, i64),
    now_ms: i64,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let values = [tenant.into(), endpoint.into(), now_ms.into()];
    let rows = all::<Row>(connection, backend.statement(IN_FORCE, values)).await?;
    Ok(rows.into_iter().map(|row| row.sealed).collect())
}

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
        insert(&transaction, &self.scope, id, sealed_secret, now_ms).await?;
        note::target(|| format!("webhooks/{id}"));
        transaction.commit().await?;
        Ok(endpoint)
    }
}
