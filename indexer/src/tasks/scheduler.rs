//! Scheduler that runs each task when it is due, in one process of all.

use std::sync::Arc;

use souk_search::IndexGenerations;
use souk_store::Store;
use souk_telemetry::chain;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::clean_up_indexes::CleanUpIndexes;
use super::popularity::Popularity;
use super::prune::Prune;
use super::retry_dead_letters::RetryDeadLetters;
use super::task::{ScheduledTask, TaskContext};
use super::verify_sample::VerifySample;
use crate::{Clock, IndexerConfig, IndexerError};

/// Lease on a task, in milliseconds. Another process may start the task again after it.
const LEASE_MS: i64 = 60 * 60 * 1000;
/// Schedules are exact to a second: processes that are due within one are due for the same reason.
const SAME_MOMENT_MS: i64 = 900;

/// Runs tasks when they are due.
#[derive(Clone)]
pub(crate) struct Scheduler {
    pub(crate) store: Store,
    pub(crate) index: Arc<dyn IndexGenerations>,
    pub(crate) config: IndexerConfig,
    pub(crate) clock: Arc<dyn Clock>,
    /// Name of this process, unique among all.
    pub(crate) name: String,
}

/// Every periodic task.
fn tasks() -> [Arc<dyn ScheduledTask>; 5] {
    [
        Arc::new(VerifySample),
        Arc::new(Prune),
        Arc::new(RetryDeadLetters),
        Arc::new(CleanUpIndexes),
        Arc::new(Popularity),
    ]
}

impl Scheduler {
    /// Runs what is due until shutdown.
    pub(crate) async fn run(self, shutdown: CancellationToken) {
        match self.start().await {
            Ok(mut scheduler) => {
                shutdown.cancelled().await;
                if let Err(error) = scheduler.shutdown().await {
                    warn!(%error, "the schedules did not stop");
                }
            }
            Err(error) => warn!(%error, "the schedules did not start"),
        }
    }

    async fn start(&self) -> Result<JobScheduler, JobSchedulerError> {
        let scheduler = JobScheduler::new().await?;
        for task in tasks() {
            let Some(cron) = task.schedule(&self.config).expression() else {
                continue;
            };
            let (this, cron) = (self.clone(), cron.to_owned());
            let job = Job::new_async(cron, move |_, _| {
                let (this, task) = (this.clone(), task.clone());
                Box::pin(async move { this.run_due(task.as_ref()).await })
            })?;
            scheduler.add(job).await?;
        }
        scheduler.start().await?;
        Ok(scheduler)
    }

    async fn run_due(&self, task: &dyn ScheduledTask) {
        if let Err(error) = self.claim_and_run(task).await {
            warn!(
                task = task.name(),
                error = chain(&error),
                "a scheduled task failed"
            );
        }
    }

    async fn claim_and_run(&self, task: &dyn ScheduledTask) -> Result<(), IndexerError> {
        let now_ms = self.clock.now_ms();
        let claims = self.store.scheduled_tasks();
        let due = now_ms - SAME_MOMENT_MS;
        if !claims
            .claim(task.name(), &self.name, due, LEASE_MS, now_ms)
            .await?
        {
            return Ok(());
        }
        let context = TaskContext {
            store: self.store.clone(),
            index: self.index.clone(),
            config: self.config.clone(),
            now_ms,
        };
        let done = task.run(&context).await;
        claims.release(task.name(), &self.name).await?;
        done
    }
}
