//! `cargo xtask bench`: how fast it is, next to what its parts can do.

mod stack;

use std::process::Command;

use anyhow::Result;
use rustix::process::Signal;

use self::stack::Stack;
use crate::{
    process::{Group, run as run_command},
    report::step,
    run_folder::RunFolder,
    workspace::Workspace,
};

/// Measure throughput, latency, memory and freshness of a generated marketplace.
///
/// Builds optimised, generates and indexes a marketplace in a temporary folder, loads it over HTTP, and runs the same
/// queries directly on the index with Tantivy's own aggregations for comparison. Prints a table and writes
/// .souk/bench.json.
///
/// With --stack, it starts PostgreSQL, Redis, Elasticsearch, the API and the indexer instead, measures these, and writes
/// .souk/bench-stack.json. Its parts: `import` (next to a bare COPY of the same rows), `searches` (next to Elasticsearch
/// asked directly), `promises` (what shoppers wait, and the index next to the database alone), `fallback` (the database
/// alone), `drain`, `burst`, `freshness`, `edits` (single
/// edits beside a bulk load), `reindex` (next to a bare bulk load), and `checkouts` (next to `pgbench -N`, and what reads
/// among a million orders take).
///
/// With --cache, it starts the same with a second API, which keeps no answers, measures what the cache is worth, and
/// writes .souk/bench-cache.json.
///
/// With --growth, it asks the same of a marketplace and of one eight times as large: how much slower searches become,
/// suggestions, memory, disk. In one process it writes .souk/bench-growth.json, with --stack
/// .souk/bench-stack-growth.json. Takes an hour or two, and 20 GB of space in the folder that TMPDIR names.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Number of products to generate; with --growth, a second catalogue of eight times as many.
    #[arg(long, default_value_t = 150_000)]
    products: u32,
    /// Measure each thing for a short while only: for trying the benchmark itself.
    #[arg(long)]
    quick: bool,
    /// Measure the stack of services instead of the marketplace in one process.
    #[arg(long, conflicts_with = "cache")]
    stack: bool,
    /// With --stack, measure only this part, such as `drain`; may be given several times.
    #[arg(long, requires = "stack", value_name = "PART")]
    only: Vec<String>,
    /// Measure the cache.
    #[arg(long)]
    cache: bool,
    /// Measure what becomes of it all when the catalogue grows.
    #[arg(long, conflicts_with_all = ["cache", "only"])]
    growth: bool,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    step("build", || {
        let mut build = workspace.cargo(&["build", "--profile", "dist"]);
        for package in ["souk", "souk-indexer", "souk-bench"] {
            build.args(["--package", package]);
        }
        run_command(&mut build, &workspace.interrupt)
    })?;
    let run = RunFolder::create()?;
    let bench = workspace.command(workspace.executable("dist", "souk-bench"));
    if arguments.stack || arguments.cache {
        measure_stack(workspace, arguments, &run, bench)
    } else {
        measure_embedded(workspace, arguments, &run, bench)
    }
}

fn measure_embedded(
    workspace: &Workspace,
    arguments: &Arguments,
    run: &RunFolder,
    mut bench: Command,
) -> Result<()> {
    let (what, report) = if arguments.growth {
        ("growth", "bench-growth.json")
    } else {
        ("embedded", "bench.json")
    };
    bench
        .arg(what)
        .arg("--souk")
        .arg(workspace.executable("dist", "souk"))
        .arg("--folder")
        .arg(run.path("bench"));
    measure(workspace, arguments, run, bench, report)
}

fn measure_stack(
    workspace: &Workspace,
    arguments: &Arguments,
    run: &RunFolder,
    mut bench: Command,
) -> Result<()> {
    let stack = Stack::start(workspace, run)?;
    if arguments.cache {
        let cached = stack.second_api(workspace, run)?;
        stack.describe_cached_to(&mut bench, &cached);
        bench.arg("--folder").arg(run.path("bench"));
        return measure(workspace, arguments, run, bench, "bench-cache.json");
    }
    if arguments.growth {
        stack.describe_growth_to(&mut bench);
        return measure(workspace, arguments, run, bench, "bench-stack-growth.json");
    }
    stack.describe_to(&mut bench);
    bench.arg("--folder").arg(run.path("bench"));
    for part in &arguments.only {
        bench.args(["--only", part]);
    }
    measure(workspace, arguments, run, bench, "bench-stack.json")
}

fn measure(
    workspace: &Workspace,
    arguments: &Arguments,
    run: &RunFolder,
    mut bench: Command,
    report: &str,
) -> Result<()> {
    bench.arg("--report").arg(workspace.cache(report));
    bench.args(["--products", &arguments.products.to_string()]);
    if arguments.quick {
        bench.arg("--quick");
    }
    let status = Group::start(run.mark(&mut bench), Signal::TERM)?.wait(&workspace.interrupt)?;
    anyhow::ensure!(status.success(), "the benchmark failed or missed a target");
    Ok(())
}
