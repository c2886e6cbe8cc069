//! Debian's and Ubuntu's packages, installed without a service of theirs being started or enabled.

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use rustix::process::geteuid;

use super::installation::Log;
use crate::{
    process::{output, succeeds},
    report::say,
};

/// Program that packages ask whether they may start their service.
const POLICY: &str = "/usr/sbin/policy-rc.d";
/// Answer to that: no, whatever it is (`policy-rc.d(8)`).
const FORBIDDEN: &str = "#!/bin/sh\nexit 101\n";
/// Folder where systemd keeps which units are enabled, as links.
const UNITS: &str = "/etc/systemd/system";

/// Installs a package without those that it merely recommends. Servers of it are ours to start.
pub(super) fn install(log: &Log<'_>, package: &str) -> Result<()> {
    update(log, package)?;
    let root = root(package)?;
    let before = enabled(Path::new(UNITS));
    let policy = Policy::forbid(&root, Path::new(POLICY))?;
    let installed = get(log, &root, package, &install_arguments(package));
    policy.restore();
    leave_disabled(&root, &before);
    installed
}

/// Learns what there is to install; `package` is what one is after.
pub(super) fn update(log: &Log<'_>, package: &str) -> Result<()> {
    get(log, &root(package)?, package, &["update", "--quiet=2"])
}

fn install_arguments(package: &str) -> [&str; 5] {
    [
        "install",
        "--yes",
        "--quiet=2",
        "--no-install-recommends",
        package,
    ]
}

fn get(log: &Log<'_>, root: &Root, package: &str, arguments: &[&str]) -> Result<()> {
    let mut apt = root.command("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
    log.run(&mut apt)
        .with_context(|| format!("{package} is missing and could not be installed"))
}

fn root(package: &str) -> Result<Root> {
    let root = Root::find().filter(|_| succeeds(Command::new("apt-get").arg("--version")));
    let Some(root) = root else {
        bail!(
            "{package} is missing and cannot be installed from here (no apt-get, or neither root nor sudo); \
             please install it and run this again"
        );
    };
    Ok(root)
}

/// Way to run a command as root.
enum Root {
    Already,
    Sudo,
}

impl Root {
    fn find() -> Option<Self> {
        if geteuid().is_root() {
            return Some(Self::Already);
        }
        succeeds(Command::new("sudo").args(["-n", "true"])).then_some(Self::Sudo)
    }

    fn command(&self, program: &str) -> Command {
        match self {
            Self::Already => Command::new(program),
            Self::Sudo => {
                let mut sudo = Command::new("sudo");
                // `-n`: our children have no terminal to ask for a password on.
                sudo.args(["-n", program]);
                sudo
            }
        }
    }
}

/// A policy that no service is started, until it is dropped.
struct Policy<'a> {
    root: &'a Root,
    path: &'a Path,
    /// The policy that the machine had before.
    kept: PathBuf,
}

impl<'a> Policy<'a> {
    fn forbid(root: &'a Root, path: &'a Path) -> Result<Self> {
        let mut kept = path.as_os_str().to_owned();
        kept.push(".before-souk");
        let kept = PathBuf::from(kept);
        // One that is kept already is from a run that was killed: it is the machine's own.
        if path.exists() && !kept.exists() {
            output(root.command("mv").arg(path).arg(&kept))?;
        }
        let policy = Self { root, path, kept };
        let mut forbidden = tempfile::NamedTempFile::new()?;
        forbidden.write_all(FORBIDDEN.as_bytes())?;
        let mut install = root.command("install");
        install.arg("--mode=755").arg(forbidden.path()).arg(path);
        output(&mut install)?;
        Ok(policy)
    }

    /// Puts the machine's own policy back, if it had one.
    fn restore(self) {
        drop(self);
    }
}

impl Drop for Policy<'_> {
    fn drop(&mut self) {
        let mut command = if self.kept.exists() {
            let mut back = self.root.command("mv");
            back.arg("--force").arg(&self.kept);
            back
        } else {
            let mut remove = self.root.command("rm");
            remove.arg("--force");
            remove
        };
        if let Err(error) = output(command.arg(self.path)) {
            say(format_args!(
                "{} forbids services to start and could not be restored: {error:#}",
                self.path.display()
            ));
        }
    }
}

/// Links that enable a unit.
fn enabled(units: &Path) -> BTreeSet<PathBuf> {
    let folders = fs::read_dir(units).into_iter().flatten().flatten();
    let folders = folders.filter(|folder| {
        let name = folder.file_name();
        name.as_bytes().ends_with(b".wants") || name.as_bytes().ends_with(b".requires")
    });
    folders
        .flat_map(|folder| fs::read_dir(folder.path()).into_iter().flatten().flatten())
        .map(|link| link.path())
        .collect()
}

/// Names of units that are enabled and were not before.
fn enabled_since(units: &Path, before: &BTreeSet<PathBuf>) -> BTreeSet<String> {
    let new = enabled(units);
    let new = new.difference(before).filter_map(|link| link.file_name());
    new.map(|name| name.to_string_lossy().into_owned())
        .collect()
}

/// Disables what packages have enabled: it would come up with the machine, reachable by everyone.
fn leave_disabled(root: &Root, before: &BTreeSet<PathBuf>) {
    let units = enabled_since(Path::new(UNITS), before);
    if units.is_empty() {
        return;
    }
    let mut disable = root.command("systemctl");
    disable.args(["disable", "--quiet"]).args(&units);
    if let Err(error) = output(&mut disable) {
        let units: Vec<_> = units.into_iter().collect();
        say(format_args!(
            "{} are enabled and start with the machine: {error:#}",
            units.join(", ")
        ));
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn packages_come_without_what_they_recommend() {
        let arguments = install_arguments("nginx");
        assert!(arguments.contains(&"--no-install-recommends"));
        assert_eq!(arguments.last(), Some(&"nginx"));
    }

    #[test]
    fn policy_forbids_and_leaves_no_trace() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy-rc.d");
        let policy = Policy::forbid(&Root::Already, &path).unwrap();
        let status = Command::new(&path).args(["nginx", "start"]).status();
        assert_eq!(status.unwrap().code(), Some(101));
        policy.restore();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn policy_of_machine_is_restored_also_after_a_killed_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy-rc.d");
        fs::write(&path, "own").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o751)).unwrap();
        let killed = Policy::forbid(&Root::Already, &path).unwrap();
        std::mem::forget(killed);
        assert_eq!(fs::read_to_string(&path).unwrap(), FORBIDDEN);
        Policy::forbid(&Root::Already, &path).unwrap().restore();
        assert_eq!(fs::read_to_string(&path).unwrap(), "own");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o751);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn only_units_enabled_by_installation_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let wants = folder.path().join("multi-user.target.wants");
        fs::create_dir(&wants).unwrap();
        symlink("/lib/systemd/system/ssh.service", wants.join("ssh.service")).unwrap();
        let before = enabled(folder.path());
        for unit in ["nginx.service", "redis-server.service"] {
            symlink("/nowhere", wants.join(unit)).unwrap();
        }
        fs::write(folder.path().join("other.service"), "").unwrap();
        let new: Vec<_> = enabled_since(folder.path(), &before).into_iter().collect();
        assert_eq!(new, ["nginx.service", "redis-server.service"]);
    }
}
