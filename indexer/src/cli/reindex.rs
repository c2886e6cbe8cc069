//! `souk-indexer reindex` and `rollback`, with progress.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use clap::Args;
use souk_cache::Invalidator;
use souk_config::{Given, IndexerFlags};
use souk_indexer::{Indexer, IndexerConfig, previous};
use souk_search::IndexGenerations;
use souk_store::{IndexJob, JobRequest, JobState, Store, Tenant};
use tokio_util::sync::CancellationToken;

use super::{
    FOUND, line,
    place::{Place, Which},
    progress_bar, stop_signal,
};

pub(super) const EXAMPLES: &str = "\
Search goes on meanwhile, on the index that is served, and no change is lost. An indexer that runs elsewhere takes the
job; if none does, this process works on it. Stopped midway, the next indexer goes on.

Examples:
  souk-indexer reindex
  souk-indexer reindex --tenant fanshop --supersede
  souk-indexer reindex --detach && souk-indexer status";

/// Time that an indexer elsewhere has to start a job, before this process does.
const OTHERS_FIRST: Duration = Duration::from_secs(3);
const POLL: Duration = Duration::from_millis(200);

#[derive(Debug, Args)]
pub(super) struct ReindexArgs {
    #[command(flatten)]
    which: Which,
    /// Stop the running job, and start over
    #[arg(long)]
    supersede: bool,
    /// Only ask for it: an indexer that runs elsewhere does the work
    #[arg(long)]
    detach: bool,
    #[command(flatten)]
    indexer: IndexerFlags,
}

#[derive(Debug, Args)]
pub(super) struct RollbackArgs {
    #[command(flatten)]
    which: Which,
    /// Stop the job that runs
    #[arg(long)]
    supersede: bool,
    #[command(flatten)]
    indexer: IndexerFlags,
}

impl ReindexArgs {
    pub(super) fn given(&self) -> Vec<Given> {
        self.indexer.given()
    }

    pub(super) async fn run(self, place: &Place) -> anyhow::Result<ExitCode> {
        let watch = Watch::new(place).await?;
        let mut jobs = Vec::new();
        for tenant in self.which.tenants(&watch.store).await? {
            let job = watch
                .ask(&tenant, JobRequest::Reindex, self.supersede)
                .await?;
            jobs.push((tenant, job));
        }
        if self.detach {
            for (tenant, job) in jobs {
                line(&format!("{}: job {} is queued", tenant.slug, job.id))?;
            }
            return Ok(ExitCode::SUCCESS);
        }
        watch.until_ended(jobs).await
    }
}

impl RollbackArgs {
    pub(super) fn given(&self) -> Vec<Given> {
        self.indexer.given()
    }

    pub(super) async fn run(self, place: &Place) -> anyhow::Result<ExitCode> {
        let watch = Watch::new(place).await?;
        let mut jobs = Vec::new();
        for tenant in self.which.tenants(&watch.store).await? {
            let indexes = watch.index.indexes(tenant.id).await?;
            let Some(generation) = previous(&indexes) else {
                bail!("{} has no earlier index to go back to", tenant.slug);
            };
            let request = JobRequest::Rollback {
                generation: generation.0,
            };
            let job = watch.ask(&tenant, request, self.supersede).await?;
            jobs.push((tenant, job));
        }
        watch.until_ended(jobs).await
    }
}

/// Sees jobs through.
struct Watch {
    store: Store,
    index: Arc<dyn IndexGenerations>,
    invalidator: Option<Invalidator>,
    options: IndexerConfig,
}

impl Watch {
    async fn new(place: &Place) -> anyhow::Result<Self> {
        Ok(Self {
            store: place.store().await?,
            index: place.index()?,
            invalidator: place.invalidator()?,
            options: place.config().indexer.clone(),
        })
    }

    async fn ask(
        &self,
        tenant: &Tenant,
        request: JobRequest,
        supersede: bool,
    ) -> anyhow::Result<IndexJob> {
        let jobs = self.store.scope(tenant.id).index_jobs();
        jobs.request(request, supersede).await.with_context(|| {
            format!(
                "{}: no job was made; --supersede stops the one that runs",
                tenant.slug
            )
        })
    }

    /// Shows how far each is, and works on them if nobody else does.
    async fn until_ended(&self, jobs: Vec<(Tenant, IndexJob)>) -> anyhow::Result<ExitCode> {
        let stop = stop_signal()?;
        let work_ends = CancellationToken::new();
        let mut work = None;
        let mut failed = false;
        let began = Instant::now();
        for (tenant, job) in jobs {
            let bar = progress_bar(job.total, "products");
            let ended = loop {
                let job = self.store.scope(tenant.id).index_jobs().get(job.id).await?;
                bar.set_message(format!("{} {}", tenant.slug, job.state));
                bar.set_length(job.total);
                bar.set_position(job.done);
                if job.state.is_final() {
                    break job;
                }
                if work.is_none() && job.state == JobState::Queued && began.elapsed() > OTHERS_FIRST
                {
                    work = Some(self.start_work(&work_ends).await?);
                }
                tokio::select! {
                    () = tokio::time::sleep(POLL) => {}
                    () = stop.cancelled() => {
                        work_ends.cancel();
                        if let Some(work) = work {
                            let _ = work.await;
                        }
                        bail!("stopped; an indexer that runs goes on with job {}", job.id);
                    }
                }
            };
            bar.finish_and_clear();
            failed |= ended.state != JobState::Done;
            line(&told(&tenant, &ended))?;
        }
        work_ends.cancel();
        if let Some(work) = work {
            work.await?;
        }
        Ok(if failed {
            ExitCode::from(FOUND)
        } else {
            ExitCode::SUCCESS
        })
    }

    async fn start_work(
        &self,
        end: &CancellationToken,
    ) -> anyhow::Result<tokio::task::JoinHandle<()>> {
        let options = self.options.clone();
        let mut indexer = Indexer::new(self.store.clone(), self.index.clone(), options);
        if let Some(invalidator) = &self.invalidator {
            indexer = indexer.invalidating(invalidator.clone());
        }
        indexer.prepare().await.context(
            "no indexer takes the job, and this process cannot work on it either; the job stays queued",
        )?;
        Ok(tokio::spawn(indexer.run(end.clone())))
    }
}

fn told(tenant: &Tenant, job: &IndexJob) -> String {
    let mut text = format!("{}: {} {} is {}", tenant.slug, job.kind, job.id, job.state);
    if let Some(error) = &job.error {
        text.push_str(&format!(": {error}"));
    }
    if job.failed > 0 {
        let sample = job.sample_error.as_deref().unwrap_or_default();
        text.push_str(&format!(
            "; {} documents were refused, such as: {sample}",
            job.failed
        ));
    }
    text
}
