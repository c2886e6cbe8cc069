//! Tries the TypeScript client, and front ends that others have made, in Node.js and in Chromium, against a running marketplace.

use std::{fs, path::PathBuf};

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

/// Folder of the TypeScript client.
const CLIENT: &str = "clients/typescript";

/// Front ends, ready to run.
pub(crate) struct FrontEnds {
    chromium: PathBuf,
}

impl FrontEnds {
    /// Finds them, or installs what their lock files name and builds the examples.
    pub(crate) fn find(workspace: &Workspace) -> Result<Self> {
        let chromium = servers::chromium(workspace)?;
        servers::npm(workspace)?;
        for folder in [TESTS, CLIENT].into_iter().chain(EXAMPLES) {
            install(workspace, folder)?;
        }
        for folder in [CLIENT].into_iter().chain(EXAMPLES) {
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
        let tests = [
            (
                TESTS,
                &["agents.test.mjs", "clients.test.mjs", "browser.test.mjs"][..],
            ),
            (CLIENT, &["test/client.test.mjs"]),
        ];
        for (folder, files) in tests {
            let mut node = workspace.command("node");
            node.args(["--test", "--test-reporter=dot", "--test-timeout=60000"])
                .args(files)
                .env("SOUK_URL", url)
                .env("SOUK_ADMIN_KEY", admin_key)
                .env("CHROMIUM", &self.chromium)
                .current_dir(workspace.path(folder));
            run(run_folder.mark(&mut node), &workspace.interrupt)?;
        }
        Ok(())
    }
}

/// Compiles the TypeScript client with the types of the specification, and the calls of the README.
pub(crate) fn check_client(workspace: &Workspace) -> Result<()> {
    servers::npm(workspace)?;
    install(workspace, CLIENT)?;
    let mut npm = workspace.command("npm");
    npm.args(["run", "--silent", "check"])
        .current_dir(workspace.path(CLIENT));
    run(&mut npm, &workspace.interrupt)
}

/// Installs the packages of a folder's lock file, without running anybody's scripts.
pub(crate) fn install(workspace: &Workspace, folder: &str) -> Result<()> {
    let what = format!("packages of {folder}");
    let folder = &workspace.path(folder);
    let lock = fs::read_to_string(folder.join("package-lock.json"))?;
    let installed = folder.join("node_modules/.installed");
    if fs::read_to_string(&installed).is_ok_and(|known| known == lock) {
        return Ok(());
    }
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
