//! Secrets of endpoints, encrypted: the current one, and replaced ones until their end.

use sea_orm::{ConnectionTrait, FromQueryResult};
use souk_domain::WebhookEndpointId;

use crate::{
    Backend, Scope, StoreError, Transaction,
    backend::{all, execute},
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
