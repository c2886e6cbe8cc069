//! Measures the production stack: what Souk adds to Elasticsearch and PostgreSQL, in ratios within one run.

mod changes;
mod checkouts;
mod copying;
mod database;
mod edits;
mod fallback;
mod import;
mod million_orders;
mod orphan;
mod plain_sql;
mod promises;
mod reindex;
mod searches;

use std::{
    fs,
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::Value;
use souk_domain::TenantId;
use souk_search::engines::elasticsearch::{ElasticsearchIndex, ElasticsearchOptions};
use souk_store::{DatabaseOptions, Store};
use tokio::time;

use crate::{
    fill,
    http::{self, Connection},
    place::Place,
    report::Report,
    say,
    vigil::Vigil,
};

/// Longest time to wait for anything.
const TIMEOUT: Duration = Duration::from_secs(30 * 60);
const POLL: Duration = Duration::from_millis(20);

/// Generate a marketplace in a running stack, and measure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// The admin key.
    #[arg(long)]
    admin_key: String,
    /// The indexer's process.
    #[arg(long)]
    indexer: u32,
    /// The program `pgbench`, which checkouts are compared with.
    #[arg(long)]
    pgbench: Option<PathBuf>,
    /// Number of products to generate. Without it, the existing products are measured.
    #[arg(long)]
    products: u32,
    /// Measure only this. May be given several times.
    #[arg(long)]
    only: Vec<Part>,
    /// A folder for files of its own.
    #[arg(long)]
    folder: PathBuf,
    /// File for the measurements as JSON.
    #[arg(long)]
    report: PathBuf,
    /// Measure everything for a short while only.
    #[arg(long)]
    quick: bool,
}

/// Parts that are measured, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    Import,
    Searches,
    Promises,
    Fallback,
    // Before the whole index is written anew: for a minute after that it merges what was written.
    Freshness,
    Drain,
    Burst,
    Edits,
    Reindex,
    // Last: it fills the tables of orders.
    Checkouts,
}

impl Part {
    /// Reports whether the part measures the stack's own products.
    fn needs_products(self) -> bool {
        self != Self::Import
    }
}

/// The running stack.
struct Stack {
    api: SocketAddr,
    elasticsearch: SocketAddr,
    admin_key: &'static str,
    indexer: u32,
    store: Store,
    index: ElasticsearchIndex,
    tenant: TenantId,
    quick: bool,
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode> {
    let report = arguments.report.clone();
    measure(arguments).await?.conclude(&report)
}

async fn measure(arguments: Arguments) -> Result<Report> {
    let mut report = Report::default();
    report.note("products", arguments.products.into(), "number");
    let stack = Arc::new(Stack::open(&arguments).await?);

    let mut filled = arguments.products == 0;
    for part in Part::value_variants() {
        if !arguments.only.is_empty() && !arguments.only.contains(part) {
            continue;
        }
        if part.needs_products() && !filled {
            generate(&stack, &arguments, &mut report).await?;
            filled = true;
        }
        match part {
            Part::Import => import::measure(&stack, &arguments, &mut report).await?,
            Part::Promises => promises::measure(&stack, &arguments, &mut report).await?,
            Part::Searches => searches::measure(&stack, &mut report).await?,
            Part::Fallback => fallback::measure(&stack, &arguments, &mut report).await?,
            Part::Drain => changes::drain(&stack, &mut report).await?,
            Part::Burst => changes::burst(&stack, &mut report).await?,
            Part::Edits => edits::measure(&stack, &arguments, &mut report).await?,
            Part::Freshness => changes::freshness(&stack, &mut report).await?,
            Part::Reindex => reindex::measure(&stack, &mut report).await?,
            Part::Checkouts => checkouts::measure(&stack, &arguments, &mut report).await?,
        }
    }
    Ok(report)
}

async fn generate(stack: &Stack, arguments: &Arguments, report: &mut Report) -> Result<()> {
    say("generating");
    let begun = Instant::now();
    let generating = fill::generate(
        &arguments.place.souk,
        &arguments.place.database,
        arguments.products,
    )?;
    report.note("generating", generating.as_secs_f64(), "s");
    say("indexing");
    stack.drained().await?;
    report.note(
        "generating and indexing",
        begun.elapsed().as_secs_f64(),
        "s",
    );
    Ok(())
}

impl Stack {
    async fn open(arguments: &Arguments) -> Result<Self> {
        let store = Store::connect(&DatabaseOptions::new(&arguments.place.database)).await?;
        let tenants = store.tenants().list().await?;
        let tenant = tenants.first().context("there is no marketplace")?.id;
        let options = ElasticsearchOptions::new(&arguments.place.elasticsearch)?;
        Ok(Self {
            api: http::address(&arguments.place.api)?,
            elasticsearch: http::address(&arguments.place.elasticsearch)?,
            // One run, one key.
            admin_key: arguments.admin_key.clone().leak(),
            indexer: arguments.indexer,
            index: ElasticsearchIndex::new(options)?,
            store,
            tenant,
            quick: arguments.quick,
        })
    }

    fn duration(&self, seconds: u64) -> Duration {
        Duration::from_secs(if self.quick { 2 } else { seconds })
    }

    /// Returns the API's response, to an admin too.
    async fn get(&self, path: &str) -> Result<Value> {
        let mut connection = Connection::open(self.api).await?;
        let (status, body) = connection
            .send(hyper::Method::GET, path, Some(self.admin_key), &Value::Null)
            .await?;
        ensure!(status.is_success(), "GET {path}: {status}");
        Ok(serde_json::from_slice(&body)?)
    }

    async fn sql(&self, statement: &str) -> Result<()> {
        self.store
            .connection()
            .execute_unprepared(statement)
            .await?;
        Ok(())
    }

    /// Returns the numbers of the first column that a statement selects.
    async fn numbers(&self, statement: &str) -> Result<Vec<i64>> {
        let statement = Statement::from_string(DbBackend::Postgres, statement);
        let rows = self.store.connection().query_all_raw(statement).await?;
        let numbers = rows.iter().map(|row| row.try_get_by_index(0));
        Ok(numbers.collect::<Result<_, _>>()?)
    }

    /// Waits until no change waits any more.
    async fn drained(&self) -> Result<()> {
        fill::drained(&self.store).await
    }

    /// Waits until nothing of a bulk load waits any more.
    async fn loaded(&self) -> Result<()> {
        let waiting = "SELECT id FROM outbox WHERE priority > 0 LIMIT 1";
        let mut vigil = Vigil::begin("a bulk load that waits to be indexed");
        loop {
            let statement = Statement::from_string(DbBackend::Postgres, waiting);
            if self
                .store
                .connection()
                .query_one_raw(statement)
                .await?
                .is_none()
            {
                return Ok(());
            }
            vigil.look(Some(self.store.outbox().stats().await?.rows))?;
            time::sleep(POLL).await;
        }
    }

    /// The most memory that the indexer has held since this was last reset, in megabytes.
    fn indexer_memory(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.indexer))?;
        crate::server::megabytes(&status, "VmHWM")
    }

    fn forget_indexer_memory(&self) -> Result<()> {
        Ok(fs::write(
            format!("/proc/{}/clear_refs", self.indexer),
            "5",
        )?)
    }
}
