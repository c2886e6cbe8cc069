//! Takes up jobs and goes on with them, step by step.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use souk_cache::{Invalidator, Purger};
use souk_search::{Generation, IndexGenerations};
use souk_store::{IndexJob, JobId, JobKind, JobState, Store};
use souk_telemetry::chain;
use tracing::{debug, info, warn};

use super::backfill::{Backfill, Filled};
use super::context::Context;
use super::rollback::CatchingUp;
use super::verifying::{Verified, Verifying};
use crate::sinks::SinkOptions;
use crate::{Clock, IndexerConfig, IndexerError, index_cleanup};

/// Products read at a time, at most: large ones have to fit into memory, four chunks of them.
const LARGEST_CHUNK: u32 = 500;

/// Works on one job at a time. Several may run side by side, in any number of processes.
pub struct JobWorker {
    context: Context,
    work: Option<Work>,
}

struct Work {
    job: IndexJob,
    phase: Phase,
}

/// Progress of the current job, beyond what the database records.
enum Phase {
    Prepare,
    Fill(Backfill),
    Verify(Verifying),
    Swap,
    CatchUp(CatchingUp),
    End(JobState, Option<String>),
}

/// Outcome of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobStep {
    /// There is no job to work on.
    Idle,
    /// A job goes on.
    Progressed(JobId),
    /// A job waits for changes to be carried over.
    Waiting(JobId),
    /// A job has come to an end.
    Ended(JobId, JobState),
    /// The lease on a job ran out; another goes on with it.
    Lost(JobId),
}

/// True if a backfill reads ahead while it writes.
#[derive(Clone, Copy)]
enum Pace {
    Single,
    Ahead,
}

impl JobWorker {
    /// A worker of the given name, unique among all workers of the database.
    pub fn new(
        store: Store,
        index: Arc<dyn IndexGenerations>,
        clock: Arc<dyn Clock>,
        options: &IndexerConfig,
        name: impl Into<String>,
    ) -> Self {
        let context = Context {
            sinks: SinkOptions::default(),
            store,
            index,
            clock,
            name: name.into(),
            lease_ms: i64::from(options.lease_secs) * 1000,
            chunk: options.batch.min(LARGEST_CHUNK),
            expires_at_ms: Arc::new(AtomicI64::new(0)),
        };
        Self {
            context,
            work: None,
        }
    }

    /// Tells caches when another index is served.
    #[must_use]
    pub fn invalidating(mut self, invalidator: Invalidator) -> Self {
        self.context.sinks.invalidator = Some(invalidator);
        self
    }

    /// Tells a CDN when another index is served.
    #[must_use]
    pub fn purging(mut self, purger: Purger) -> Self {
        self.context.sinks.purger = Some(purger);
        self
    }

    /// Takes the job in hand a chunk further, or takes one up.
    ///
    /// # Errors
    /// If database or index are away; the job is kept, and gone on with from what was saved. Whatever else goes wrong
    /// ends the job as failed.
    pub async fn tick(&mut self) -> Result<JobStep, IndexerError> {
        let context = self.context.clone();
        let job = self.work.as_ref().map(|work| work.job.id);
        let mut ticking = std::pin::pin!(self.advance(Pace::Ahead));
        let Some(job) = job else {
            return ticking.await;
        };
        let every = Duration::from_millis(context.lease_ms.unsigned_abs() / 3);
        loop {
            tokio::select! {
                step = &mut ticking => return step,
                () = tokio::time::sleep(every) => {
                    if let Err(error) = context.renew(job).await {
                        debug!(%error, "the lease was not renewed");
                    }
                }
            }
        }
    }

    /// As [`JobWorker::tick`], by the smallest step that there is.
    ///
    /// # Errors
    /// As [`JobWorker::tick`].
    pub async fn step(&mut self) -> Result<JobStep, IndexerError> {
        self.advance(Pace::Single).await
    }

    /// Gives the job in hand back, for another to go on with at once.
    ///
    /// # Errors
    /// If the database failed; then it is free when the lease ends.
    pub async fn give_back(&mut self) -> Result<(), IndexerError> {
        if let Some(work) = self.work.take() {
            let jobs = self.context.store.job_queue();
            jobs.release(&self.context.name, work.job.id).await?;
        }
        Ok(())
    }

    async fn advance(&mut self, pace: Pace) -> Result<JobStep, IndexerError> {
        let Some(mut work) = self.work.take() else {
            return self.take_up().await;
        };
        let job = work.job.id;
        if self.context.has_expired() {
            warn!(%job, "the lease ran out; another process goes on with the job");
            return Ok(JobStep::Lost(job));
        }
        match work.go_on(&self.context, pace).await {
            Ok(step @ (JobStep::Progressed(_) | JobStep::Waiting(_))) => {
                self.work = Some(work);
                Ok(step)
            }
            Ok(step) => Ok(step),
            Err(error) if error.is_transient() => {
                if !matches!(work.phase, Phase::End(..)) {
                    work.phase = Phase::of(&work.job);
                }
                self.work = Some(work);
                Err(error)
            }
            Err(error) => {
                work.phase = Phase::End(JobState::Failed, Some(chain(&error)));
                self.work = Some(work);
                Ok(JobStep::Progressed(job))
            }
        }
    }

    async fn take_up(&mut self) -> Result<JobStep, IndexerError> {
        let now = self.context.clock.now_ms();
        let (name, lease) = (&self.context.name, self.context.lease_ms);
        let claimed = self
            .context
            .store
            .job_queue()
            .claim(name, lease, now)
            .await?;
        let Some(job) = claimed else {
            return Ok(JobStep::Idle);
        };
        info!(job = %job.id, kind = %job.kind, state = %job.state, tenant = %job.tenant, "working on a job");
        self.context.leased_until(now + lease);
        let id = job.id;
        let phase = Phase::of(&job);
        self.work = Some(Work { job, phase });
        Ok(JobStep::Progressed(id))
    }
}

impl Phase {
    fn of(job: &IndexJob) -> Self {
        match (job.kind, job.state) {
            (_, JobState::Backfilling) => Self::Fill(Backfill::of(job)),
            (JobKind::Reindex, JobState::Verifying) => Self::Verify(Verifying::default()),
            (JobKind::Rollback, JobState::Verifying) => Self::CatchUp(CatchingUp::default()),
            (_, JobState::Swapping) => Self::Swap,
            _ => Self::Prepare,
        }
    }

    /// Reports whether stopping here leaves the live index as it was, and complete.
    fn can_be_cancelled(&self) -> bool {
        match self {
            Self::Prepare | Self::Fill(_) | Self::Verify(_) => true,
            Self::CatchUp(catching_up) => matches!(catching_up, CatchingUp::Draining(_)),
            Self::Swap | Self::End(..) => false,
        }
    }
}

impl Work {
    async fn go_on(&mut self, context: &Context, pace: Pace) -> Result<JobStep, IndexerError> {
        let going_on = Ok(JobStep::Progressed(self.job.id));
        if self.job.cancel_requested && self.phase.can_be_cancelled() {
            self.phase = Phase::End(JobState::Cancelled, None);
        }
        // Where the phase does not come back by itself, it begins anew from what the job says.
        match std::mem::replace(&mut self.phase, Phase::Prepare) {
            Phase::Prepare => match self.job.kind {
                JobKind::Reindex => self.prepare(context).await,
                JobKind::Rollback => self.enter(context, JobState::Swapping).await,
            },
            Phase::Fill(mut backfill) => {
                let filled = match pace {
                    Pace::Single => backfill.step(context, &self.job).await?,
                    Pace::Ahead => backfill.tick(context, &self.job).await?,
                };
                match filled {
                    Filled::All => return self.enter(context, JobState::Verifying).await,
                    Filled::Lost => return Ok(JobStep::Lost(self.job.id)),
                    Filled::Saved(job) => self.job = job,
                    Filled::More => {}
                }
                self.phase = Phase::Fill(backfill);
                going_on
            }
            Phase::Verify(verifying) => match verifying.step(context, &self.job).await? {
                Verified::More(verifying) => {
                    self.phase = Phase::Verify(verifying);
                    going_on
                }
                Verified::Waiting(verifying) => self.wait(context, Phase::Verify(verifying)).await,
                Verified::Agrees => self.enter(context, JobState::Swapping).await,
                Verified::Differs(how) => {
                    self.phase = Phase::End(JobState::Failed, Some(how));
                    going_on
                }
            },
            Phase::Swap => self.swap(context).await,
            Phase::CatchUp(catching_up) => match catching_up.step(context, &self.job).await? {
                CatchingUp::Done => {
                    self.phase = Phase::End(JobState::Done, None);
                    going_on
                }
                catching_up => self.wait(context, Phase::CatchUp(catching_up)).await,
            },
            Phase::End(state, error) => {
                self.phase = Phase::End(state, error);
                self.end(context).await
            }
        }
    }

    /// Makes an empty index.
    async fn prepare(&mut self, context: &Context) -> Result<JobStep, IndexerError> {
        let (tenant, generation) = (self.job.tenant, Generation(self.job.generation));
        let Some(found) = context.store.tenants().get(tenant).await? else {
            return Ok(JobStep::Lost(self.job.id));
        };
        // Nothing half filled may lie between the index that is served and this one, for it would be taken for the one
        // to go back to.
        index_cleanup::delete_unused(&context.store, context.index.as_ref(), tenant).await?;
        // What a process that was killed here has left, or an earlier database of the same folder.
        context.index.discard(tenant, generation).await?;
        context
            .index
            .create(tenant, found.language, generation)
            .await?;
        self.job.total = context.store.scope(tenant).document_count().await?;
        self.enter(context, JobState::Backfilling).await
    }

    async fn swap(&mut self, context: &Context) -> Result<JobStep, IndexerError> {
        let generation = Generation(self.job.generation);
        context.index.serve(self.job.tenant, generation).await?;
        info!(job = %self.job.id, tenant = %self.job.tenant, generation = generation.0, "another index is served");
        let now = context.clock.now_ms();
        for mut sink in context.sinks.open(&context.store) {
            sink.search_changed(self.job.tenant, now).await?;
        }
        match self.job.kind {
            JobKind::Reindex => {
                self.phase = Phase::End(JobState::Done, None);
                Ok(JobStep::Progressed(self.job.id))
            }
            JobKind::Rollback => self.enter(context, JobState::Verifying).await,
        }
    }

    /// Saves that the job is in another state, and goes on with that.
    async fn enter(&mut self, context: &Context, state: JobState) -> Result<JobStep, IndexerError> {
        let Some(job) = context.save(&self.job, state).await? else {
            return Ok(JobStep::Lost(self.job.id));
        };
        self.phase = Phase::of(&job);
        self.job = job;
        Ok(JobStep::Progressed(self.job.id))
    }

    /// Stays where it is, and learns whether somebody has asked the job to stop.
    async fn wait(&mut self, context: &Context, phase: Phase) -> Result<JobStep, IndexerError> {
        let Some(job) = context.save(&self.job, self.job.state).await? else {
            return Ok(JobStep::Lost(self.job.id));
        };
        self.job = job;
        self.phase = phase;
        Ok(JobStep::Waiting(self.job.id))
    }

    async fn end(&mut self, context: &Context) -> Result<JobStep, IndexerError> {
        let Phase::End(state, error) = &self.phase else {
            return Ok(JobStep::Progressed(self.job.id));
        };
        let (job, tenant) = (self.job.id, self.job.tenant);
        let now = context.clock.now_ms();
        let jobs = context.store.job_queue();
        if !jobs
            .end(&context.name, job, *state, error.as_deref(), now)
            .await?
        {
            return Ok(JobStep::Lost(job));
        }
        match error {
            Some(error) => {
                warn!(%job, %tenant, error, "index job failed; the previous index stays live")
            }
            None => info!(%job, %tenant, %state, "a job has ended"),
        }
        let cleaned_up =
            index_cleanup::delete_unused(&context.store, context.index.as_ref(), tenant).await;
        if let Err(error) = cleaned_up {
            debug!(%tenant, error = chain(&error), "unused indexes stay for now");
        }
        Ok(JobStep::Ended(job, *state))
    }
}
