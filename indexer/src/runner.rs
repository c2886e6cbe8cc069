//! Runs workers for as long as their process lives.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use rand::{SeedableRng, rngs::SmallRng};
use souk_cache::{Invalidator, Purger};
use souk_search::IndexGenerations;
use souk_store::{Backend, Store};
use souk_telemetry::chain;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info, warn};

use crate::jobs::{JobStep, JobWorker};
use crate::metrics::WorkMetrics;
use crate::relay::backoff;
use crate::tasks::Scheduler;
use crate::{IndexerConfig, IndexerError, Status, SystemClock, Tick, Worker, startup, status};

/// The shortest wait between two looks at an outbox that was empty.
const SHORTEST_POLL: Duration = Duration::from_millis(5);
/// Longest time that a CDN without a response may delay shutdown.
const PURGING: Duration = Duration::from_secs(3);
/// Interval at which a waiting job polls for its condition.
const JOB_WAIT: Duration = Duration::from_millis(100);
/// Interval at which an idle worker polls for a job.
const JOB_POLL: Duration = Duration::from_millis(500);

/// Says that there is something to do, from a writer in the same process. Changes made elsewhere are found by polling.
#[derive(Debug, Clone, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// Has the indexer look at the outbox at once.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// The indexer: a worker for changes, one for jobs, what is scheduled, and the loops around them.
pub struct Indexer {
    store: Store,
    index: Arc<dyn IndexGenerations>,
    worker: Worker,
    /// Extra workers that start while many changes are pending.
    extra_workers: Vec<Worker>,
    jobs: JobWorker,
    scheduler: Scheduler,
    purger: Option<Purger>,
    options: IndexerConfig,
    wake: Wake,
    metrics: WorkMetrics,
}

impl Indexer {
    /// An indexer between a database and an index.
    pub fn new(store: Store, index: Arc<dyn IndexGenerations>, options: IndexerConfig) -> Self {
        let name = format!("{}-{:08x}", std::process::id(), rand::random::<u32>());
        let clock = Arc::new(SystemClock);
        let jobs = JobWorker::new(
            store.clone(),
            index.clone(),
            clock.clone(),
            &options,
            name.clone(),
        );
        let scheduler = Scheduler {
            store: store.clone(),
            index: index.clone(),
            config: options.clone(),
            name: name.clone(),
        };
        let metrics = WorkMetrics::default();
        let worker = |name: String| {
            let (store, index, clock) = (store.clone(), index.clone(), clock.clone());
            Worker::new(store, index, clock, options.clone(), name).counting(metrics.clone())
        };
        // An embedded database takes one change at a time.
        let most = match store.backend() {
            Backend::Postgres => options.workers,
            Backend::Sqlite => 1,
        };
        let extra_workers = (2..=most).map(|number| worker(format!("{name}-{number}")));
        let (extra_workers, worker) = (extra_workers.collect(), worker(name));
        Self {
            store,
            index,
            worker,
            extra_workers,
            jobs,
            scheduler,
            purger: None,
            options,
            wake: Wake::default(),
            metrics,
        }
    }

    /// Returns the metrics of the indexer.
    pub fn metrics(&self) -> &WorkMetrics {
        &self.metrics
    }

    /// Tells caches of what has changed.
    #[must_use]
    pub fn invalidating(self, invalidator: Invalidator) -> Self {
        Self {
            worker: self.worker.invalidating(invalidator.clone()),
            extra_workers: (self.extra_workers.into_iter())
                .map(|extra| extra.invalidating(invalidator.clone()))
                .collect(),
            jobs: self.jobs.invalidating(invalidator),
            ..self
        }
    }

    /// Tells a CDN of what has changed.
    #[must_use]
    pub fn purging(self, purger: Purger) -> Self {
        Self {
            worker: self.worker.purging(purger.clone()),
            extra_workers: (self.extra_workers.into_iter())
                .map(|extra| extra.purging(purger.clone()))
                .collect(),
            jobs: self.jobs.purging(purger.clone()),
            purger: Some(purger),
            ..self
        }
    }

    /// Returns the wake-up call for writers in this process, to be used after a commit.
    pub fn wake(&self) -> Wake {
        self.wake.clone()
    }

    /// Makes every tenant's index exist, and does about it what [`IndexerConfig::sync_on_startup`] says.
    ///
    /// # Errors
    /// If database or index failed.
    pub async fn prepare(&self) -> Result<(), IndexerError> {
        for tenant in self.store.tenants().list().await? {
            let sync = self.options.sync_on_startup;
            startup::start(&self.store, self.index.as_ref(), &tenant, sync).await?;
        }
        Ok(())
    }

    /// [`Self::prepare`], again and again until it succeeds: what is away at the start comes back. False if told to
    /// stop before.
    pub async fn prepare_in_time(&self, shutdown: &CancellationToken) -> bool {
        let mut pace = Pace::new(self.options.poll(), SHORTEST_POLL);
        while let Err(error) = self.prepare().await {
            let wait = pace.failed(&error);
            tokio::select! {
                () = shutdown.cancelled() => return false,
                () = tokio::time::sleep(wait) => {}
            }
        }
        true
    }

    /// Returns how far the index lags behind.
    ///
    /// # Errors
    /// If the database failed.
    pub async fn status(&self) -> Result<Status, IndexerError> {
        status(&self.store, &SystemClock).await
    }

    /// Works until the outbox holds nothing that can be done now, telling `progress` how many
    /// rows each batch settled. Answers how many it were.
    ///
    /// # Errors
    /// If database or index failed.
    pub async fn drain(&mut self, mut progress: impl FnMut(usize)) -> Result<u64, IndexerError> {
        let mut settled = 0;
        loop {
            match self.worker.tick().await? {
                Tick::Idle => {
                    flush_purges(self.purger.as_ref()).await;
                    return Ok(settled);
                }
                Tick::Expired => {}
                Tick::Settled(rows) => {
                    settled += rows as u64;
                    progress(rows);
                }
            }
        }
    }

    /// Works until told to stop; a batch in hand is finished first, and a job in hand given back. Failures pause it,
    /// longer each time, and are reported once an outage.
    pub async fn run(self, shutdown: CancellationToken) {
        let (backlogged, _) = watch::channel(false);
        let extra_workers = self.extra_workers.into_iter().map(|worker| {
            let pace = Pace::new(self.options.poll(), SHORTEST_POLL);
            let metrics = self.metrics.clone();
            run_extra_worker(
                worker,
                metrics,
                pace,
                backlogged.subscribe(),
                shutdown.clone(),
            )
        });
        let extra_workers = join_all(extra_workers);
        let drain = Drain {
            worker: self.worker,
            wake: self.wake,
            pace: Pace::new(self.options.poll(), SHORTEST_POLL),
            batch: self.options.batch as usize,
            backlogged,
            metrics: self.metrics.clone(),
        };
        tokio::join!(
            drain.run(shutdown.clone()),
            extra_workers,
            work_on_jobs(self.jobs, self.metrics, shutdown.clone()),
            self.scheduler.run(shutdown),
        );
        flush_purges(self.purger.as_ref()).await;
        info!("the indexer has stopped");
    }
}

/// Waits until a CDN was told of everything, if there is one.
async fn flush_purges(purger: Option<&Purger>) {
    if let Some(purger) = purger {
        purger.finish(PURGING).await;
    }
}

struct Drain {
    worker: Worker,
    wake: Wake,
    pace: Pace,
    batch: usize,
    /// Reports whether more changes are pending than a batch holds.
    backlogged: watch::Sender<bool>,
    metrics: WorkMetrics,
}

impl Drain {
    async fn run(mut self, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            let tick = self.worker.tick().await;
            self.metrics.turned(&tick);
            self.metrics.paused(tick.is_err());
            self.backlogged
                .send_if_modified(|backlogged| replaced(backlogged, fills(&tick, self.batch)));
            let wait = self.pace.after(&tick);
            if wait.is_zero() {
                continue;
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = self.wake.0.notified(), if !self.pace.failing() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }
}

/// Reports whether a batch was full, so that another is likely to follow.
fn fills(tick: &Result<Tick, IndexerError>, batch: usize) -> bool {
    matches!(tick, Ok(Tick::Settled(rows)) if *rows >= batch)
}

fn replaced(value: &mut bool, by: bool) -> bool {
    std::mem::replace(value, by) != by
}

/// Comes in when it is backlogged and leaves when nothing is left: two batches overlap, since the one is read while the
/// index takes the other. Single changes are left to one worker; shared out, they would only ask for more refreshes.
async fn run_extra_worker(
    mut worker: Worker,
    metrics: WorkMetrics,
    mut pace: Pace,
    mut backlogged: watch::Receiver<bool>,
    shutdown: CancellationToken,
) {
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            until = backlogged.wait_for(|backlogged| *backlogged) => if until.is_err() { return },
        }
        loop {
            let tick = worker.tick().await;
            metrics.turned(&tick);
            let wait = pace.after(&tick);
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
            // Not before: it also makes visible what it has written.
            if matches!(tick, Ok(Tick::Idle)) {
                break;
            }
        }
    }
}

async fn work_on_jobs(mut jobs: JobWorker, metrics: WorkMetrics, shutdown: CancellationToken) {
    let mut pace = Pace::new(JOB_POLL, JOB_POLL);
    while !shutdown.is_cancelled() {
        let step = tokio::select! {
            // A step may be long, and whoever takes the job up does it again.
            () = shutdown.cancelled() => break,
            step = jobs.tick() => step,
        };
        if let Ok(JobStep::Ended(_, state)) = &step {
            metrics.job_ended(*state);
        }
        let wait = match &step {
            Ok(JobStep::Waiting(_)) => JOB_WAIT,
            Ok(JobStep::Idle) => pace.after(&Ok(Tick::Idle)),
            Ok(_) => pace.after(&Ok(Tick::Settled(1))),
            Err(error) => pace.failed(error),
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
    if let Err(error) = jobs.give_back().await {
        debug!(error = chain(&error), "the job is free when its lease ends");
    }
}

/// Pauses between polls: short after work, longer while idle, longest while something is broken.
struct Pace {
    idle: Duration,
    shortest_idle: Duration,
    longest_idle: Duration,
    failures: u32,
    rng: SmallRng,
}

impl Pace {
    fn new(longest_idle: Duration, shortest_idle: Duration) -> Self {
        let rng = SmallRng::seed_from_u64(rand::random());
        Self {
            idle: shortest_idle,
            shortest_idle,
            longest_idle,
            failures: 0,
            rng,
        }
    }

    fn failing(&self) -> bool {
        self.failures > 0
    }

    fn after(&mut self, tick: &Result<Tick, IndexerError>) -> Duration {
        match tick {
            Err(error) => return self.failed(error),
            Ok(_) if self.failing() => {
                info!(failures = self.failures, "indexing goes on");
                self.failures = 0;
            }
            Ok(_) => {}
        }
        match tick {
            Ok(Tick::Idle) => {
                let wait = self.idle;
                self.idle = (self.idle * 2).min(self.longest_idle);
                wait
            }
            _ => {
                self.idle = self.shortest_idle;
                Duration::ZERO
            }
        }
    }

    fn failed(&mut self, error: &IndexerError) -> Duration {
        self.failures = self.failures.saturating_add(1);
        let error_chain = chain(error);
        if self.failures > 1 {
            debug!(
                error = error_chain,
                failures = self.failures,
                "indexing is still paused"
            );
        } else if error.is_transient() {
            warn!(
                error = error_chain,
                "indexing is paused; changes wait in the outbox"
            );
        } else {
            error!(
                error = error_chain,
                "indexing failed and will be tried again; changes wait in the outbox"
            );
        }
        backoff::delay(self.failures.min(4), &mut self.rng)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_pause_grows() {
        let mut pace = Pace::new(Duration::from_millis(12), SHORTEST_POLL);
        let idle = || Ok(Tick::Idle);
        let waits: Vec<_> = (0..4).map(|_| pace.after(&idle()).as_millis()).collect();
        assert_eq!(waits, [5, 10, 12, 12]);
        assert!(pace.after(&Ok(Tick::Settled(1))).is_zero());
        assert_eq!(pace.after(&idle()).as_millis(), 5);
    }
}
