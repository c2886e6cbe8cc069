//! Paths in the checkout, and cargo as tasks run it.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{interrupt::Interrupt, report::say};

/// The variable in which cargo takes a compiler for the packages of a workspace alone.
pub(crate) const WORKSPACE_WRAPPER: &str = "RUSTC_WORKSPACE_WRAPPER";

/// The checkout this task works on.
pub(crate) struct Workspace {
    root: PathBuf,
    /// Signal that ends the task early.
    pub(crate) interrupt: Interrupt,
}

impl Workspace {
    /// The checkout that this program was compiled from.
    pub(crate) fn locate(interrupt: Interrupt) -> Self {
        let own_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = own_folder.parent().unwrap_or(own_folder).to_path_buf();
        Self { root, interrupt }
    }

    /// A path inside the checkout.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// A path inside the folder of things worth keeping between runs; git ignores it.
    pub(crate) fn cache(&self, relative: &str) -> PathBuf {
        self.root.join(".souk").join(relative)
    }

    /// A command that runs at the root of the checkout and finds tools installed in the cache.
    pub(crate) fn command(&self, program: impl Into<OsString>) -> Command {
        let mut command = Command::new(program.into());
        command.current_dir(&self.root);
        let inherited = env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.cache("tools/bin")).chain(env::split_paths(&inherited));
        if let Ok(path) = env::join_paths(folders) {
            command.env("PATH", path);
        }
        command
    }

    /// Cargo, the same that started us, as if it were started by hand: some build scripts run again, and with them all
    /// that builds on their crates, when what it told us of ourselves comes and goes.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(arguments);
        for (name, _) in env::vars_os() {
            if is_of_this_package(&name.to_string_lossy()) {
                command.env_remove(name);
            }
        }
        command
    }

    /// An executable of this workspace, as `profile` built it.
    pub(crate) fn executable(&self, profile: &str, name: &str) -> PathBuf {
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.path("target"), PathBuf::from);
        self.root.join(target).join(profile).join(name)
    }
}

impl Workspace {
    /// Says how long a build takes from nothing, where there is nothing yet.
    pub(crate) fn announce_first_build(&self, profile: &str) {
        if !self.executable(profile, "souk").exists() {
            say(
                "building for the first time, which usually takes 15 min on two cores; later builds are short",
            );
        }
    }
}

/// Reports whether `cargo run` sets this variable to describe a program's own package.
fn is_of_this_package(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_") || variable.starts_with("CARGO_MANIFEST_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_variables_of_the_user_are_kept() {
        for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME"] {
            assert!(is_of_this_package(name), "{name}");
        }
        for name in ["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_INCREMENTAL"] {
            assert!(!is_of_this_package(name), "{name}");
        }
    }
}
