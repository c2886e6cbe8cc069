//! Artillery, and a Node.js for it where the machine's own is too old.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use super::{installation::Installation, k6::version};
use crate::{process::output, workspace::Workspace};

const ARTILLERY: &str = "artillery@2.0.34";
/// Oldest Node.js that runs it.
const NODE: (u32, u32) = (22, 18);
/// Release of Node.js that npm has as a bare program.
const NODE_RELEASE: &str = "22.23.3";

/// An installation.
pub(crate) struct Artillery {
    folder: PathBuf,
    /// The package of a Node.js of its own.
    node: Option<String>,
}

impl Artillery {
    /// Finds it, or installs it without running anybody's scripts.
    pub(crate) fn find(workspace: &Workspace) -> Result<Self> {
        let found = Self {
            folder: workspace.cache("artillery"),
            node: (!has_node()).then(node_package),
        };
        let wanted: Vec<String> = std::iter::once(ARTILLERY.to_owned())
            .chain(
                found
                    .node
                    .as_ref()
                    .map(|node| format!("{node}@{NODE_RELEASE}")),
            )
            .collect();
        let installed = found.folder.join("installed");
        if fs::read_to_string(&installed).is_ok_and(|packages| packages == wanted.join(" ")) {
            return Ok(found);
        }
        let installation = Installation {
            what: ARTILLERY,
            usual: "1 min and 600 MB",
            purpose: "it runs the load tests, too",
        };
        installation.run(workspace, |log| {
            fs::create_dir_all(&found.folder)?;
            fs::write(found.folder.join("package.json"), "{\"private\":true}\n")?;
            let mut npm = workspace.command("npm");
            npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund"])
                .args(["--loglevel", "error"])
                .args(&wanted)
                .current_dir(&found.folder);
            log.run(&mut npm)?;
            // Written last: an installation that was interrupted is done again.
            Ok(fs::write(&installed, wanted.join(" "))?)
        })?;
        Ok(found)
    }

    /// A command of it.
    pub(crate) fn command(&self, workspace: &Workspace) -> Command {
        let modules = self.folder.join("node_modules");
        let mut command = workspace.command(modules.join(".bin/artillery"));
        command.env("ARTILLERY_DISABLE_TELEMETRY", "true");
        if let Some(node) = &self.node {
            let own = modules.join(node).join("bin");
            command.env("PATH", path_beginning_with(&own));
        }
        command
    }
}

fn path_beginning_with(folder: &Path) -> std::ffi::OsString {
    let inherited = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(env::split_paths(&inherited));
    // Fails only for a folder with a colon in its name.
    env::join_paths(folders).unwrap_or(inherited)
}

fn has_node() -> bool {
    let version_text = output(Command::new("node").arg("--version")).unwrap_or_default();
    let version_text = String::from_utf8_lossy(&version_text);
    version(version_text.trim().trim_start_matches('v')) >= Some(NODE)
}

fn node_package() -> String {
    let architecture = match env::consts::ARCH {
        "aarch64" => "arm64",
        _ => "x64",
    };
    format!("node-linux-{architecture}")
}
