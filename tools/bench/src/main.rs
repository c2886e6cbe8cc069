//! Puts load on a running Souk: to measure it next to what its parts can do alone, and to see whether it loses anything
//! while parts of it die.
//!
//! `cargo xtask bench`, `cargo xtask faults` and `cargo xtask load` build and run it.

mod cached;
mod direct;
mod embedded;
mod fill;
mod freshness;
mod growth;
mod http;
mod latencies;
mod load;
mod load_report;
mod machine;
mod mix;
mod place;
mod prefixes;
mod queries;
mod report;
mod samples;
mod server;
mod sessions;
mod stack;
mod vigil;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use anyhow::Result;
use clap::Parser;

/// As Souk has: what it is compared with has the same.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
enum Command {
    Cached(cached::Arguments),
    Constant(cached::constant::Arguments),
    /// Generate, index and measure an embedded marketplace.
    Embedded(embedded::Arguments),
    /// Generate, index and measure an embedded marketplace, and one eight times as large.
    Growth(embedded::Arguments),
    GrowthStack(growth::stack::Arguments),
    LoadReport(load_report::Arguments),
    Mix(mix::Arguments),
    Sessions(sessions::Arguments),
    Stack(stack::Arguments),
}

fn main() -> Result<ExitCode> {
    let command = Command::parse();
    if let Command::Constant(arguments) = &command {
        return cached::constant::run(arguments);
    }
    // The generator of load shares the machine with the server: one thread is what it may take.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(measure(command))
}

async fn measure(command: Command) -> Result<ExitCode> {
    match command {
        Command::Cached(arguments) => cached::run(&arguments).await,
        Command::Constant(arguments) => cached::constant::run(&arguments),
        Command::LoadReport(arguments) => load_report::run(&arguments),
        Command::Sessions(arguments) => sessions::run(&arguments).await,
        Command::Embedded(arguments) => embedded::run(&arguments).await,
        Command::Growth(arguments) => growth::embedded::run(&arguments).await,
        Command::GrowthStack(arguments) => growth::stack::run(&arguments).await,
        Command::Stack(arguments) => stack::run(arguments).await,
        Command::Mix(arguments) => mix::run(&arguments).await,
    }
}

/// Progress for whoever waits.
fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "bench: {line}");
}
