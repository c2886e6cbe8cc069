//! Holds a running API to its own specification.

use std::path::Path;

use anyhow::Result;

use crate::{marketplace::Marketplace, process::run, run_folder::RunFolder, workspace::Workspace};

/// Examples an operation and phase: enough to meet every parameter with odd values, few enough for every commit.
const EXAMPLES: &str = "30";
/// The same run every time; a failure can be seen again.
const SEED: &str = "1";

/// Tries the API, with the admin key at hand.
pub(crate) fn try_api(
    workspace: &Workspace,
    run_folder: &RunFolder,
    executable: &Path,
    marketplace: &Marketplace,
) -> Result<()> {
    let mut schemathesis = workspace.command(executable);
    schemathesis
        .arg("run")
        .arg(marketplace.url("/openapi.json"))
        .args(["--url", &marketplace.url("")])
        .args([
            "--header",
            &format!("Authorization: Bearer {}", Marketplace::ADMIN_KEY),
        ])
        .args(["--checks", "all"])
        .args(["--max-examples", EXAMPLES, "--seed", SEED])
        // Strings that happen to be numbers are filtered out of negative tests often; that says nothing about the API.
        .args(["--suppress-health-check", "all"])
        .current_dir(run_folder.path(""));
    run(run_folder.mark(&mut schemathesis), &workspace.interrupt)
}
