//! Tries front ends that others have made, in Node.js and in Chromium, against a running marketplace.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;

use crate::{
    process::run,
    run_folder::RunFolder,
    tools::{Installation, servers},
    workspace::Workspace,
};

/// Folder of the tests.
const TESTS: &str = "tests/front_ends";
/// Folders of the examples, which are built.
const EXAMPLES: [&str; 2] = ["examples/instantsearch", "examples/instantsearch-vanilla"];

/// Front ends, ready to run.
pub(crate) struct FrontEnds {
    chromium: PathBuf,
}

impl FrontEnds {
    /// Finds them, or installs what their lock files name and builds the examples.
    pub(crate) fn find(workspace: &Workspace) -> Result<Self> {
        let chromium = servers::chromium(workspace)?;
        for folder in [TESTS].into_iter().chain(EXAMPLES) {
            install(workspace, &workspace.path(folder))?;
        }
        for folder in EXAMPLES {
            let mut npm = workspace.command("npm");
            npm.args(["run", "--silent", "build"])
                .current_dir(workspace.path(folder));
            run(&mut npm, &workspace.interrupt)?;
        }
        Ok(Self { chromium })
    }

    /// Runs their tests.
    pub(crate) fn try_api(
        &self,
        workspace: &Workspace,
        run_folder: &RunFolder,
        url: &str,
        admin_key: &str,
    ) -> Result<()> {
        let mut node = workspace.command("node");
        node.args(["--test", "--test-reporter=dot", "--test-timeout=60000"])
            .args(["agents.test.mjs", "clients.test.mjs", "browser.test.mjs"])
            .env("SOUK_URL", url)
            .env("SOUK_ADMIN_KEY", admin_key)
            .env("CHROMIUM", &self.chromium)
            .current_dir(workspace.path(TESTS));
        run(run_folder.mark(&mut node), &workspace.interrupt)
    }
}

/// Installs the packages of a lock file, without running anybody's scripts.
fn install(workspace: &Workspace, folder: &Path) -> Result<()> {
    let lock = fs::read_to_string(folder.join("package-lock.json"))?;
    let installed = folder.join("node_modules/.installed");
    if fs::read_to_string(&installed).is_ok_and(|known| known == lock) {
        return Ok(());
    }
    let what = format!("packages of {}", folder.display());
    let installation = Installation {
        what: &what,
        usual: "20 s",
        purpose: "they are what shops' front ends are made of",
    };
    installation.run(workspace, |log| {
        let mut npm = workspace.command("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .args(["--loglevel", "error"])
            .current_dir(folder);
        log.run(&mut npm)?;
        // Written last: an installation that was interrupted is done again.
        Ok(fs::write(&installed, &lock)?)
    })
}
