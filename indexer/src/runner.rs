//! Runs workers for as long as their process lives.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use souk_cache::{Invalidator, Purger};
use souk_embeddings::Embedder;
use souk_search::{IndexGenerations, engines::sql::SqlProjection};
use souk_store::{Backend, Lane, Store};
use souk_telemetry::chain;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use crate::drain::{Backlogged, Drain, run_extra_worker};
use crate::embedding::Embedding;
use crate::jobs::{JobStep, JobWorker};
use crate::metrics::WorkMetrics;
use crate::pace::{JOB_RESCUE, Pace, SHORTEST_POLL};
use crate::price_clock::follow_sales;
use crate::projector::{self, Projector};
use crate::sinks::{ChangedTexts, SinkOptions};
use crate::tasks::Scheduler;
use crate::wake::{Wake, listen};
use crate::{DatabaseClock, IndexerConfig, IndexerError, Status, Tick, Worker, startup, status};

/// Longest time that a CDN without a response may delay shutdown.
const PURGING: Duration = Duration::from_secs(3);
/// Interval at which a waiting job polls for its condition.
const JOB_WAIT: Duration = Duration::from_millis(100);
/// Interval at which an idle worker polls for a job.
const JOB_POLL: Duration = Duration::from_millis(500);

/// The indexer: workers for changes, one for jobs, what is scheduled, and the loops around them.
pub struct Indexer {
    store: Store,
    projection: SqlProjection,
    index: Arc<dyn IndexGenerations>,
    clock: Arc<DatabaseClock>,
    worker: Worker,
    /// Serves the background where the database has room for a worker beside the one of edits.
    background: Option<Worker>,
    /// Extra workers that start while many changes are pending.
    extra_workers: Vec<Worker>,
    jobs: JobWorker,
    scheduler: Scheduler,
    purger: Option<Purger>,
    embedding: Option<Embedding>,
    options: IndexerConfig,
    wake: Wake,
    metrics: WorkMetrics,
}

impl Indexer {
    /// An indexer between a database and an index.
    pub fn new(store: Store, index: Arc<dyn IndexGenerations>, options: IndexerConfig) -> Self {
        let name = format!("{}-{:08x}", std::process::id(), rand::random::<u32>());
        let clock = Arc::new(DatabaseClock::default());
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
            clock: clock.clone(),
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
        let extra_workers = extra_workers.collect();
        let background = (store.backend() == Backend::Postgres)
            .then(|| worker(format!("{name}-background")).serving(Lane::Background));
        let worker = worker(name);
        Self {
            projection: SqlProjection::new(store.clone()),
            store,
            index,
            clock,
            worker,
            background,
            extra_workers,
            jobs,
            scheduler,
            purger: None,
            embedding: None,
            options,
            wake: Wake::default(),
            metrics,
        }
    }

    /// Returns the metrics of the indexer.
    pub fn metrics(&self) -> &WorkMetrics {
        &self.metrics
    }

    /// Makes vectors of products' texts by a model, if there is one. Called before [`Self::invalidating`] and [`Self::purging`].
    #[must_use]
    pub fn embedding(self, embedder: Option<Arc<dyn Embedder>>) -> Self {
        let Some(embedder) = embedder else {
            return self;
        };
        let changed = ChangedTexts::default();
        let collecting = |worker: Worker| worker.collecting(changed.clone());
        Self {
            worker: collecting(self.worker),
            background: self.background.map(collecting),
            extra_workers: self.extra_workers.into_iter().map(collecting).collect(),
            embedding: Some(Embedding {
                store: self.store.clone(),
                index: self.index.clone(),
                embedder,
                changed: changed.clone(),
                clock: self.clock.clone(),
                sink_options: SinkOptions::default(),
                metrics: self.metrics.clone(),
                unseen: None,
            }),
            ..self
        }
    }

    /// Tells caches of what has changed.
    #[must_use]
    pub fn invalidating(self, invalidator: Invalidator) -> Self {
        Self {
            worker: self.worker.invalidating(invalidator.clone()),
            background: (self.background).map(|worker| worker.invalidating(invalidator.clone())),
            extra_workers: (self.extra_workers.into_iter())
                .map(|extra| extra.invalidating(invalidator.clone()))
                .collect(),
            jobs: self.jobs.invalidating(invalidator.clone()),
            embedding: self.embedding.map(|mut embedding| {
                embedding.sink_options.invalidator = Some(invalidator);
                embedding
            }),
            ..self
        }
    }

    /// Tells a CDN of what has changed.
    #[must_use]
    pub fn purging(self, purger: Purger) -> Self {
        Self {
            worker: self.worker.purging(purger.clone()),
            background: (self.background).map(|worker| worker.purging(purger.clone())),
            extra_workers: (self.extra_workers.into_iter())
                .map(|extra| extra.purging(purger.clone()))
                .collect(),
            jobs: self.jobs.purging(purger.clone()),
            embedding: self.embedding.map(|mut embedding| {
                embedding.sink_options.purger = Some(purger.clone());
                embedding
            }),
            purger: Some(purger),
            ..self
        }
    }

    /// Returns the wake-up call for writers in this process, to be used after a commit.
    pub fn wake(&self) -> Wake {
        self.wake.clone()
    }

    /// Reads the database's clock, makes every tenant's index exist, and does about it what [`IndexerConfig::sync_on_startup`] says.
    ///
    /// # Errors
    /// If database or index failed.
    pub async fn prepare(&self) -> Result<(), IndexerError> {
        self.clock.sync(&self.store).await?;
        for tenant in self.store.tenants().list().await? {
            let renewed = self.projection.prepare(tenant.id, tenant.language).await?;
            if renewed {
                info!(
                    tenant = tenant.slug,
                    "words for the database's search are made anew"
                );
            }
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
        status(&self.store, self.clock.as_ref()).await
    }

    /// Works until the outbox holds nothing that can be done now and the SQL engine's projection is current, telling `progress` how many
    /// rows each batch settled. Answers how many it were.
    ///
    /// # Errors
    /// If database or index failed.
    pub async fn drain(&mut self, mut progress: impl FnMut(usize)) -> Result<u64, IndexerError> {
        let mut settled = 0;
        loop {
            match self.worker.tick().await? {
                Tick::Idle => {
                    Box::pin(self.projection.catch_up(projector::BATCH)).await?;
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

    /// Makes vectors of all texts that have none, if there is a model.
    ///
    /// # Errors
    /// If database or index failed.
    pub async fn embed(&mut self) -> Result<(), IndexerError> {
        if let Some(embedding) = &mut self.embedding {
            while Box::pin(embedding.tick()).await? {}
        }
        Ok(())
    }

    /// Works until told to stop; a batch in hand is finished first, and a job in hand given back. Failures pause it,
    /// longer each time, and are reported once an outage.
    pub async fn run(self, shutdown: CancellationToken) {
        let (backlogged, _) = watch::channel(Backlogged::default());
        let (listening, is_listening) = watch::channel(false);
        let projector = Projector {
            projection: self.projection,
            wake: self.wake.clone(),
            listening: is_listening.clone(),
            backlogged: backlogged.subscribe(),
        };
        let embedding = self.embedding;
        let pace = || Pace::new(self.options.poll(), SHORTEST_POLL);
        let extra_workers = self.extra_workers.into_iter().map(|worker| {
            let metrics = self.metrics.clone();
            let backlogged = backlogged.subscribe();
            run_extra_worker(worker, metrics, pace(), backlogged, shutdown.clone())
        });
        let extra_workers = join_all(extra_workers);
        let drain = |worker, lane| Drain {
            worker,
            lane,
            wake: self.wake.clone(),
            listening: is_listening.clone(),
            pace: pace(),
            batch: self.options.batch as usize,
            backlogged: backlogged.clone(),
            metrics: self.metrics.clone(),
        };
        let (edits, background) = match self.background {
            Some(background) => (
                drain(self.worker.serving(Lane::Edits), Lane::Edits),
                Some(drain(background, Lane::Background)),
            ),
            None => (drain(self.worker, Lane::All), None),
        };
        tokio::join!(
            edits.run(shutdown.clone()),
            async {
                if let Some(background) = background {
                    background.run(shutdown.clone()).await;
                }
            },
            extra_workers,
            work_on_jobs(
                self.jobs,
                self.metrics.clone(),
                self.wake.clone(),
                is_listening.clone(),
                shutdown.clone(),
            ),
            listen(&self.store, &self.wake, &listening, &shutdown),
            self.clock.follow(&self.store, &shutdown),
            self.scheduler.run(shutdown.clone()),
            follow_sales(self.store.clone(), self.wake.clone(), shutdown.clone()),
            projector.run(shutdown.clone()),
            async {
                if let Some(embedding) = embedding {
                    embedding.run(shutdown.clone()).await;
                }
            },
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

async fn work_on_jobs(
    mut jobs: JobWorker,
    metrics: WorkMetrics,
    wake: Wake,
    listening: watch::Receiver<bool>,
    shutdown: CancellationToken,
) {
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
            Ok(JobStep::Idle) => {
                let wait = pace.after(&Ok(Tick::Idle));
                if *listening.borrow() {
                    JOB_RESCUE
                } else {
                    wait
                }
            }
            Ok(_) => pace.after(&Ok(Tick::Settled(1))),
            Err(error) => pace.failed(error),
        };
        let is_idle = matches!(step, Ok(JobStep::Idle));
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = wake.woken_for_jobs(), if is_idle => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
    if let Err(error) = jobs.give_back().await {
        debug!(error = chain(&error), "the job is free when its lease ends");
    }
}
