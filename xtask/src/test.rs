//! `cargo xtask test`: everything that is tested, on whatever machine.

use std::{process::Command, thread, time::Instant};

use anyhow::{Result, anyhow};

use crate::{
    examples, faults, front_ends, load,
    parts::{
        Running, free_port,
        services::{Programs, Services},
        settings::{Purpose, UNLIMITED},
        souk::{Api, data_folder},
    },
    process::run as run_command,
    report::{say, spoken, step},
    run_folder::RunFolder,
    schemathesis, tools,
    workspace::Workspace,
};

/// The key of the admin API of the marketplace that schemathesis tries.
const ADMIN_KEY: &str = "test-admin-key-0123456789abcdef";
/// Example that sells, buys, pays and reviews through the API.
const STORY: &str = "examples/whole-story/story.py";

/// Run every test in parallel, with all that they need.
///
/// Installs what is missing (PostgreSQL, Redis, nginx, Prometheus, oathtool, a JDK and Maven through apt; Elasticsearch,
/// cargo-nextest and schemathesis into .souk/), starts a PostgreSQL cluster, a Redis server and an Elasticsearch node of its
/// own on free ports, and runs: the tests through cargo-nextest, the examples in the documentation, front ends and
/// schemathesis against a freshly started marketplace, and a round of `cargo xtask faults`. Everything it started is
/// stopped again, whether the tests succeed, fail, or are interrupted.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Passed on to `cargo nextest run`; if there are any, nothing else is run.
    ///
    /// For example `-- -p souk-store outbox` runs the tests of one crate whose names contain `outbox`.
    #[arg(last = true)]
    nextest: Vec<String>,
}

impl Arguments {
    /// Arguments that are passed on to `cargo nextest run`.
    pub(crate) fn only(nextest: &[&str]) -> Self {
        Self {
            nextest: nextest.iter().map(|&it| it.to_owned()).collect(),
        }
    }
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let begun = Instant::now();
    let everything = arguments.nextest.is_empty();
    let programs = Programs::find(workspace)?;
    // Found by the tests themselves.
    tools::servers::nginx(workspace)?;
    tools::servers::prometheus(workspace)?;
    tools::servers::oathtool(workspace)?;
    tools::nextest(workspace)?;
    let model = tools::sentence_model(workspace);

    let run = RunFolder::create()?;
    let services = Services::start(programs, Purpose::Tests, &run, &workspace.interrupt)?;
    let tests = |command: &mut Command| {
        command
            .env("SOUK_TEST_POSTGRES_URL", services.postgres.url())
            .env("SOUK_TEST_REDIS_URL", services.redis.url())
            .env("SOUK_TEST_ELASTICSEARCH_URL", services.elasticsearch.url())
            .envs(model.iter().map(|folder| ("SOUK_TEST_EMBEDDINGS", folder)));
        run_command(run.mark(command), &workspace.interrupt)
    };

    if everything {
        workspace.announce_first_build("debug");
        // All that follows shares what is built here, so that nothing is compiled twice.
        step("build", || {
            tests(&mut workspace.cargo(&["build", "--workspace", "--all-targets"]))
        })?;
    }
    step("tests", || {
        let mut nextest = workspace.cargo(&["nextest", "run", "--workspace"]);
        tests(nextest.args(&arguments.nextest))
    })?;
    if everything {
        load::check(workspace)?;
        let documented = examples::packages(workspace)?;
        if !documented.is_empty() {
            step("examples in the documentation", || {
                let mut examples = workspace.cargo(&["test", "--doc", "--quiet"]);
                for package in &documented {
                    examples.args(["--package", package]);
                }
                tests(&mut examples)
            })?;
        }
        let executable = tools::schemathesis(workspace)?;
        let api = step("start a marketplace", || start_marketplace(workspace, &run))?;
        let front_ends = front_ends::FrontEnds::find(workspace)?;
        // Before schemathesis, which makes marketplaces and takes products away.
        step("front ends", || {
            front_ends.try_api(workspace, &run, api.url(), ADMIN_KEY)
        })?;
        step("the whole story of a marketplace", || {
            let mailbox = data_folder(&run.path("souk")).join("mailbox");
            let mut story = workspace.command("python3");
            story
                .arg(workspace.path(STORY))
                .env("SOUK_URL", api.url())
                .env("SOUK_ADMIN_KEY", ADMIN_KEY)
                .env("SOUK_MAILBOX", mailbox);
            run_command(run.mark(&mut story), &workspace.interrupt)
        })?;
        drop(services);
        // Most of the time of faults is waiting for what was killed.
        thread::scope(|scope| {
            let trying = scope.spawn(|| {
                step("schemathesis", || {
                    schemathesis::try_api(workspace, &run, &executable, api.url(), ADMIN_KEY)
                })
            });
            let survived = step("faults", || {
                let programs = Programs::find(workspace)?;
                faults::with_programs(workspace, programs, &faults::Arguments::default())
            });
            let tried = trying
                .join()
                .map_err(|_| anyhow!("schemathesis broke down"))?;
            survived.and(tried)
        })?;
    }
    say(format_args!("all well after {}", spoken(begun.elapsed())));
    Ok(())
}

/// A marketplace in one process, with a small demo catalogue.
fn start_marketplace(workspace: &Workspace, run: &RunFolder) -> Result<Running> {
    let (folder, port) = (run.path("souk"), free_port()?);
    let environment = vec![
        ("SOUK_LISTEN", Api::listen(port)),
        ("SOUK_DATA_DIR", data_folder(&folder).display().to_string()),
        ("SOUK_ADMIN_KEY", ADMIN_KEY.to_owned()),
        ("SOUK_DEMO_PRODUCTS", "300".to_owned()),
        // The story's webhook listens here, and its seller is paid on the same day.
        ("SOUK_WEBHOOKS_PRIVATE_NETWORKS", "true".to_owned()),
        ("SOUK_PAYOUT_RESERVE_DAYS", "0".to_owned()),
        // Pages of front ends come from elsewhere.
        ("CORS_ALLOWED_ORIGINS", "*".to_owned()),
        (UNLIMITED.0, UNLIMITED.1.to_owned()),
    ];
    let api = Api {
        program: workspace.executable("debug", "souk"),
        folder,
        port,
        environment,
    };
    Running::start(&api, run, &workspace.interrupt)
}
