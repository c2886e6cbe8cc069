//! Tools that the tasks need besides Rust: found or installed, with a message that says what and why.

mod apt;
pub(crate) mod artillery;
pub(crate) mod elasticsearch;
mod installation;
mod java;
pub(crate) mod k6;
mod model;
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

pub(crate) use model::sentence_model;
pub(crate) use nextest::nextest;

/// Held still, for its checks grow stricter between releases.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// The `schemathesis` executable.
pub(crate) fn schemathesis(workspace: &Workspace) -> Result<PathBuf> {
    let environment = python_packages(
        workspace,
        "schemathesis",
        &[SCHEMATHESIS],
        "it tries the API against its own specification",
    )?;
    Ok(environment.join("bin/schemathesis"))
}

/// A virtual environment with openapi-generator and what its Python clients need, as `requirements.txt` of a folder names them.
pub(crate) fn client_generator(workspace: &Workspace, folder: &Path) -> Result<PathBuf> {
    let requirements = fs::read_to_string(folder.join("requirements.txt"))?;
    let packages: Vec<&str> = requirements.lines().collect();
    let purpose = "it makes a Python client of the specification";
    python_packages(workspace, "client-generator", &packages, purpose)
}

/// A virtual environment with the Python library of webhooks.
pub(crate) fn webhook_library(workspace: &Workspace, folder: &Path) -> Result<PathBuf> {
    let requirements = fs::read_to_string(folder.join("requirements.txt"))?;
    let packages: Vec<&str> = requirements.lines().collect();
    let purpose = "it verifies a webhook";
    python_packages(workspace, "webhook-library", &packages, purpose)
}

/// Folder of Java's programs.
pub(crate) fn java_programs(workspace: &Workspace) -> Result<PathBuf> {
    Ok(java::jdk(workspace)?.home.join("bin"))
}

/// A virtual environment in the cache, with packages of fixed versions.
fn python_packages(
    workspace: &Workspace,
    name: &str,
    packages: &[&str],
    purpose: &str,
) -> Result<PathBuf> {
    let environment = workspace.cache(name);
    let installed = environment.join("installed");
    let wanted = packages.join("\n");
    if fs::read_to_string(&installed).is_ok_and(|versions| versions == wanted) {
        return Ok(environment);
    }
    let installation = Installation {
        what: packages[0],
        usual: "1 min",
        purpose,
    };
    installation.run(workspace, |log| {
        virtual_environment(workspace, log, &environment)?;
        let mut pip = workspace.command(environment.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet"])
            .arg("--disable-pip-version-check")
            .args(packages);
        log.run(&mut pip)?;
        // Written last: an installation that was interrupted is done again.
        Ok(fs::write(&installed, &wanted)?)
    })?;
    Ok(environment)
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
