//! Throwing away indexes that nobody needs.

use souk_domain::TenantId;
use souk_search::{Generation, IndexGenerations, PhysicalIndex};
use souk_store::Store;
use tracing::info;

use crate::IndexerError;

/// The index that was served before the one that is: what a rollback goes back to.
pub fn previous(indexes: &[PhysicalIndex]) -> Option<Generation> {
    let serving = indexes.iter().find(|index| index.serving)?.generation;
    let earlier = indexes.iter().map(|index| index.generation);
    earlier.filter(|&generation| generation < serving).max()
}

/// Discards a tenant's indexes, except the one that is served, the one before it, and those that a job works on.
/// Answers how many there were.
///
/// # Errors
/// If database or index failed.
pub async fn delete_unused(
    store: &Store,
    index: &dyn IndexGenerations,
    tenant: TenantId,
) -> Result<usize, IndexerError> {
    // The indexes first: one that is made after this is not in the list, and one that is in it has its job.
    let indexes = index.indexes(tenant).await?;
    if !indexes.iter().any(|index| index.serving) {
        return Ok(0);
    }
    let previous = previous(&indexes);
    let in_use = store.job_queue().generations_in_use(tenant).await?;
    let mut discarded = 0;
    for found in indexes {
        let generation = found.generation;
        let is_needed =
            found.serving || previous == Some(generation) || in_use.contains(&generation.0);
        if is_needed {
            continue;
        }
        index.discard(tenant, generation).await?;
        info!(%tenant, index = found.name, "an index that nobody needs was discarded");
        discarded += 1;
    }
    Ok(discarded)
}
