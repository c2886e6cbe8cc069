//! The indexer as a process of its own.

mod cli;

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let traces = match cli.start_tracing() {
        Ok(traces) => traces,
        Err(error) => return cli::failed(&error.into()),
    };
    let code = cli.run().await.unwrap_or_else(|error| {
        tracing::error!("{error:#}");
        ExitCode::FAILURE
    });
    if let Some(traces) = traces {
        // Sending goes on in this runtime's other threads.
        traces.end();
    }
    code
}
