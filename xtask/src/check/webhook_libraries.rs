//! Has the libraries of Standard Webhooks for JavaScript, Python and Go verify a delivery that Souk signs.

use std::fs::{self, File};

use anyhow::Result;

use crate::{
    front_ends,
    process::{output, output_of, succeeds},
    report::say,
    tools,
    workspace::Workspace,
};

const LIBRARIES: &str = "tests/webhook_libraries";

/// Signs a delivery, and has each library verify it. The workspace is built.
pub(super) fn check(workspace: &Workspace) -> Result<()> {
    let example = workspace.executable("debug", "examples/signed_delivery");
    let delivery = workspace.cache("signed_delivery.json");
    fs::create_dir_all(workspace.cache(""))?;
    fs::write(&delivery, output(&mut workspace.command(example))?)?;

    let javascript = format!("{LIBRARIES}/javascript");
    front_ends::install(workspace, &javascript)?;
    let mut node = workspace.command("node");
    node.arg("verify.mjs")
        .current_dir(workspace.path(&javascript));
    output_of(&mut node, File::open(&delivery)?)?;

    let folder = workspace.path(&format!("{LIBRARIES}/python"));
    let environment = tools::webhook_library(workspace, &folder)?;
    let mut python = workspace.command(environment.join("bin/python"));
    python.arg(folder.join("verify.py"));
    output_of(&mut python, File::open(&delivery)?)?;

    if !succeeds(workspace.command("go").arg("version")) {
        say("there is no Go here, so the Go library of webhooks is not asked");
        return Ok(());
    }
    let mut go = workspace.command("go");
    go.args(["run", "."])
        .current_dir(workspace.path(&format!("{LIBRARIES}/go")));
    output_of(&mut go, File::open(&delivery)?)?;
    Ok(())
}
