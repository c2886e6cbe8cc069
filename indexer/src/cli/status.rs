//! `souk-indexer status`: lag, jobs and dead letters.

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use souk_domain::TenantId;
use souk_indexer::{Status, SystemClock, status};
use souk_search::IndexGenerations;
use souk_store::IndexJob;

use super::{
    line,
    place::{Place, Which},
};

#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Exit with 1 if the oldest waiting change is older than this, or if there are dead letters
    #[arg(long, value_name = "SECONDS")]
    max_lag: Option<u64>,
    #[command(flatten)]
    which: Which,
}

#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    status: Status,
    tenants: Vec<TenantReport>,
}

#[derive(Serialize)]
struct TenantReport {
    tenant: String,
    /// None if the index is away.
    indexes: Option<Vec<IndexReport>>,
    job: Option<IndexJob>,
}

#[derive(Serialize)]
struct IndexReport {
    generation: i64,
    name: String,
    serving: bool,
    current: bool,
    documents: u64,
    bytes: u64,
}

impl StatusArgs {
    pub(super) async fn run(self, place: &Place) -> anyhow::Result<ExitCode> {
        let (store, index) = (place.store().await?, place.index()?);
        let status = status(&store, &SystemClock).await?;
        let mut tenants = Vec::new();
        for tenant in self.which.tenants(&store).await? {
            tenants.push(TenantReport {
                indexes: indexes(index.as_ref(), tenant.id).await,
                job: store.scope(tenant.id).index_jobs().active().await?,
                tenant: tenant.slug,
            });
        }
        let report = Report { status, tenants };
        if self.json {
            line(&serde_json::to_string(&report)?)?;
        } else {
            report.print()?;
        }
        let behind = self
            .max_lag
            .is_some_and(|secs| status.lag_ms > secs * 1000 || status.dead_letters > 0);
        Ok(if behind {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        })
    }
}

/// None if the index is away.
async fn indexes(index: &dyn IndexGenerations, tenant: TenantId) -> Option<Vec<IndexReport>> {
    let found = match index.indexes(tenant).await {
        Ok(found) => found,
        Err(error) => {
            tracing::warn!(%error, "the index cannot be asked");
            return None;
        }
    };
    let reports = found.into_iter().map(|index| IndexReport {
        generation: index.generation.0,
        name: index.name,
        serving: index.serving,
        current: index.current,
        documents: index.documents,
        bytes: index.bytes,
    });
    Some(reports.collect())
}

impl Report {
    fn print(&self) -> anyhow::Result<()> {
        let lag_secs = self.status.lag_ms as f64 / 1000.0;
        line(&format!("waiting changes  {}", self.status.rows))?;
        line(&format!("oldest change    {lag_secs:.1} s ago"))?;
        line(&format!("dead letters     {}", self.status.dead_letters))?;
        for tenant in &self.tenants {
            line(&format!("\n{}", tenant.tenant))?;
            if let Some(job) = &tenant.job {
                let (kind, id, state) = (job.kind, job.id, job.state);
                line(&format!(
                    "  {kind} {id} is {state}: {} of {}",
                    job.done, job.total
                ))?;
            }
            for index in tenant.indexes.iter().flatten() {
                let state = match (index.serving, index.current) {
                    (true, true) => "served",
                    (true, false) => "served, with an outdated mapping: souk-indexer reindex",
                    (false, _) => "kept",
                };
                line(&format!(
                    "  {}  {} documents  {} bytes  {state}",
                    index.name, index.documents, index.bytes
                ))?;
            }
        }
        Ok(())
    }
}
