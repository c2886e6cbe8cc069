//! Filling an index that is new or was emptied.

use souk_search::IndexWriter;
use souk_store::{Store, Tenant};
use tracing::info;

use crate::IndexerError;

/// Makes the tenant's index exist, and asks for every product if it holds none: it may be new, or
/// a process may have been killed between making it and asking.
pub(crate) async fn ensure(
    store: &Store,
    writer: &dyn IndexWriter,
    tenant: &Tenant,
) -> Result<(), IndexerError> {
    let is_new = writer.ensure(tenant.id, tenant.language).await?;
    if is_new || writer.entries(tenant.id, None, 1).await?.is_empty() {
        let products = store.outbox().enqueue_all(tenant.id).await?;
        if products > 0 {
            info!(
                tenant = tenant.slug,
                products, "the index is empty; every product was enqueued"
            );
        }
    }
    Ok(())
}
