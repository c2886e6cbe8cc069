//! What the tests need besides Rust: found, or installed where that is possible, saying what and why.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use rustix::process::geteuid;

use crate::{
    process::{run, succeeds},
    report::{say, step},
    workspace::Workspace,
};

/// Held still, for its checks grow stricter between releases.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";
const NEXTEST: &str = "cargo-nextest@^0.9";
/// Where Debian and its descendants keep PostgreSQL, a folder a version.
const DEBIAN_POSTGRES: &str = "/usr/lib/postgresql";
const OLDEST_POSTGRES: u32 = 14;

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
        apt_install(workspace, "python3-venv")?;
    }
    let mut create = workspace.command("python3");
    create.args(["-m", "venv", "--clear"]).arg(folder);
    run(&mut create, &workspace.interrupt)
}

/// The folder of PostgreSQL's server programs, the newest version there is.
pub(crate) fn postgres(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(folder) = find_postgres() {
        return Ok(folder);
    }
    say("installing PostgreSQL: store, migrations and triggers are tested on it and on SQLite");
    step("install PostgreSQL", || {
        apt_install(workspace, "postgresql")
    })?;
    find_postgres().context("PostgreSQL was installed, and yet there is no server to be found")
}

fn find_postgres() -> Option<PathBuf> {
    let packaged = fs::read_dir(DEBIAN_POSTGRES)
        .into_iter()
        .flatten()
        .flatten();
    let newest = packaged
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(version, bin)| *version >= OLDEST_POSTGRES && bin.join("postgres").exists())
        .max();
    if let Some((_, bin)) = newest {
        return Some(bin);
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .find(|folder| folder.join("postgres").exists() && folder.join("initdb").exists())
}

fn apt_install(workspace: &Workspace, package: &str) -> Result<()> {
    apt_get(workspace, package, &["update", "--quiet=2"])?;
    apt_get(
        workspace,
        package,
        &["install", "--yes", "--quiet=2", package],
    )
}

fn apt_get(workspace: &Workspace, package: &str, arguments: &[&str]) -> Result<()> {
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
