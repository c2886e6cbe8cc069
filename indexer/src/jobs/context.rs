//! Dependencies that the steps of a job share.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use souk_search::{Generation, IndexGenerations};
use souk_store::{IndexJob, JobId, JobState, Progress, Store};

use crate::{Clock, IndexerError, sinks::SinkOptions, verify::Subject};

/// Dependencies of work on a job.
#[derive(Clone)]
pub(super) struct Context {
    pub(super) store: Store,
    pub(super) sinks: SinkOptions,
    pub(super) index: Arc<dyn IndexGenerations>,
    pub(super) clock: Arc<dyn Clock>,
    /// Of the worker, unique among all.
    pub(super) name: String,
    pub(super) lease_ms: i64,
    /// Products read at a time.
    pub(super) chunk: u32,
    /// End of the lease on the current job.
    pub(super) expires_at_ms: Arc<AtomicI64>,
}

impl Context {
    pub(super) fn has_expired(&self) -> bool {
        self.clock.now_ms() >= self.expires_at_ms.load(Ordering::SeqCst)
    }

    pub(super) fn leased_until(&self, ms: i64) {
        self.expires_at_ms.store(ms, Ordering::SeqCst);
    }

    /// Saves where the job stands, which renews its lease. None if it is no longer ours.
    pub(super) async fn save(
        &self,
        job: &IndexJob,
        state: JobState,
    ) -> Result<Option<IndexJob>, IndexerError> {
        let progress = Progress {
            state,
            after: job.after,
            total: job.total,
            done: job.done,
        };
        let now = self.clock.now_ms();
        let jobs = self.store.job_queue();
        let saved = jobs
            .save(&self.name, job.id, &progress, self.lease_ms, now)
            .await?;
        if saved.is_some() {
            self.leased_until(now + self.lease_ms);
        }
        Ok(saved)
    }

    /// Renews the lease of a job. False if it is no longer ours.
    pub(super) async fn renew(&self, job: JobId) -> Result<bool, IndexerError> {
        let now = self.clock.now_ms();
        let jobs = self.store.job_queue();
        let renewed = jobs.renew(&self.name, job, self.lease_ms, now).await?;
        if renewed {
            self.leased_until(now + self.lease_ms);
        }
        Ok(renewed)
    }

    /// The job's index, to be compared with the database.
    pub(super) fn subject(&self, job: &IndexJob) -> Subject<'_> {
        Subject {
            store: &self.store,
            index: self.index.as_ref(),
            tenant: job.tenant,
            generation: Some(Generation(job.generation)),
        }
    }
}
