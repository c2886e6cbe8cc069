//! `cargo xtask openapi`: the specification, generated from the code.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::{process, report::say, workspace::Workspace};

const FILE: &str = "openapi.yaml";

/// Regenerate openapi.yaml from the code.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only compare; fail if it is out of date.
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    if arguments.check {
        return check(workspace);
    }
    fs::write(workspace.path(FILE), generate(workspace)?)?;
    say(format_args!("wrote {FILE}"));
    Ok(())
}

/// Fails if the file in the checkout is not what the code says.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let written = fs::read(workspace.path(FILE)).with_context(|| format!("cannot read {FILE}"))?;
    if written != generate(workspace)? {
        bail!("{FILE} is out of date; run `cargo xtask openapi` and commit the result");
    }
    Ok(())
}

fn generate(workspace: &Workspace) -> Result<Vec<u8>> {
    // The same selection as the tests, whose artefacts are reused.
    let mut build = workspace.cargo(&["build", "--quiet", "--workspace", "--all-targets"]);
    process::run(&mut build, &workspace.interrupt)?;
    let executable = workspace.executable("debug", "souk");
    process::output(workspace.command(executable).arg("openapi"))
}
