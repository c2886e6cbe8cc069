//! Waiting for what is on its way, and comparing.

use souk_domain::{OutboxId, TenantId};
use souk_search::Generation;
use souk_store::IndexJob;

use super::context::Context;
use crate::IndexerError;
use crate::verify::{Drift, Subject, Suspects, recheck, verify};

/// Progress of the comparison of a new index.
#[derive(Default)]
pub(super) enum Verifying {
    #[default]
    Begin,
    /// Until the outbox has nothing up to this row.
    Draining(OutboxId),
    Counting,
    Suspecting(Suspects),
}

/// Outcome of a step of the comparison.
pub(super) enum Verified {
    /// There is more to do at once.
    More(Verifying),
    /// Others have to do something first.
    Waiting(Verifying),
    /// The index has what it should have.
    Agrees,
    /// Lacks products that the live index has.
    Differs(String),
}

impl Verifying {
    pub(super) async fn step(
        self,
        context: &Context,
        job: &IndexJob,
    ) -> Result<Verified, IndexerError> {
        match self {
            Self::Begin => Ok(Verified::More(match newest(context, job.tenant).await? {
                Some(newest) => Self::Draining(newest),
                None => Self::Counting,
            })),
            Self::Draining(newest) if is_waiting(context, job.tenant, newest).await? => {
                Ok(Verified::Waiting(Self::Draining(newest)))
            }
            Self::Draining(_) => Ok(Verified::More(Self::Counting)),
            Self::Counting => count(context, job).await,
            Self::Suspecting(mut suspects) => {
                if suspects.look_again(context.subject(job)).await? {
                    return judge(context, job, suspects.drift()).await;
                }
                Ok(Verified::Waiting(Self::Suspecting(suspects)))
            }
        }
    }
}

/// The newest of the tenant's changes that waits.
pub(super) async fn newest(
    context: &Context,
    tenant: TenantId,
) -> Result<Option<OutboxId>, IndexerError> {
    Ok(context
        .store
        .scope(tenant)
        .outbox_backlog()
        .newest()
        .await?)
}

/// Reports whether a change up to this one is still pending.
pub(super) async fn is_waiting(
    context: &Context,
    tenant: TenantId,
    newest: OutboxId,
) -> Result<bool, IndexerError> {
    let waiting = context.store.scope(tenant).outbox_backlog();
    Ok(waiting.any_until(newest).await?)
}

async fn count(context: &Context, job: &IndexJob) -> Result<Verified, IndexerError> {
    let generation = Generation(job.generation);
    let indexed = context.index.finish(job.tenant, generation).await?;
    let stored = context.store.scope(job.tenant).document_count().await?;
    if indexed == stored {
        return Ok(Verified::Agrees);
    }
    // With changes coming in, the numbers may never be equal at the same moment.
    let drift = verify(context.subject(job)).await?;
    let suspects = Suspects::of(drift, false);
    Ok(Verified::More(Verifying::Suspecting(suspects)))
}

/// A product that the served index does not have right either is no reason to keep that one: else a single document that
/// is refused by both would stand in the way of every reindex.
async fn judge(context: &Context, job: &IndexJob, drift: Drift) -> Result<Verified, IndexerError> {
    let differing = drift.products();
    let served = Subject {
        generation: None,
        ..context.subject(job)
    };
    let wrong_anyway = recheck(served, &differing).await?.products();
    let Some(worse) = differing.iter().find(|id| !wrong_anyway.contains(id)) else {
        return Ok(Verified::Agrees);
    };
    Ok(Verified::Differs(format!(
        "the new index differs from the database: {} products are missing, {} outdated, {} surplus, such as product {worse}",
        drift.missing.len(),
        drift.outdated.len(),
        drift.surplus.len(),
    )))
}
