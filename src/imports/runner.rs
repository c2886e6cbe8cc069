//! Worker of this process that runs imports, one at a time for each tenant.
//!
//! An import is claimed under a lease in the database, by a process that has its file. When a worker dies, its lease
//! ends and another one begins the import again: products are upserted by their external id, so the catalogue ends up
//! the same.

use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use souk_catalogue_io::import::{self, ImportError, ImportOptions, ImportSummary};
use souk_store::{ImportCounts, ImportJob, ImportState, Store, StoreError};
use souk_telemetry::chain;
use tokio::{task::JoinSet, time};
use tokio_util::sync::CancellationToken;

use super::{
    cleanup,
    failure::message,
    service::ImportService,
    watcher::{Stop, Watcher},
};

/// Time until a dead worker's import is taken over.
const LEASE: Duration = Duration::from_secs(30);
/// Time between two heartbeats, which save the progress, too.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// Time between two looks for imports that other processes have queued or left.
const POLL: Duration = Duration::from_secs(10);
/// Time between two clean-ups.
const CLEAN_UP_EVERY: Duration = Duration::from_secs(3_600);
/// Most imports of different tenants at a time.
const MAX_RUNNING: usize = 2;
/// Workers that may die of an import before it is given up.
const MAX_INTERRUPTIONS: u64 = 5;

/// Worker for imports.
#[derive(Clone)]
pub struct ImportRunner {
    store: Store,
    imports: ImportService,
    /// Unique among all workers.
    name: String,
}

impl ImportRunner {
    /// Runs the imports whose files this process has.
    pub fn new(store: Store, imports: ImportService) -> Self {
        Self {
            store,
            imports,
            name: format!("{}-{:016x}", std::process::id(), rand::random::<u64>()),
        }
    }

    /// Works until shutdown begins. Imports under way are given back then, after the batch that is being written.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut running = JoinSet::new();
        let mut cleaned: Option<Instant> = None;
        while !shutdown.is_cancelled() {
            if cleaned.is_none_or(|at| at.elapsed() >= CLEAN_UP_EVERY) {
                cleaned = Some(Instant::now());
                if let Err(error) = self.clean_up(SystemTime::now()).await {
                    tracing::warn!(error = chain(&error), "old imports cannot be deleted");
                }
            }
            while running.len() < MAX_RUNNING {
                let Some(job) = self.claim_or_log().await else {
                    break;
                };
                let (worker, shutdown) = (self.clone(), shutdown.clone());
                running.spawn(async move { worker.work_on(job, &shutdown).await });
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                Some(_) = running.join_next() => {}
                () = self.imports.started.notified() => {}
                () = time::sleep(POLL) => {}
            }
        }
        while running.join_next().await.is_some() {}
    }

    /// Runs imports until none is due; for tests.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn run_due(&self, shutdown: &CancellationToken) -> Result<(), StoreError> {
        while let Some(job) = self.claim().await? {
            self.work_on(job, shutdown).await;
            if shutdown.is_cancelled() {
                break;
            }
        }
        Ok(())
    }

    /// Deletes imports older than 7 days, and files that no import has.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn clean_up(&self, now: SystemTime) -> Result<(), StoreError> {
        let since = now.duration_since(SystemTime::UNIX_EPOCH);
        let now_ms = since.map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        });
        cleanup::clean_up(&self.store, &self.imports.files, now_ms, now).await
    }

    async fn claim_or_log(&self) -> Option<ImportJob> {
        match self.claim().await {
            Ok(job) => job,
            Err(error) => {
                tracing::warn!(error = chain(&error), "imports cannot be claimed");
                None
            }
        }
    }

    async fn claim(&self) -> Result<Option<ImportJob>, StoreError> {
        let queue = self.store.import_queue();
        let now = self.store.clock_ms().await?;
        for job in queue.due(now).await? {
            if !self.imports.files.has(&job.file_key) {
                continue;
            }
            if let Some(job) = queue.claim(&self.name, &job, lease_ms(), now).await? {
                return Ok(Some(job));
            }
        }
        Ok(None)
    }

    /// Runs an import to its end, or until it has to stop.
    async fn work_on(&self, job: ImportJob, shutdown: &CancellationToken) {
        tracing::info!(import = %job.id, tenant = %job.tenant, run = job.run, "import started");
        let outcome = match self.prepare(&job).await {
            Ok((options, watcher)) => self.import(&job, &options, &watcher, shutdown).await,
            Err(ended) => *ended,
        };
        if let Err(error) = self.settle(&job, outcome).await {
            // The lease ends by itself.
            tracing::warn!(import = %job.id, error = chain(&error), "the end of an import cannot be saved");
        }
    }

    async fn prepare(
        &self,
        job: &ImportJob,
    ) -> Result<(ImportOptions, Arc<Watcher>), Box<Outcome>> {
        let failed = |reason: String| Box::new(Outcome::Failed(job.counts.clone(), reason));
        if job.interrupted >= MAX_INTERRUPTIONS {
            return Err(failed(format!("interrupted {} times", job.interrupted)));
        }
        let options = serde_json::from_value(job.options.clone())
            .map_err(|error| failed(error.to_string()))?;
        let path = self.imports.files.errors_path(&job.file_key, job.run);
        let watcher = Watcher::open(path).map_err(|error| failed(message(&error)))?;
        Ok((options, Arc::new(watcher)))
    }

    /// Imports while the lease is renewed.
    async fn import(
        &self,
        job: &ImportJob,
        options: &ImportOptions,
        watcher: &Arc<Watcher>,
        shutdown: &CancellationToken,
    ) -> Outcome {
        let tenant = match self.store.tenants().get(job.tenant).await {
            Ok(Some(tenant)) => tenant,
            Ok(None) => return Outcome::Lost,
            Err(error) => return self.failed(watcher, &ImportError::Catalogue(error)),
        };
        let args = options.args(self.imports.files.path(&job.file_key), &job.file_name);
        let observer: Arc<dyn import::ImportObserver> = watcher.clone();
        let importing = import::import(&args, &self.store, &tenant, observer);
        tokio::pin!(importing);
        let mut beats = time::interval(HEARTBEAT);
        let mut renewed = Instant::now();
        let result = loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled(), if watcher.stopped().is_none() => watcher.stop(Stop::Shutdown),
                _ = beats.tick() => self.beat(job, watcher, &mut renewed).await,
                result = &mut importing => break result,
            }
        };
        let result = result.and_then(|summary| watcher.flush().map(|()| summary));
        self.outcome(watcher, result)
    }

    /// Saves the progress and looks whether the import has to stop.
    async fn beat(&self, job: &ImportJob, watcher: &Watcher, renewed: &mut Instant) {
        // Told by the end of the import, at the latest.
        let _ = watcher.flush();
        let saved = async {
            let now = self.store.clock_ms().await?;
            let queue = self.store.import_queue();
            let counts = watcher.counts();
            queue
                .save(&self.name, job.id, &counts, lease_ms(), now)
                .await
        };
        match saved.await {
            Ok(Some(job)) => {
                *renewed = Instant::now();
                if job.cancel_requested {
                    watcher.stop(Stop::Requested);
                }
            }
            Ok(None) => watcher.stop(Stop::LeaseLost),
            Err(error) => {
                tracing::warn!(import = %job.id, error = chain(&error), "an import's lease cannot be renewed");
                if renewed.elapsed() >= LEASE {
                    watcher.stop(Stop::LeaseLost);
                }
            }
        }
    }

    fn outcome(&self, watcher: &Watcher, result: Result<ImportSummary, ImportError>) -> Outcome {
        match (result, watcher.stopped()) {
            (Ok(summary), _) => Outcome::Done(watcher.final_counts(&summary)),
            (Err(ImportError::Cancelled), Some(Stop::Shutdown)) => Outcome::GivenBack,
            (Err(ImportError::Cancelled), Some(Stop::Requested)) => {
                Outcome::Cancelled(watcher.counts())
            }
            (Err(ImportError::Cancelled), _) => Outcome::Lost,
            (Err(error), _) => self.failed(watcher, &error),
        }
    }

    fn failed(&self, watcher: &Watcher, error: &ImportError) -> Outcome {
        let source = match error {
            ImportError::Store { source, .. } | ImportError::Catalogue(source) => Some(source),
            _ => None,
        };
        if let Some(source @ StoreError::Unavailable(_)) = source {
            // Begun again when the lease has ended, by which time the database may be back.
            tracing::warn!(error = chain(source), "an import waits for the database");
            return Outcome::Lost;
        }
        let counts = ImportCounts {
            rate: None,
            seconds_left: None,
            ..watcher.counts()
        };
        let _ = watcher.flush();
        Outcome::Failed(counts, message(error))
    }

    /// Says in the database how an import ended.
    async fn settle(&self, job: &ImportJob, outcome: Outcome) -> Result<(), StoreError> {
        let queue = self.store.import_queue();
        let (state, counts, error) = match outcome {
            Outcome::Done(counts) => (ImportState::Done, counts, None),
            Outcome::Cancelled(counts) => (ImportState::Cancelled, counts, None),
            Outcome::Failed(counts, reason) => (ImportState::Failed, counts, Some(reason)),
            Outcome::GivenBack => {
                tracing::info!(import = %job.id, "import given back");
                return queue.release(&self.name, job.id).await;
            }
            Outcome::Lost => {
                tracing::warn!(import = %job.id, "import left to another worker");
                return Ok(());
            }
        };
        let now = self.store.clock_ms().await?;
        let ended = queue
            .end(&self.name, job.id, state, &counts, error.as_deref(), now)
            .await?;
        if ended {
            let (created, updated, skipped) = (counts.created, counts.updated, counts.skipped);
            tracing::info!(import = %job.id, %state, created, updated, skipped, error, "import ended");
        }
        Ok(())
    }
}

/// End of work on an import.
enum Outcome {
    Done(ImportCounts),
    Cancelled(ImportCounts),
    Failed(ImportCounts, String),
    /// Shutdown of this process.
    GivenBack,
    /// Another worker has it, or will.
    Lost,
}

fn lease_ms() -> i64 {
    i64::try_from(LEASE.as_millis()).unwrap_or(i64::MAX)
}
