//! Going back to the index before.

use souk_domain::OutboxId;
use souk_store::IndexJob;

use super::context::Context;
use super::verifying::{is_waiting, newest};
use crate::IndexerError;
use crate::verify::{repair, verify};

/// Progress of bringing a live index up to date.
#[derive(Default)]
pub(super) enum CatchingUp {
    #[default]
    Begin,
    /// Until the outbox has nothing up to this row.
    Draining(OutboxId),
    Done,
}

impl CatchingUp {
    pub(super) async fn step(
        self,
        context: &Context,
        job: &IndexJob,
    ) -> Result<Self, IndexerError> {
        match self {
            Self::Begin => {
                let subject = context.subject(job);
                let drift = verify(subject).await?;
                repair(subject, &drift).await?;
                let newest = newest(context, job.tenant).await?;
                Ok(newest.map_or(Self::Done, Self::Draining))
            }
            Self::Draining(newest) if is_waiting(context, job.tenant, newest).await? => {
                Ok(Self::Draining(newest))
            }
            _ => Ok(Self::Done),
        }
    }
}
