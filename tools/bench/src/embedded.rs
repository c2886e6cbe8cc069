//! Measures a marketplace in its embedded form, over HTTP, next to Tantivy alone on the same index.

use std::{
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;

use crate::{
    direct::Direct,
    freshness,
    load::{self, Load},
    queries::{self, Query},
    report::{Report, Target},
    say,
    server::{ADMIN_KEY, Installation, Server},
};

const CLIENTS: usize = 8;
const THREADS: usize = 2;
const CHANGES_PER_SECOND: u32 = 50;
/// Measured in turns, so that both sides meet the same weather.
const ROUNDS: u32 = 3;

/// Of a benchmark of the embedded form.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The executable to measure.
    #[arg(long)]
    pub(crate) souk: PathBuf,
    /// An empty folder to work in.
    #[arg(long)]
    pub(crate) folder: PathBuf,
    /// File for the measurements as JSON.
    #[arg(long)]
    pub(crate) report: PathBuf,
    /// Number of products to generate.
    #[arg(long)]
    pub(crate) products: u32,
    /// Measure everything for a short while only.
    #[arg(long)]
    pub(crate) quick: bool,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode> {
    measure(arguments).await?.conclude(&arguments.report)
}

async fn measure(arguments: &Arguments) -> Result<Report> {
    let duration = |seconds| Duration::from_secs(if arguments.quick { 2 } else { seconds });
    let mut report = Report::default();
    report.note("products", arguments.products.into(), "number");

    let (installation, server) = fill(arguments, &mut report).await?;
    let queries = queries::derive(server.address).await?;
    let direct = Direct::open(&installation.data(), &arguments.folder.join("merged"))?;
    describe(&direct, &queries, &mut report)?;
    compare(&server, &direct, &queries, duration(10), &mut report).await?;

    let memory = server.memory()?;
    report.judge("resident memory", memory.now, "MB", Target::Below(400.0));
    report.note("resident memory, peak", memory.peak, "MB");

    say("changing products");
    let mut lags =
        freshness::measure(server.address, ADMIN_KEY, CHANGES_PER_SECOND, duration(20)).await?;
    let limit = Some(Target::Below(300.0));
    report.latencies("change to searchable", &mut lags, limit);
    Ok(report)
}

async fn fill(arguments: &Arguments, report: &mut Report) -> Result<(Installation, Server)> {
    say("generating");
    let installation = Installation::new(&arguments.souk, &arguments.folder)?;
    let products = arguments.products.to_string();
    let generating = installation.run(&["generate", "--products", &products, "--seed", "1"])?;
    report.judge(
        "generating",
        generating.as_secs_f64(),
        "s",
        Target::Below(120.0),
    );

    say("indexing");
    let begun = Instant::now();
    let server = installation.serve(arguments.products.into()).await?;
    report.note("starting and indexing", begun.elapsed().as_secs_f64(), "s");
    Ok((installation, server))
}

fn describe(direct: &Direct, queries: &[Query], report: &mut Report) -> Result<()> {
    let mut counts = Vec::new();
    for query in queries {
        counts.push(direct.count(query)?);
    }
    counts.sort_unstable();
    report.note(
        "hits of a query, median",
        counts[counts.len() / 2] as f64,
        "number",
    );
    report.note(
        "hits of a query, p90",
        counts[counts.len() * 9 / 10] as f64,
        "number",
    );
    Ok(())
}

async fn compare(
    server: &Server,
    direct: &Direct,
    queries: &[Query],
    duration: Duration,
    report: &mut Report,
) -> Result<()> {
    let paths: Arc<[String]> = queries.iter().map(Query::path).collect();
    say("warming up");
    load::run(server.address, &paths, CLIENTS, duration / 2).await?;
    direct.run(queries, THREADS, duration / 2)?;

    say("measuring");
    let (mut served, mut alone) = (Load::default(), Load::default());
    for _ in 0..ROUNDS {
        served.extend(load::run(server.address, &paths, CLIENTS, duration).await?);
        alone.extend(direct.run(queries, THREADS, duration)?);
    }
    let mut single = load::run(server.address, &paths, 1, duration).await?;

    let ratio = served.throughput() / alone.throughput();
    report.note("served, 8 clients", served.throughput(), "1/s");
    report.note("Tantivy alone, 2 threads", alone.throughput(), "1/s");
    report.judge("served to alone", ratio, "ratio", Target::AtLeast(0.5));
    let limit = Some(Target::Below(25.0));
    report.latencies("8 clients", &mut served.latencies, limit);
    report.note("served, 1 client", single.throughput(), "1/s");
    report.latencies("1 client", &mut single.latencies, None);
    Ok(())
}
