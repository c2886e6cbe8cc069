//! `cargo xtask test`: everything that is tested, on whatever machine.

use std::{process::Command, time::Instant};

use anyhow::Result;

use crate::{
    marketplace::Marketplace,
    postgres::Cluster,
    process::run as run_command,
    report::{say, spoken, step},
    run_folder::RunFolder,
    schemathesis, tools,
    workspace::Workspace,
};

/// Run every test in parallel, with all that they need.
///
/// Installs what is missing (PostgreSQL through apt; cargo-nextest and schemathesis into .souk/), starts a PostgreSQL
/// cluster of its own on a free port, and runs: the tests through cargo-nextest, the examples in the documentation,
/// and schemathesis against a freshly started marketplace. Everything it started is stopped again, whether the tests
/// succeed, fail, or are interrupted.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Passed on to `cargo nextest run`; if there are any, nothing else is run.
    ///
    /// For example `-- -p souk-store outbox` runs the tests of one crate whose names contain `outbox`.
    #[arg(last = true)]
    nextest: Vec<String>,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let begun = Instant::now();
    let everything = arguments.nextest.is_empty();
    let postgres = tools::postgres(workspace)?;
    tools::nextest(workspace)?;

    let run = RunFolder::create()?;
    let cluster = step("start PostgreSQL", || {
        Cluster::start(&postgres, &run, &workspace.interrupt)
    })?;
    let tests = |command: &mut Command| {
        command.env("SOUK_TEST_POSTGRES_URL", cluster.url());
        run_command(run.mark(command), &workspace.interrupt)
    };

    if everything {
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
        step("examples in the documentation", || {
            tests(&mut workspace.cargo(&["test", "--workspace", "--doc", "--quiet"]))
        })?;
        let executable = tools::schemathesis(workspace)?;
        let marketplace = step("start a marketplace", || {
            Marketplace::start(workspace, &run)
        })?;
        step("schemathesis", || {
            schemathesis::try_api(workspace, &run, &executable, &marketplace)
        })?;
    }
    say(format_args!("all well after {}", spoken(begun.elapsed())));
    Ok(())
}
