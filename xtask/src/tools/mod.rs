//! Tools that the tasks need besides Rust: found or installed, with a message that says what and why.

mod apt;
pub(crate) mod artillery;
pub(crate) mod elasticsearch;
mod java;
pub(crate) mod k6;
pub(crate) mod servers;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;

use crate::{
    process::{run, succeeds},
    report::{say, step},
    workspace::Workspace,
};

/// Held still, for its checks grow stricter between releases.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";
const NEXTEST: &str = "cargo-nextest@^0.9";

/// Makes `cargo nextest` work.
pub(crate) fn nextest(workspace: &Workspace) -> Result<()> {
    if succeeds(&mut workspace.cargo(&["nextest", "--version"])) {
        return Ok(());
    }
    say(
        "installing cargo-nextest into .souk/tools: it runs the tests, each in a process of its own",
    );
    step("install cargo-nextest", || {
        let features = ["--no-default-features", "--features", "default-no-update"];
        let mut install = workspace.cargo(&["install", NEXTEST, "--locked", "--debug"]);
        install
            .args(features)
            .arg("--root")
            .arg(workspace.cache("tools"));
        run(&mut install, &workspace.interrupt)
    })
}

/// The `schemathesis` executable.
pub(crate) fn schemathesis(workspace: &Workspace) -> Result<PathBuf> {
    let environment = workspace.cache("schemathesis");
    let executable = environment.join("bin/schemathesis");
    let installed = environment.join("installed");
    if fs::read_to_string(&installed).is_ok_and(|version| version == SCHEMATHESIS) {
        return Ok(executable);
    }
    say(format_args!(
        "installing {SCHEMATHESIS} into .souk/schemathesis: it tries the API against its own specification"
    ));
    step("install schemathesis", || {
        virtual_environment(workspace, &environment)?;
        let mut pip = workspace.command(environment.join("bin/python"));
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            SCHEMATHESIS,
        ]);
        run(&mut pip, &workspace.interrupt)?;
        // Written last: an installation that was interrupted is done again.
        fs::write(&installed, SCHEMATHESIS)?;
        Ok(())
    })?;
    Ok(executable)
}

fn virtual_environment(workspace: &Workspace, folder: &Path) -> Result<()> {
    // Debian ships Python without what a virtual environment needs.
    if !succeeds(
        workspace
            .command("python3")
            .args(["-c", "import ensurepip, venv"]),
    ) {
        say("installing python3-venv: schemathesis lives in a virtual environment");
        apt::install(workspace, "python3-venv")?;
    }
    let mut create = workspace.command("python3");
    create.args(["-m", "venv", "--clear"]).arg(folder);
    run(&mut create, &workspace.interrupt)
}

/// Makes `cargo fmt` and `cargo clippy` work; minimal installations of Rust lack them.
pub(crate) fn rust_components(workspace: &Workspace) -> Result<()> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if succeeds(&mut workspace.cargo(&[subcommand, "--version"])) {
            continue;
        }
        say(format_args!(
            "installing {component}: `cargo xtask check` runs it"
        ));
        let mut add = workspace.command("rustup");
        run(
            add.args(["component", "add", component]),
            &workspace.interrupt,
        )?;
    }
    Ok(())
}
