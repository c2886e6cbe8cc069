//! Holds a running API to its own specification.

use std::path::Path;

use anyhow::Result;

use crate::{process::run, run_folder::RunFolder, workspace::Workspace};

/// Configuration of schemathesis: the checks and their exceptions.
const CONFIGURATION: &str = ".config/schemathesis.toml";

/// Tries the API at `url`, with the admin key at hand.
pub(crate) fn try_api(
    workspace: &Workspace,
    run_folder: &RunFolder,
    executable: &Path,
    url: &str,
    admin_key: &str,
) -> Result<()> {
    let mut schemathesis = workspace.command(executable);
    schemathesis
        .arg("--config-file")
        .arg(workspace.path(CONFIGURATION))
        .arg("run")
        .arg(format!("{url}/openapi.json"))
        .args(["--url", url])
        .args(["--header", &format!("Authorization: Bearer {}", admin_key)])
        .current_dir(run_folder.path(""));
    run(run_folder.mark(&mut schemathesis), &workspace.interrupt)
}
