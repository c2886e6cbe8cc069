//! The command line of `souk-indexer`.

mod dead_letters;
mod place;
mod reindex;
mod run;
mod status;
mod verify;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use souk_config::{
    ConfigFile, ConnectionFlags, Given, IndexerFlags, LoadError, Loaded, LogConfig, LogFormat,
};
use souk_indexer::Indexer;
use souk_telemetry::{
    LineFormat,
    traces::{Traces, TracesError},
};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use place::Place;

/// Exit status for a configuration that cannot be used, as clap's own for a command line.
pub(crate) const USAGE: u8 = 2;
/// Drift was found, or a job failed.
const FOUND: u8 = 3;

const EXIT_CODES: &str = "\
Exit codes:
  0  all is well
  1  an error: database or index are away, or something is not as asked for
  2  the command line or a setting is wrong
  3  database and index differ, or the job failed or was cancelled";

/// Carries every committed change from the database into the search index
///
/// An embedded installation needs none of it: there `souk serve` does the same inside itself.
#[derive(Debug, Parser)]
#[command(version, name = "souk-indexer", after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    file: ConfigFile,
    #[command(flatten)]
    connections: ConnectionFlags,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Index changes as they are made, and work on jobs, until told to stop
    Run(run::RunArgs),
    /// Index what is waiting, then stop
    Drain(IndexerFlags),
    /// Say how far the index is behind
    Status(status::StatusArgs),
    /// Rebuild the index beside the live one, then make it live
    #[command(after_help = reindex::EXAMPLES)]
    Reindex(reindex::ReindexArgs),
    /// Serve the index again that was served before, and bring it up to date
    Rollback(reindex::RollbackArgs),
    /// Compare the index with the database, product by product
    #[command(after_help = verify::EXAMPLES)]
    Verify(verify::VerifyArgs),
    /// Changes that the index has refused too often
    #[command(subcommand)]
    DeadLetters(dead_letters::DeadLettersCommand),
}

impl Cli {
    /// Loads the settings from the file, the environment and the flags of the command.
    pub(crate) fn load(&self) -> Result<Loaded, LoadError> {
        let mut flags = self.connections.given();
        flags.extend(self.command.given());
        Loaded::of_process(self.file.path(), flags)
    }

    pub(crate) async fn run(self, loaded: Loaded) -> anyhow::Result<ExitCode> {
        let place = &Place::new(loaded.config);
        match self.command {
            Command::Run(args) => {
                args.run(place).await?;
                Ok(ExitCode::SUCCESS)
            }
            Command::Drain(_) => {
                drain(place.indexer().await?).await?;
                Ok(ExitCode::SUCCESS)
            }
            Command::Status(args) => args.run(place).await,
            Command::Reindex(args) => args.run(place).await,
            Command::Rollback(args) => args.run(place).await,
            Command::Verify(args) => args.run(place).await,
            Command::DeadLetters(command) => command.run(place).await,
        }
    }
}

impl Command {
    /// Returns the settings that the command's flags give.
    fn given(&self) -> Vec<Given> {
        match self {
            Self::Run(args) => args.given(),
            Self::Drain(flags) => flags.given(),
            Self::Reindex(args) => args.given(),
            Self::Rollback(args) => args.given(),
            Self::Status(_) | Self::Verify(_) | Self::DeadLetters(_) => Vec::new(),
        }
    }
}

/// Starts the log on standard error, and traces if there is a collector.
pub(crate) fn start_tracing(config: &LogConfig) -> Result<Option<Traces>, TracesError> {
    let filter = EnvFilter::new(&config.filter);
    let format = match config.format {
        LogFormat::Text => LineFormat::Text,
        LogFormat::Json => LineFormat::Json,
    };
    souk_telemetry::start("souk-indexer", filter, format)
}

async fn drain(mut indexer: Indexer) -> anyhow::Result<()> {
    indexer.prepare().await?;
    let bar = progress_bar(indexer.status().await?.rows, "changes");
    let settled = indexer.drain(|rows| bar.inc(rows as u64)).await?;
    bar.finish_and_clear();
    tracing::info!(changes = settled, "the index is up to date");
    indexer.embed().await?;
    Ok(())
}

/// A bar on a terminal, and nothing elsewhere.
fn progress_bar(total: u64, unit: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let template = format!("{{msg}} {{bar:40}} {{pos}}/{{len}} {unit}, {{per_sec}}, {{eta}} left");
    let style = ProgressStyle::with_template(&template);
    ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Prints an error that happened before there was a log, to standard error.
pub(crate) fn failed(error: &anyhow::Error, status: u8) -> ExitCode {
    // Nobody may be reading.
    let _ = writeln!(std::io::stderr(), "souk-indexer: {error:#}");
    ExitCode::from(status)
}

/// Prints a line to standard output.
fn line(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

/// Cancelled by SIGTERM or Ctrl-C.
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn commands_of_containers_are_ones_that_there_are() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docker-compose.yml");
        let file = std::fs::read_to_string(file).unwrap();
        let lists = file.lines().filter_map(|line| {
            let (_, list) = line.split_once('[')?;
            list.split_once(']').map(|(list, _)| list)
        });
        let mut tried = 0;
        for list in lists {
            let words = list.split(',').map(|word| word.trim().trim_matches('"'));
            let words: Vec<_> = words.skip_while(|word| *word == "CMD").collect();
            if words[0] == "souk-indexer" {
                Cli::try_parse_from(words).unwrap();
                tried += 1;
            }
        }
        assert_eq!(tried, 2);
    }
}
