//! `cargo xtask bench`: how fast it is, next to what its parts can do.

use std::{path::PathBuf, process::Command};

use anyhow::Result;
use rustix::process::Signal;

use crate::{
    parts::{
        Running, free_port,
        services::{Programs, Services},
        settings::{Purpose, UNLIMITED, api_environment, indexer_environment},
        souk::{Api, Indexer, data_folder},
    },
    process::{Group, run as run_command},
    report::step,
    run_folder::RunFolder,
    workspace::Workspace,
};

/// The key of the admin API of the stack that is measured.
const ADMIN_KEY: &str = "bench-admin-key-0123456789abcdef";

/// Measure throughput, latency, memory and freshness of a generated marketplace.
///
/// Builds optimised, generates and indexes a marketplace in a temporary folder, loads it over HTTP, and runs the same
/// queries directly on the index with Tantivy's own aggregations for comparison. Prints a table and writes
/// .souk/bench.json.
///
/// With --stack, it starts PostgreSQL, Redis, Elasticsearch, the API and the indexer instead, measures these, and writes
/// .souk/bench-stack.json. With --cache, it starts the same with a second API, which keeps no answers, measures what the
/// cache is worth, and writes .souk/bench-cache.json.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many products to generate.
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
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    step("build", || {
        let mut build = workspace.cargo(&["build", "--release"]);
        for package in ["souk", "souk-indexer", "souk-bench"] {
            build.args(["--package", package]);
        }
        run_command(&mut build, &workspace.interrupt)
    })?;
    let folder = RunFolder::create()?;
    let mut bench = workspace.command(workspace.executable("release", "souk-bench"));
    if arguments.cache {
        let stack = Stack::start(workspace, &folder)?;
        let cached = stack.second_api(workspace, &folder)?;
        stack.describe_cached_to(&mut bench, &cached);
        bench
            .arg("--folder")
            .arg(folder.path("bench"))
            .arg("--report")
            .arg(workspace.cache("bench-cache.json"));
        return measure(workspace, arguments, &folder, &mut bench);
    }
    if arguments.stack {
        let stack = Stack::start(workspace, &folder)?;
        stack.describe_to(&mut bench);
        bench
            .arg("--report")
            .arg(workspace.cache("bench-stack.json"));
        for part in &arguments.only {
            bench.args(["--only", part]);
        }
        return measure(workspace, arguments, &folder, &mut bench);
    }
    bench
        .arg("embedded")
        .arg("--souk")
        .arg(workspace.executable("release", "souk"))
        .arg("--folder")
        .arg(folder.path("bench"))
        .arg("--report")
        .arg(workspace.cache("bench.json"));
    measure(workspace, arguments, &folder, &mut bench)
}

fn measure(
    workspace: &Workspace,
    arguments: &Arguments,
    folder: &RunFolder,
    bench: &mut Command,
) -> Result<()> {
    bench.args(["--products", &arguments.products.to_string()]);
    if arguments.quick {
        bench.arg("--quick");
    }
    let status = Group::start(folder.mark(bench), Signal::TERM)?.wait(&workspace.interrupt)?;
    anyhow::ensure!(status.success(), "the benchmark failed or missed a target");
    Ok(())
}

/// The whole of Souk as services; dropping it stops them, the last one started first.
struct Stack {
    indexer: Running,
    api: Running,
    services: Services,
    /// What generates the products.
    souk: PathBuf,
}

impl Stack {
    fn start(workspace: &Workspace, run: &RunFolder) -> Result<Self> {
        let interrupt = &workspace.interrupt;
        let services = Services::start(Programs::find(workspace)?, Purpose::Use, run, interrupt)?;
        let addresses = services.addresses();
        let data = |part: &str| data_folder(&run.path(part)).display().to_string();
        let port = free_port()?;
        let mut environment =
            api_environment(&addresses, &Api::listen(port), &data("api"), ADMIN_KEY);
        // The benchmark brings its own products.
        environment.extend([
            ("SOUK_DEMO", "false".to_owned()),
            // What is measured is how long an answer takes to make.
            ("SOUK_CACHE", "false".to_owned()),
            (UNLIMITED.0, UNLIMITED.1.to_owned()),
        ]);
        let api = Api {
            program: workspace.executable("release", "souk"),
            folder: run.path("api"),
            port,
            environment,
        };
        let indexer = Indexer {
            program: workspace.executable("release", "souk-indexer"),
            folder: run.path("indexer"),
            environment: indexer_environment(&addresses, &data("indexer")),
        };
        Ok(Self {
            api: step("start the API", || Running::start(&api, run, interrupt))?,
            indexer: step("start the indexer", || {
                Running::start(&indexer, run, interrupt)
            })?,
            services,
            souk: workspace.executable("release", "souk"),
        })
    }

    /// An API beside the first, which keeps answers.
    fn second_api(&self, workspace: &Workspace, run: &RunFolder) -> Result<Running> {
        let (port, folder) = (free_port()?, run.path("second-api"));
        let data = data_folder(&folder).display().to_string();
        let addresses = self.services.addresses();
        let mut environment = api_environment(&addresses, &Api::listen(port), &data, ADMIN_KEY);
        environment.push(("SOUK_DEMO", "false".to_owned()));
        let api = Api {
            program: workspace.executable("release", "souk"),
            folder,
            port,
            environment,
        };
        step("start a second API", || {
            Running::start(&api, run, &workspace.interrupt)
        })
    }

    /// Tells the benchmark of the cache where everything is.
    fn describe_cached_to(&self, bench: &mut Command, cached: &Running) {
        let address = |api: &Running| api.url().trim_start_matches("http://").to_owned();
        bench
            .arg("cached")
            .args(["--cached", &address(cached)])
            .args(["--uncached", &address(&self.api)])
            .args(["--admin-key", ADMIN_KEY])
            .args(["--database", &self.services.addresses().database])
            .arg("--souk")
            .arg(&self.souk);
    }

    /// Tells the benchmark where everything is.
    fn describe_to(&self, bench: &mut Command) {
        let addresses = self.services.addresses();
        bench
            .arg("stack")
            .args(["--api", self.api.url()])
            .args(["--admin-key", ADMIN_KEY])
            .args(["--database", &addresses.database])
            .args(["--elasticsearch", &addresses.elasticsearch])
            .args(["--indexer", &self.indexer.id().to_string()])
            .arg("--souk")
            .arg(&self.souk);
    }
}
