//! The command line of `souk-indexer`.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use souk_indexer::{Indexer, IndexerOptions, Status, SystemClock, status};
use souk_search::tantivy::{TantivyIndex, TantivyOptions};
use souk_store::{DatabaseOptions, Store};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// Carries every committed change from the database into the search index
///
/// An embedded installation needs none of it: there `souk serve` does the same inside itself.
#[derive(Debug, Parser)]
#[command(version, name = "souk-indexer")]
pub(crate) struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// Where database and index are.
#[derive(Debug, Args)]
struct Place {
    /// Folder of the embedded database and index
    #[arg(long, env = "SOUK_DATA_DIR", default_value = "data", global = true)]
    data_dir: PathBuf,
    /// PostgreSQL instead of the embedded database
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    database_url: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Index changes as they are made, until told to stop
    Run(IndexerOptions),
    /// Index what is waiting, then stop
    Drain(IndexerOptions),
    /// Say how far the index is behind
    Status(StatusArgs),
}

#[derive(Debug, Args)]
struct StatusArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Exit with 1 if the oldest waiting change is older than this, or if there are dead letters
    #[arg(long, value_name = "SECONDS")]
    max_lag: Option<u64>,
}

/// Logs to standard error as `RUST_LOG` says, `info` by default.
pub(crate) fn start_tracing() {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,tantivy=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

impl Cli {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let store = self.place.store().await?;
        match self.command {
            Command::Run(options) => {
                let indexer = Indexer::new(store, self.place.index()?, options);
                indexer.prepare().await?;
                tracing::info!("indexing changes; stop with Ctrl-C");
                indexer.run(stop_signal()?).await;
                Ok(ExitCode::SUCCESS)
            }
            Command::Drain(options) => {
                drain(Indexer::new(store, self.place.index()?, options)).await?;
                Ok(ExitCode::SUCCESS)
            }
            Command::Status(args) => args.report(status(&store, &SystemClock).await?),
        }
    }
}

impl Place {
    async fn store(&self) -> anyhow::Result<Store> {
        let options = match &self.database_url {
            Some(url) => DatabaseOptions::new(url),
            None => DatabaseOptions::file(&self.data_dir.join("souk.db")),
        };
        Store::connect(&options)
            .await
            .context("the database cannot be opened; `souk migrate` makes one")
    }

    fn index(&self) -> anyhow::Result<Arc<TantivyIndex>> {
        let options = TantivyOptions::new(self.data_dir.join("index"));
        Ok(Arc::new(TantivyIndex::open(options)?))
    }
}

async fn drain(mut indexer: Indexer) -> anyhow::Result<()> {
    indexer.prepare().await?;
    let waiting = indexer.status().await?.rows;
    let bar = progress_bar(waiting);
    let settled = indexer.drain(|rows| bar.inc(rows as u64)).await?;
    bar.finish_and_clear();
    tracing::info!(changes = settled, "the index is up to date");
    Ok(())
}

fn progress_bar(total: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} changes, {per_sec}, {eta} left");
    ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

impl StatusArgs {
    fn report(&self, status: Status) -> anyhow::Result<ExitCode> {
        let mut out = std::io::stdout();
        if self.json {
            writeln!(out, "{}", serde_json::to_string(&status)?)?;
        } else {
            writeln!(out, "waiting changes  {}", status.rows)?;
            writeln!(
                out,
                "oldest change    {:.1} s ago",
                status.lag_ms as f64 / 1000.0
            )?;
            writeln!(out, "dead letters     {}", status.dead_letters)?;
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

fn stop_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    let told = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        told.cancel();
    });
    Ok(stop)
}
