//! Puts load on a running Souk: to measure it next to what its parts can do alone, and to see whether it loses anything
//! while parts of it die.
//!
//! `cargo xtask bench` and `cargo xtask faults` build and run it.

mod direct;
mod embedded;
mod freshness;
mod http;
mod latencies;
mod load;
mod mix;
mod queries;
mod report;
mod server;
mod stack;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use anyhow::Result;
use clap::Parser;

#[derive(Parser)]
enum Command {
    Embedded(embedded::Arguments),
    Mix(mix::Arguments),
    Stack(stack::Arguments),
}

/// The generator of load shares the machine with the server: one thread is what it may take.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode> {
    match Command::parse() {
        Command::Embedded(arguments) => embedded::run(&arguments).await,
        Command::Stack(arguments) => stack::run(arguments).await,
        Command::Mix(arguments) => mix::run(&arguments).await,
    }
}

/// Progress for whoever waits.
fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "bench: {line}");
}
