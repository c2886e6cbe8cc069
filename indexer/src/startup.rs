//! Treatment of an index that is new, was emptied, or has an outdated mapping, at a start.

use souk_config::SyncOnStartup;
use souk_search::IndexGenerations;
use souk_store::{JobRequest, Store, StoreError, Tenant};
use tracing::{info, warn};

use crate::IndexerError;

/// Makes the tenant's index exist, and asks for every product if it holds none, unless that is not wanted: it may be
/// new, or a process may have been killed between making it and asking.
pub(crate) async fn ensure_index(
    store: &Store,
    index: &dyn IndexGenerations,
    tenant: &Tenant,
    sync: SyncOnStartup,
) -> Result<(), IndexerError> {
    let is_new = index.ensure(tenant.id, tenant.language).await?;
    if sync == SyncOnStartup::Never {
        return Ok(());
    }
    if is_new || index.entries(tenant.id, None, 1).await?.is_empty() {
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

/// Steps of a start beyond [`ensure_index`].
pub(crate) async fn start(
    store: &Store,
    index: &dyn IndexGenerations,
    tenant: &Tenant,
    sync: SyncOnStartup,
) -> Result<(), IndexerError> {
    ensure_index(store, index, tenant, sync).await?;
    match sync {
        SyncOnStartup::Never => Ok(()),
        SyncOnStartup::Always => {
            let jobs = store.scope(tenant.id).index_jobs();
            match jobs.request(JobRequest::Reindex, false).await {
                // One that runs does what is wanted.
                Ok(_) | Err(StoreError::Conflict { .. }) => Ok(()),
                Err(error) => Err(error.into()),
            }
        }
        SyncOnStartup::Auto => {
            let indexes = index.indexes(tenant.id).await?;
            if indexes.iter().any(|index| index.serving && !index.current) {
                warn!(
                    tenant = tenant.slug,
                    "the index has an outdated mapping; it works, but build it anew with `souk-indexer reindex --tenant {}` or POST /api/admin/search/reindex",
                    tenant.slug
                );
            }
            Ok(())
        }
    }
}
