//! `cargo xtask bench`: how fast it is, next to what its parts can do.

use anyhow::Result;
use rustix::process::Signal;

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
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many products to generate.
    #[arg(long, default_value_t = 150_000)]
    products: u32,
    /// Measure each thing for a short while only: for trying the benchmark itself.
    #[arg(long)]
    quick: bool,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    step("build", || {
        let packages = ["--package", "souk", "--package", "souk-bench"];
        run_command(
            workspace.cargo(&["build", "--release"]).args(packages),
            &workspace.interrupt,
        )
    })?;
    let folder = RunFolder::create()?;
    let mut bench = workspace.command(workspace.executable("release", "souk-bench"));
    bench
        .arg("--souk")
        .arg(workspace.executable("release", "souk"))
        .arg("--folder")
        .arg(folder.path("bench"))
        .arg("--report")
        .arg(workspace.cache("bench.json"))
        .args(["--products", &arguments.products.to_string()]);
    if arguments.quick {
        bench.arg("--quick");
    }
    let status = Group::start(folder.mark(&mut bench), Signal::TERM)?.wait(&workspace.interrupt)?;
    anyhow::ensure!(status.success(), "the benchmark failed or missed a target");
    Ok(())
}
