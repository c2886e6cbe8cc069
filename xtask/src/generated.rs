//! `cargo xtask openapi` and `cargo xtask docs`: files that are generated from the code.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::{process, report::say, workspace::Workspace};

/// File that `souk` prints.
struct Generated {
    file: &'static str,
    /// Task that writes it.
    task: &'static str,
    /// Command line of `souk` that prints it.
    command: &'static [&'static str],
}

/// Specification of the API.
const SPECIFICATION: Generated = Generated {
    file: "openapi.yaml",
    task: "openapi",
    command: &["openapi"],
};
/// Reference of all settings.
const SETTINGS: Generated = Generated {
    file: "docs/CONFIGURATION.md",
    task: "docs",
    command: &["config", "--markdown"],
};

/// Regenerate openapi.yaml from the code.
#[derive(clap::Args)]
pub(crate) struct OpenapiArguments {
    /// Only compare; fail if it is out of date.
    #[arg(long)]
    check: bool,
}

/// Regenerate docs/CONFIGURATION.md from the declarations of settings.
#[derive(clap::Args)]
pub(crate) struct DocsArguments {
    /// Only compare; fail if it is out of date.
    #[arg(long)]
    check: bool,
}

pub(crate) fn openapi(workspace: &Workspace, arguments: &OpenapiArguments) -> Result<()> {
    run(workspace, &SPECIFICATION, arguments.check)
}

pub(crate) fn docs(workspace: &Workspace, arguments: &DocsArguments) -> Result<()> {
    run(workspace, &SETTINGS, arguments.check)
}

/// Fails if a generated file in the checkout is not what the code says.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let souk = build(workspace)?;
    for generated in [SPECIFICATION, SETTINGS] {
        generated.check(workspace, &souk)?;
    }
    Ok(())
}

fn run(workspace: &Workspace, generated: &Generated, only_check: bool) -> Result<()> {
    let souk = build(workspace)?;
    if only_check {
        return generated.check(workspace, &souk);
    }
    let text = generated.print(workspace, &souk)?;
    fs::write(workspace.path(generated.file), text)?;
    say(format_args!("wrote {}", generated.file));
    Ok(())
}

/// Builds `souk` and returns its path.
fn build(workspace: &Workspace) -> Result<PathBuf> {
    // The same selection as the tests, whose artefacts are reused.
    let mut build = workspace.cargo(&["build", "--quiet", "--workspace", "--all-targets"]);
    process::run(&mut build, &workspace.interrupt)?;
    Ok(workspace.executable("debug", "souk"))
}

impl Generated {
    fn print(&self, workspace: &Workspace, souk: &Path) -> Result<Vec<u8>> {
        process::output(workspace.command(souk).args(self.command))
    }

    fn check(&self, workspace: &Workspace, souk: &Path) -> Result<()> {
        let Self { file, task, .. } = self;
        let written =
            fs::read(workspace.path(file)).with_context(|| format!("cannot read {file}"))?;
        if written != self.print(workspace, souk)? {
            bail!("{file} is out of date; run `cargo xtask {task}` and commit the result");
        }
        Ok(())
    }
}
