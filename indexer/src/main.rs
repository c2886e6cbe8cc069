//! The indexer as a process of its own.

mod cli;

use std::process::ExitCode;

use clap::Parser;
use rustix::fs::Mode;

/// The system's own makes threads wait for each other where one frees what another has made, as every request does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    // Files hold keys, catalogues and what people search for: only their owner may read what is made here.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let cli = cli::Cli::parse();
    let loaded = match cli.load() {
        Ok(loaded) => loaded,
        Err(error) => return cli::failed(&error.into(), cli::USAGE),
    };
    let traces = match cli::start_tracing(&loaded.config.log) {
        Ok(traces) => traces,
        Err(error) => return cli::failed(&error.into(), 1),
    };
    for warning in &loaded.warnings {
        warning.log();
    }
    let code = cli.run(loaded).await.unwrap_or_else(|error| {
        tracing::error!("{error:#}");
        ExitCode::FAILURE
    });
    if let Some(traces) = traces {
        // Sending goes on in this runtime's other threads.
        traces.end();
    }
    code
}
