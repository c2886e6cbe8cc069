//! `cargo xtask load`: how Souk behaves under load.

mod conduct;
mod scenario;
mod shop;

use std::{env, fs, path::PathBuf, time::Duration};

use anyhow::{Context, Result, bail};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use self::{
    conduct::{Asked, LoadTest, Outage, Quiet},
    scenario::{Scenario, Tool},
    shop::{ADMIN_KEY, Shop},
};
use crate::{
    process::{output, run as run_command},
    report::{say, step},
    run_folder::RunFolder,
    stack, tools,
    workspace::Workspace,
};

/// Put load on Souk and see whether it holds what it promises.
///
/// Starts PostgreSQL, Redis, Elasticsearch, the API and the indexer with a generated marketplace, or takes a running Souk
/// (`--address`), lets shoppers in, and writes what they saw to load-tests/reports: a summary, how latencies are
/// distributed, and the machine. Fails if a limit is missed. See load-tests/README.md.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Scenario to run.
    #[arg(required_unless_present = "check")]
    scenario: Option<Scenario>,
    /// Load generator.
    #[arg(long, value_enum, default_value = "k6")]
    tool: Tool,
    /// A Souk that runs already; SOUK_ADMIN_KEY has its admin key, where the scenario changes something.
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    /// Query log as `souk generate --query-log` writes it; made for the generated catalogue if not given.
    #[arg(long, value_name = "FILE")]
    query_log: Option<PathBuf>,
    /// Number of products in the catalogue.
    #[arg(long, default_value_t = 5_000)]
    products: u32,
    /// Seed of the generated catalogue.
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// For how many seconds; each scenario has a short time of its own.
    #[arg(long, value_name = "SECONDS")]
    duration: Option<u64>,
    /// Sessions that begin in a second; or, without a cache and with it, shoppers who never pause.
    #[arg(long, default_value_t = 5)]
    rate: u32,
    /// Connections of `sessions`.
    #[arg(long, default_value_t = 10_000)]
    connections: u32,
    /// Multiplies the limits on latency: for a slow machine, or a build that is not optimised.
    #[arg(long, default_value_t = 1.0)]
    slack: f64,
    /// Build Souk optimised.
    #[arg(long)]
    release: bool,
    /// Put no load on anything: only see whether the scripts of k6 can be understood.
    #[arg(long)]
    check: bool,
}

impl Arguments {
    fn profile(&self) -> &'static str {
        if self.release { "dist" } else { "debug" }
    }

    /// Catalogue arguments of `souk generate`.
    fn shop_arguments(&self) -> [String; 4] {
        let (products, seed) = (self.products.to_string(), self.seed.to_string());
        ["--products".to_owned(), products, "--seed".to_owned(), seed]
    }

    fn duration(&self, scenario: Scenario) -> Duration {
        let given = self.duration.map(Duration::from_secs);
        given.unwrap_or_else(|| scenario.usual_duration())
    }
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let Some(scenario) = arguments.scenario.filter(|_| !arguments.check) else {
        return check(workspace);
    };
    if scenario != Scenario::Sessions && scenario.script(arguments.tool).is_none() {
        bail!("there is no script of this tool for {}", scenario.name());
    }
    step("build", || stack::build(workspace, arguments.release))?;
    raise_open_files()?;
    let run = RunFolder::create()?;
    let query_log = match &arguments.query_log {
        Some(file) => fs::canonicalize(file).with_context(|| file.display().to_string())?,
        None => make_query_log(workspace, &run, arguments)?,
    };
    let test = LoadTest {
        workspace,
        run: &run,
        arguments,
        scenario,
        query_log,
    };
    match &arguments.address {
        Some(address) => {
            let asked = Asked {
                name: scenario.name(),
                url: address.clone(),
                admin_key: &env::var("SOUK_ADMIN_KEY").unwrap_or_default(),
                process: None,
                variables: &[],
            };
            test.conduct(&asked, &mut Quiet)
        }
        None => on_a_stack(&test),
    }
}

/// Checks that k6 can parse every script.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    if !tools::k6::can_have_k6(workspace) {
        say("the scripts of the load tests are not looked at: there is no Go to build k6 with");
        return Ok(());
    }
    let k6 = tools::k6::k6(workspace)?;
    step("read the scripts of the load tests", || {
        let folder = tempfile::tempdir()?;
        let log = folder.path().join("sessions.jsonl");
        fs::write(&log, "{}\n")?;
        let all = Scenario::ALL.into_iter();
        for script in all.filter_map(|scenario| scenario.script(Tool::K6)) {
            let mut inspect = workspace.command(&k6);
            inspect
                .args(["inspect", "--quiet", "--include-system-env-vars"])
                .arg(&script)
                .env("QUERY_LOG", &log)
                .env("SOUK_ADMIN_KEY", ADMIN_KEY);
            output(&mut inspect).with_context(|| script.clone())?;
        }
        Ok(())
    })
}

/// For as many open connections as this machine allows, here and in all that is started.
fn raise_open_files() -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    setrlimit(Resource::Nofile, raised).context("no more files can be opened")
}

fn make_query_log(
    workspace: &Workspace,
    run: &RunFolder,
    arguments: &Arguments,
) -> Result<PathBuf> {
    let file = run.path("sessions.jsonl");
    let mut generate = workspace.command(workspace.executable(arguments.profile(), "souk"));
    generate
        .arg("generate")
        .args(arguments.shop_arguments())
        .arg("--query-log")
        .arg(&file)
        .current_dir(run.path(""));
    run_command(&mut generate, &workspace.interrupt)?;
    Ok(file)
}

fn on_a_stack(test: &LoadTest<'_>) -> Result<()> {
    let connections = test.arguments.connections + 100;
    let settings = [
        ("SOUK_MAX_CONNECTIONS", connections.to_string()),
        ("SOUK_PAYMENT_PROVIDERS", "test,manual".to_owned()),
    ];
    let mut shop = Shop::start(test.workspace, test.run, test.arguments, &settings)?;
    let asked = Asked {
        name: test.scenario.name(),
        url: shop.api.url().to_owned(),
        admin_key: ADMIN_KEY,
        process: Some(shop.api.id()),
        variables: &[],
    };
    match test.scenario {
        Scenario::Cache => {
            let uncached = shop.another_api(&[("SOUK_CACHE", "false".to_owned())])?;
            let without = test.conduct(
                &Asked {
                    name: "cache-off",
                    url: uncached.url().to_owned(),
                    process: Some(uncached.id()),
                    ..asked
                },
                &mut Quiet,
            );
            drop(uncached);
            let cached = Asked {
                name: "cache-on",
                variables: &[("CACHED", "true")],
                ..asked
            };
            without.and(test.conduct(&cached, &mut Quiet))
        }
        Scenario::IndexDown => {
            let variables = Asked {
                variables: &[("OUTAGE", "true")],
                ..asked
            };
            test.conduct(&variables, &mut Outage(&mut shop))
        }
        _ => test.conduct(&asked, &mut Quiet),
    }
}
