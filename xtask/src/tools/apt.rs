//! Debian's and Ubuntu's packages.

use std::process::Command;

use anyhow::{Context, Result, bail};
use rustix::process::geteuid;

use crate::{
    process::{run, succeeds},
    workspace::Workspace,
};

/// Installs a package.
pub(super) fn install(workspace: &Workspace, package: &str) -> Result<()> {
    update(workspace, package)?;
    get(
        workspace,
        package,
        &["install", "--yes", "--quiet=2", package],
    )
}

fn get(workspace: &Workspace, package: &str, arguments: &[&str]) -> Result<()> {
    let Some(mut apt) = as_root("apt-get") else {
        bail!(
            "{package} is missing and cannot be installed from here (no apt-get, or neither root nor sudo); \
             please install it and run this again"
        );
    };
    apt.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
    run(&mut apt, &workspace.interrupt)
        .with_context(|| format!("{package} is missing and could not be installed"))
}

/// Learns what there is to install; `package` is what one is after.
pub(super) fn update(workspace: &Workspace, package: &str) -> Result<()> {
    get(workspace, package, &["update", "--quiet=2"])
}

/// A command that runs as root, if that is possible.
fn as_root(program: &str) -> Option<Command> {
    if !succeeds(Command::new(program).arg("--version")) {
        return None;
    }
    if geteuid().is_root() {
        return Some(Command::new(program));
    }
    // `-n`: our children have no terminal to ask for a password on.
    let mut sudo = Command::new("sudo");
    sudo.args(["-n", program]);
    succeeds(Command::new("sudo").args(["-n", "true"])).then_some(sudo)
}
