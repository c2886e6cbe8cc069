//! What is done from time to time, by one process for all. Schedules are cron expressions with seconds, in UTC.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use souk_search::IndexGenerations;
use souk_store::{Store, Tenant};
use souk_telemetry::chain;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::verify::{self, Subject};
use crate::{Clock, FeedbackOptions, IndexerError, SystemClock, feedback, housekeeping};

/// How long a task may take before another process thinks that its worker is dead.
const LEASE_MS: i64 = 60 * 60 * 1000;
/// Schedules are exact to a second: processes that are due within one are due for the same reason.
const SAME_MOMENT_MS: i64 = 900;
/// How long a comparison waits for changes that are on their way.
const PATIENCE: Duration = Duration::from_secs(30);
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// When what is done; `off` or nothing means never.
#[derive(Debug, Clone, Args)]
pub struct Schedules {
    /// When a sample of the products is compared with the index, as cron with seconds; `off` for never
    #[arg(long = "verify-schedule", value_name = "CRON", env = "SOUK_VERIFY_SCHEDULE", default_value_t = Self::default().verify)]
    pub verify: String,
    /// How many products that sample has
    #[arg(long, value_name = "PRODUCTS", env = "SOUK_VERIFY_SAMPLE", default_value_t = Self::default().verify_sample, value_parser = clap::value_parser!(u32).range(1..))]
    pub verify_sample: u32,
    /// Have what differs in it indexed again
    #[arg(long, env = "SOUK_VERIFY_REPAIR")]
    pub verify_repair: bool,
    /// When ended jobs, old dead letters and old figures are forgotten
    #[arg(long = "prune-schedule", value_name = "CRON", env = "SOUK_PRUNE_SCHEDULE", default_value_t = Self::default().prune)]
    pub prune: String,
    /// How many days they are kept
    #[arg(long, value_name = "DAYS", env = "SOUK_RETENTION_DAYS", default_value_t = Self::default().keep_days, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub keep_days: u32,
    /// When dead letters are tried again
    #[arg(long = "dead-letters-schedule", value_name = "CRON", env = "SOUK_DEAD_LETTERS_SCHEDULE", default_value_t = Self::default().dead_letters)]
    pub dead_letters: String,
    /// When indexes that nobody needs are discarded
    #[arg(long = "tidy-schedule", value_name = "CRON", env = "SOUK_INDEX_CLEANUP_SCHEDULE", default_value_t = Self::default().tidy)]
    pub tidy: String,
    /// When search learns from what shoppers did
    #[arg(long = "feedback-schedule", value_name = "CRON", env = "SOUK_POPULARITY_SCHEDULE", default_value_t = Self::default().feedback)]
    pub feedback: String,
    /// How it learns
    #[command(flatten)]
    pub learning: FeedbackOptions,
    /// How many days the figures of search analytics are kept
    #[arg(long, value_name = "DAYS", env = "SOUK_ANALYTICS_RETENTION_DAYS", default_value_t = Self::default().analytics_keep_days, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub analytics_keep_days: u32,
}

/// A schedule that cannot be understood.
#[derive(Debug, thiserror::Error)]
#[error(
    "{variable} is `{value}`, which is no schedule; write seconds, minutes, hours, day, month and weekday, such as `0 30 3 * * *`, or `off`"
)]
pub struct BadSchedule {
    /// The variable that sets it.
    pub variable: &'static str,
    /// What it is set to.
    pub value: String,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    Verify,
    Prune,
    RetryDeadLetters,
    Tidy,
    Learn,
}

impl Default for Schedules {
    fn default() -> Self {
        Self {
            verify: "0 10 * * * *".to_owned(),
            verify_sample: 5_000,
            verify_repair: false,
            prune: "0 40 3 * * *".to_owned(),
            keep_days: 30,
            dead_letters: "0 50 * * * *".to_owned(),
            tidy: "0 */15 * * * *".to_owned(),
            feedback: "0 */10 * * * *".to_owned(),
            learning: FeedbackOptions::default(),
            analytics_keep_days: 90,
        }
    }
}

impl Schedules {
    /// Whether each is a schedule.
    ///
    /// # Errors
    /// The first that is none, with its variable.
    pub fn check(&self) -> Result<(), BadSchedule> {
        for (_, variable, cron) in self.on() {
            Job::new_async(cron, |_, _| Box::pin(async {})).map_err(|_| BadSchedule {
                variable,
                value: cron.to_owned(),
            })?;
        }
        Ok(())
    }

    /// Those that are not off, with their variables.
    fn on(&self) -> impl Iterator<Item = (Task, &'static str, &str)> {
        let all = [
            (Task::Verify, "SOUK_VERIFY_SCHEDULE", &self.verify),
            (Task::Prune, "SOUK_PRUNE_SCHEDULE", &self.prune),
            (
                Task::RetryDeadLetters,
                "SOUK_DEAD_LETTERS_SCHEDULE",
                &self.dead_letters,
            ),
            (Task::Tidy, "SOUK_INDEX_CLEANUP_SCHEDULE", &self.tidy),
            (Task::Learn, "SOUK_POPULARITY_SCHEDULE", &self.feedback),
        ];
        all.into_iter()
            .map(|(task, variable, cron)| (task, variable, cron.trim()))
            .filter(|(_, _, cron)| !cron.is_empty() && !cron.eq_ignore_ascii_case("off"))
    }
}

impl Task {
    fn name(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Prune => "prune",
            Self::RetryDeadLetters => "dead-letters",
            Self::Tidy => "tidy",
            Self::Learn => "learn",
        }
    }
}

/// Does tasks when they are due.
#[derive(Clone)]
pub(crate) struct Scheduled {
    pub(crate) store: Store,
    pub(crate) index: Arc<dyn IndexGenerations>,
    pub(crate) schedules: Schedules,
    /// Of this process, unique among all.
    pub(crate) name: String,
}

impl Scheduled {
    /// Does what is due until told to stop.
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
        for (task, _, cron) in self.schedules.on() {
            let scheduled = self.clone();
            let job = Job::new_async(cron, move |_, _| {
                let scheduled = scheduled.clone();
                Box::pin(async move { scheduled.due(task).await })
            })?;
            scheduler.add(job).await?;
        }
        scheduler.start().await?;
        Ok(scheduler)
    }

    async fn due(&self, task: Task) {
        if let Err(error) = self.claim_and_do(task).await {
            warn!(
                task = task.name(),
                error = chain(&error),
                "a scheduled task failed"
            );
        }
    }

    async fn claim_and_do(&self, task: Task) -> Result<(), IndexerError> {
        let now = SystemClock.now_ms();
        let tasks = self.store.scheduled_tasks();
        let due = now - SAME_MOMENT_MS;
        if !tasks
            .claim(task.name(), &self.name, due, LEASE_MS, now)
            .await?
        {
            return Ok(());
        }
        let done = self.perform(task, now).await;
        tasks.release(task.name(), &self.name).await?;
        done
    }

    async fn perform(&self, task: Task, now: i64) -> Result<(), IndexerError> {
        if task == Task::Prune {
            return self.prune(now).await;
        }
        if task == Task::Learn {
            self.store.search_analytics().forget_events(now).await?;
        }
        for tenant in self.store.tenants().list().await? {
            // One marketplace that fails keeps no other from its turn.
            if let Err(error) = self.perform_for(task, &tenant, now).await {
                let (task, tenant, error) = (task.name(), tenant.slug, chain(&error));
                warn!(task, tenant, error, "a scheduled task failed");
            }
        }
        Ok(())
    }

    async fn perform_for(&self, task: Task, tenant: &Tenant, now: i64) -> Result<(), IndexerError> {
        match task {
            Task::Verify => self.verify(tenant).await?,
            Task::RetryDeadLetters => {
                let letters = self.store.scope(tenant.id).dead_letters();
                let letters = letters.retry_all().await?;
                if letters > 0 {
                    info!(
                        tenant = tenant.slug,
                        letters, "dead letters are tried again"
                    );
                }
            }
            Task::Tidy => {
                housekeeping::tidy(&self.store, self.index.as_ref(), tenant.id).await?;
            }
            Task::Learn => {
                feedback::learn(&self.store, tenant, &self.schedules.learning, now).await?;
            }
            Task::Prune => {}
        }
        Ok(())
    }

    async fn verify(&self, tenant: &Tenant) -> Result<(), IndexerError> {
        let subject = Subject::served(&self.store, self.index.as_ref(), tenant.id);
        let found = verify::sample(subject, self.schedules.verify_sample as usize).await?;
        let drift = verify::settle(subject, found, PATIENCE).await?;
        if drift.is_none() {
            return Ok(());
        }
        warn!(
            tenant = tenant.slug,
            compared = drift.compared,
            missing = drift.missing.len(),
            outdated = drift.outdated.len(),
            surplus = drift.surplus.len(),
            repaired = self.schedules.verify_repair,
            "database and index differ; `souk-indexer verify --repair` compares all and mends it"
        );
        if self.schedules.verify_repair {
            verify::repair(&self.store, tenant.id, &drift).await?;
        }
        Ok(())
    }

    async fn prune(&self, now: i64) -> Result<(), IndexerError> {
        let before = now - i64::from(self.schedules.keep_days) * DAY_MS;
        let jobs = self.store.job_queue().prune(before).await?;
        let letters = self.store.outbox().prune_dead_letters(before).await?;
        if jobs + letters > 0 {
            info!(
                jobs,
                letters, "ended jobs and old dead letters were forgotten"
            );
        }
        let keep_days = self.schedules.analytics_keep_days;
        let metrics = self.store.search_analytics().prune(keep_days, now).await?;
        if metrics > 0 {
            info!(metrics, "old metrics of search analytics were forgotten");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_schedule_is_named_and_off_is_one() {
        Schedules::default().check().unwrap();
        for off in ["", "off", " OFF "] {
            let schedules = Schedules {
                prune: off.to_owned(),
                ..Schedules::default()
            };
            schedules.check().unwrap();
            assert!(schedules.on().all(|(task, _, _)| task != Task::Prune));
        }
        let schedules = Schedules {
            tidy: "now and then".to_owned(),
            ..Schedules::default()
        };
        let error = schedules.check().unwrap_err().to_string();
        assert!(error.contains("SOUK_INDEX_CLEANUP_SCHEDULE"), "{error}");
    }
}
