//! Folders of a stack and its parts.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};

use super::{name::Name, record::Record};
use crate::parts::log_file;

/// The folder of the stack, with one folder a part.
pub(super) struct Place {
    folder: PathBuf,
}

impl Place {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Folder of a part.
    pub(super) fn part(&self, name: Name) -> PathBuf {
        self.folder.join(name.key())
    }

    /// Log of a part since its last start.
    pub(super) fn log(&self, name: Name) -> PathBuf {
        log_file(&self.part(name))
    }

    /// The process of a part that was started here, whether it still runs or not.
    pub(super) fn record(&self, name: Name) -> Option<Record> {
        Record::read(&self.record_file(name))
    }

    /// The process of a part that runs.
    pub(super) fn running(&self, name: Name) -> Option<Record> {
        self.record(name).filter(Record::is_alive)
    }

    /// The parts of this stack: those of the front tier and those that watch only where they were asked for.
    pub(super) fn names(&self, edge: bool, observe: bool) -> Vec<Name> {
        let is_asked_for =
            |name: Name| (edge || !name.is_of_edge()) && (observe || !name.is_of_observers());
        let is_here = |name: &Name| is_asked_for(*name) || self.record(*name).is_some();
        Name::ALL.into_iter().filter(is_here).collect()
    }

    /// Remembers the process of a part.
    pub(super) fn remember(&self, name: Name, record: &Record) -> Result<()> {
        record.write(&self.record_file(name))
    }

    /// Forgets a process that has ended.
    pub(super) fn forget(&self, name: Name) -> Result<()> {
        remove(&self.record_file(name), |file| fs::remove_file(file))
    }

    /// Throws away the data and logs of a part.
    pub(super) fn wipe(&self, name: Name) -> Result<()> {
        remove(&self.part(name), |folder| fs::remove_dir_all(folder))
    }

    /// Lets one command at a time start and stop.
    pub(super) fn lock(&self) -> Result<File> {
        fs::create_dir_all(&self.folder)?;
        let lock = File::create(self.folder.join("lock"))?;
        if lock.try_lock().is_err() {
            bail!("another `cargo xtask stack` is starting or stopping things; wait for it");
        }
        Ok(lock)
    }

    fn record_file(&self, name: Name) -> PathBuf {
        self.part(name).join("process.json")
    }
}

fn remove(path: &Path, how: impl FnOnce(&Path) -> std::io::Result<()>) -> Result<()> {
    if path.exists() {
        how(path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_command_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::new(folder.path().to_owned());
        let held = place.lock().unwrap();
        assert!(place.lock().is_err());
        drop(held);
        assert!(place.lock().is_ok());
    }

    #[test]
    fn missing_process_is_neither_running_nor_blocking() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::new(folder.path().to_owned());
        assert!(place.running(Name::Redis).is_none());
        place.forget(Name::Redis).unwrap();
        place.wipe(Name::Redis).unwrap();
    }
}
