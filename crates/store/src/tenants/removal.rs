//! Removal of a tenant with all that it has.

use souk_domain::TenantId;

use super::{ENQUEUE_TENANT, Tenants};
use crate::{StoreError, backend::execute, etag, identity::audit::note};

/// Time after which no process serves a removed tenant any more, in milliseconds. The indexer then removes what was
/// kept of it meanwhile.
const SERVED_NO_MORE_MS: i64 = 5_000;

/// Tables with a tenant's rows, in the order of deletion.
const DELETE_CONTENT: [&str; 27] = [
    // Sellers stay while orders name them.
    "DELETE FROM order_groups WHERE tenant_id = $1",
    "DELETE FROM products WHERE tenant_id = $1",
    // SQLite checks each row as it goes, so a parent goes only when no child points to it.
    "UPDATE categories SET parent_id = NULL WHERE tenant_id = $1 AND parent_id IS NOT NULL",
    "DELETE FROM categories WHERE tenant_id = $1",
    "DELETE FROM fandoms WHERE tenant_id = $1",
    "DELETE FROM sellers WHERE tenant_id = $1",
    "DELETE FROM attribute_definitions WHERE tenant_id = $1",
    "DELETE FROM attribute_names WHERE tenant_id = $1",
    "DELETE FROM attribute_revisions WHERE tenant_id = $1",
    "DELETE FROM outbox WHERE tenant_id = $1",
    "DELETE FROM dead_letters WHERE tenant_id = $1",
    "DELETE FROM search_configs WHERE tenant_id = $1",
    "DELETE FROM search_config_versions WHERE tenant_id = $1",
    "DELETE FROM search_queries WHERE tenant_id = $1",
    "DELETE FROM search_days WHERE tenant_id = $1",
    "DELETE FROM search_product_days WHERE tenant_id = $1",
    "DELETE FROM search_visitors WHERE tenant_id = $1",
    "DELETE FROM search_networks WHERE tenant_id = $1",
    "DELETE FROM search_network_sums WHERE tenant_id = $1",
    "DELETE FROM suggested_queries WHERE tenant_id = $1",
    "DELETE FROM suggestion_decisions WHERE tenant_id = $1",
    "DELETE FROM tenant_hosts WHERE tenant_id = $1",
    "DELETE FROM tenant_keys WHERE tenant_id = $1",
    "DELETE FROM api_keys WHERE tenant_id = $1",
    "DELETE FROM tenants WHERE id = $1",
    // The ledger of a tenant that exists is never deleted.
    "DELETE FROM ledger_entries WHERE tenant_id = $1",
    "DELETE FROM ledger_journals WHERE tenant_id = $1",
];

impl Tenants {
    /// Removes a tenant with all that it has, its waiting changes included. The indexer removes its index at once, and
    /// what caches keep of it when no process serves it any more.
    ///
    /// # Errors
    /// If there is none of this slug, or it is not in the state that `if_match` names.
    pub async fn remove(&self, slug: &str, if_match: Option<&str>) -> Result<TenantId, StoreError> {
        let backend = self.store.backend();
        let transaction = self.store.begin().await?;
        // First of all, so that nobody adds to what is deleted before the tenant itself is.
        let tenant = self
            .locked(&transaction, slug, backend.for_deletion())
            .await?;
        etag::check(if_match, &tenant.etag())?;
        note::target(|| format!("tenants/{slug}"));
        for sql in DELETE_CONTENT {
            let statement = backend.statement(sql, [tenant.id.0.into()]);
            execute(&transaction, statement).await?;
        }
        let at_once = backend.statement(ENQUEUE_TENANT, [tenant.id.0.into()]);
        execute(&transaction, at_once).await?;
        let later = "INSERT INTO outbox (tenant_id, entity, entity_id, available_at)
             VALUES ($1, 'product', 0, $2)";
        let at = crate::backend::now_ms() + SERVED_NO_MORE_MS;
        let values = [tenant.id.0.into(), at.into()];
        execute(&transaction, backend.statement(later, values)).await?;
        transaction.commit().await?;
        Ok(tenant.id)
    }
}
