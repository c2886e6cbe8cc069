//! `cargo xtask check`: what reviewers should not have to look for.

mod generated_clients;
mod layers;
mod licences;
mod metadata;
mod modules;
mod prose;
mod versions;
mod webhook_libraries;

use std::env;

use anyhow::{Result, bail};

use crate::{
    check::metadata::Metadata,
    generated,
    process::run as run_command,
    report::{say, step},
    tools,
    workspace::{WORKSPACE_WRAPPER, Workspace},
};

/// The compiler that lints what it compiles.
const CLIPPY_DRIVER: &str = "clippy-driver";

/// Check format, lints, generated files and clients, layering, licences and versions.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run only this check.
    #[arg(value_enum)]
    only: Option<Only>,
}

/// Checks that need nothing compiled and can be run by themselves.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Only {
    /// Import cycles, upward imports in `src/`, crowded folders.
    Modules,
    /// Wording of doc comments, log lines and test names.
    Prose,
    /// Clients that generators make of openapi.yaml.
    Clients,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    match arguments.only {
        Some(Only::Modules) => {
            return step("modules", || no_complaints(modules::complaints(workspace)?));
        }
        Some(Only::Prose) => return step("prose", || no_complaints(prose::complaints(workspace)?)),
        Some(Only::Clients) => {
            return step("generated clients", || generated_clients::check(workspace));
        }
        None => {}
    }
    tools::rust_components(workspace)?;
    let cargo =
        |arguments: &[&str]| run_command(&mut workspace.cargo(arguments), &workspace.interrupt);
    let metadata = Metadata::read(workspace)?;
    step("layers", || no_complaints(layers::complaints(&metadata)))?;
    step("licences", || {
        no_complaints(licences::complaints(&metadata))
    })?;
    step("versions", || {
        no_complaints(versions::complaints(&metadata))
    })?;
    step("modules", || no_complaints(modules::complaints(workspace)?))?;
    step("prose", || no_complaints(prose::complaints(workspace)?))?;
    step("format", || cargo(&["fmt", "--all", "--check"]))?;
    step("generated files", || generated::check(workspace))?;
    step("generated clients", || generated_clients::check(workspace))?;
    step("webhook libraries", || webhook_libraries::check(workspace))?;
    step("lints", || lints(workspace))
}

/// Lint everything, with what a build already knows where that build was linted.
///
/// A build whose compiler is Clippy (`RUSTC_WORKSPACE_WRAPPER=clippy-driver`, as in `.ci/run`) has linted what it compiled.
/// `cargo clippy` would compile all of it once more, the dependencies too.
fn lints(workspace: &Workspace) -> Result<()> {
    let built_by_clippy = env::var_os(WORKSPACE_WRAPPER).is_some_and(|it| it == CLIPPY_DRIVER);
    let arguments: &[&str] = if built_by_clippy {
        &["build", "--workspace", "--all-targets"]
    } else {
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "--deny",
            "warnings",
        ]
    };
    run_command(&mut workspace.cargo(arguments), &workspace.interrupt)
}

fn no_complaints(complaints: Vec<String>) -> Result<()> {
    for complaint in &complaints {
        say(complaint);
    }
    match complaints.len() {
        0 => Ok(()),
        1 => bail!("1 complaint"),
        many => bail!("{many} complaints"),
    }
}
