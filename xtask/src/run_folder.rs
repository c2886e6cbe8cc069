//! A temporary folder for one run, which also marks every process of the run.
//!
//! A run that is killed outright leaves its folder and its processes behind. The folder's lock is then free, which
//! is how the next run recognises both and removes them.

use std::{
    fs::{self, File, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{self, Command},
    thread,
    time::Duration,
};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::report::say;

const PREFIX: &str = "souk-xtask-";
const LOCK: &str = "lock";
/// Every process of a run carries this variable, with the run's folder; one of the stack, with its own.
const MARK: &str = "SOUK_XTASK_RUN";

/// The folder of this run; dropping it ends what still runs in its name and removes it.
pub(crate) struct RunFolder {
    folder: TempDir,
    _lock: File,
}

impl RunFolder {
    /// Removes what killed runs left, then makes a folder for this one.
    pub(crate) fn create() -> Result<Self> {
        let parent = std::env::temp_dir();
        for path in stale_folders(&parent) {
            say(format_args!(
                "removing what a killed run left in {}",
                path.display()
            ));
            remove(&path);
        }
        Self::create_in(&parent).context("cannot make a temporary folder")
    }

    fn create_in(parent: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
        // PostgreSQL may have to run as another user, who passes through here.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
        // Locked before it has its name: nobody ever sees it unlocked while we live.
        let unnamed = folder.path().join("lock.new");
        let lock = File::create(&unnamed)?;
        lock.lock()?;
        fs::rename(unnamed, folder.path().join(LOCK))?;
        Ok(Self {
            folder,
            _lock: lock,
        })
    }

    /// A path inside.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// Marks a command as part of this run.
    pub(crate) fn mark<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        mark(command, self.folder.path())
    }
}

/// Marks a command as one that belongs to a folder.
pub(crate) fn mark<'c>(command: &'c mut Command, folder: &Path) -> &'c mut Command {
    command.env(MARK, folder)
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        kill_marked(self.folder.path());
    }
}

/// Folders of runs that ended without removing them.
fn stale_folders(parent: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(parent) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX))
        .map(|entry| entry.path())
        .filter(|path| {
            File::options()
                .write(true)
                .open(path.join(LOCK))
                .is_ok_and(|lock| lock.try_lock().is_ok())
        })
        .collect()
}

fn remove(folder: &Path) {
    kill_marked(folder);
    if let Err(error) = fs::remove_dir_all(folder) {
        say(format_args!("cannot remove {}: {error}", folder.display()));
    }
}

/// Kills every process marked with this folder.
pub(crate) fn kill_marked(folder: &Path) {
    let mark = format!("{MARK}={}", folder.display());
    let Ok(processes) = fs::read_dir("/proc") else {
        return;
    };
    for process in processes.flatten() {
        let Some(pid) = process
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<i32>().ok())
        else {
            continue;
        };
        let is_marked = environment(&process.path())
            .split(|byte| *byte == 0)
            .any(|variable| variable == mark.as_bytes());
        if is_marked
            && pid.unsigned_abs() != process::id()
            && let Some(pid) = Pid::from_raw(pid)
        {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

/// Reads the variables of a process, given its folder in `/proc`; empty if it has none or is gone.
///
/// Linux lets `spawn` return before the new program has its variables, and shows none until then. So a process that
/// runs a program and shows no variables is asked again for a tenth of a second.
fn environment(process: &Path) -> Vec<u8> {
    for _ in 0..100 {
        let environment = fs::read(process.join("environ")).unwrap_or_default();
        // A thread of the kernel and a process that has ended run no program.
        if !environment.is_empty() || fs::read_link(process.join("exe")).is_err() {
            return environment;
        }
        thread::sleep(Duration::from_millis(1));
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_stale_once_its_run_is_gone() {
        let parent = tempfile::tempdir().unwrap();
        let run = RunFolder::create_in(parent.path()).unwrap();
        assert_eq!(stale_folders(parent.path()), Vec::<PathBuf>::new());

        let killed = parent.path().join(format!("{PREFIX}killed"));
        fs::create_dir(&killed).unwrap();
        File::create(killed.join(LOCK)).unwrap();
        assert_eq!(stale_folders(parent.path()), [killed]);

        let path = run.path("");
        drop(run);
        assert!(!path.exists());
    }

    #[test]
    fn the_end_of_a_run_ends_its_processes() {
        let parent = tempfile::tempdir().unwrap();
        let run = RunFolder::create_in(parent.path()).unwrap();
        let mut child = run.mark(Command::new("sleep").arg("600")).spawn().unwrap();
        drop(run);
        assert!(!child.wait().unwrap().success());
    }

    #[test]
    fn the_variables_of_a_process_are_read_as_soon_as_it_is_spawned() {
        for _ in 0..50 {
            let mut child = Command::new("sleep")
                .arg("600")
                .env(MARK, "here")
                .spawn()
                .unwrap();
            let read = environment(Path::new(&format!("/proc/{}", child.id())));
            child.kill().unwrap();
            child.wait().unwrap();
            let mark = format!("{MARK}=here");
            assert!(
                read.split(|byte| *byte == 0)
                    .any(|variable| variable == mark.as_bytes())
            );
        }
    }
}
