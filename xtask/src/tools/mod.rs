//! Tools that the tasks need besides Rust: found or installed, with a message that says what and why.

mod apt;
pub(crate) mod artillery;
pub(crate) mod elasticsearch;
mod installation;
mod java;
pub(crate) mod k6;
mod nextest;
pub(crate) mod servers;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;

use crate::{
    process::{run, succeeds},
    report::say,
    workspace::Workspace,
};
pub(crate) use installation::Installation;
use installation::Log;

pub(crate) use nextest::nextest;

/// Held still, for its checks grow stricter between releases.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// The `schemathesis` executable.
pub(crate) fn schemathesis(workspace: &Workspace) -> Result<PathBuf> {
    let environment = workspace.cache("schemathesis");
    let executable = environment.join("bin/schemathesis");
    let installed = environment.join("installed");
    if fs::read_to_string(&installed).is_ok_and(|version| version == SCHEMATHESIS) {
        return Ok(executable);
    }
    let installation = Installation {
        what: SCHEMATHESIS,
        usual: "1 min",
        purpose: "it tries the API against its own specification",
    };
    installation.run(workspace, |log| {
        virtual_environment(workspace, log, &environment)?;
        let mut pip = workspace.command(environment.join("bin/python"));
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            SCHEMATHESIS,
        ]);
        log.run(&mut pip)?;
        // Written last: an installation that was interrupted is done again.
        fs::write(&installed, SCHEMATHESIS)?;
        Ok(())
    })?;
    Ok(executable)
}

fn virtual_environment(workspace: &Workspace, log: &Log<'_>, folder: &Path) -> Result<()> {
    // Debian ships Python without what a virtual environment needs.
    if !succeeds(
        workspace
            .command("python3")
            .args(["-c", "import ensurepip, venv"]),
    ) {
        apt::install(log, "python3-venv")?;
    }
    let mut create = workspace.command("python3");
    create.args(["-m", "venv", "--clear"]).arg(folder);
    log.run(&mut create)
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
