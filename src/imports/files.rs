//! Uploaded files in the data folder, each under a random key.
//!
//! Names that callers give are never part of a path.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// Ending of a file that is still being received.
const PART: &str = "part";
/// Ending of the faults of a run.
const ERRORS: &str = "errors.csv";

/// Folder of uploaded files.
#[derive(Debug, Clone)]
pub struct ImportFiles {
    folder: PathBuf,
}

impl ImportFiles {
    /// Uses a folder, which need not exist yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// Returns a new random key.
    pub(super) fn new_key() -> String {
        format!("{:032x}", rand::random::<u128>())
    }

    /// Makes the folder if it is missing.
    pub(super) fn prepare(&self) -> io::Result<()> {
        fs::create_dir_all(&self.folder)
    }

    /// Returns the path of a file.
    pub fn path(&self, key: &str) -> PathBuf {
        self.folder.join(key)
    }

    /// Returns the path of a file that is still being received.
    pub(super) fn part_path(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{key}.{PART}"))
    }

    /// Returns the path of the faults of a run.
    pub fn errors_path(&self, key: &str, run: u64) -> PathBuf {
        self.folder.join(format!("{key}.{run}.{ERRORS}"))
    }

    /// Returns true if this process can read the file.
    pub fn has(&self, key: &str) -> bool {
        self.path(key).is_file()
    }

    /// Deletes a file and the faults of its runs. Files that are gone already are no error.
    ///
    /// # Errors
    /// If the folder cannot be read or written.
    pub fn remove(&self, key: &str) -> io::Result<()> {
        for (path, its_key, _) in self.list()? {
            if its_key == key {
                remove(&path)?;
            }
        }
        Ok(())
    }

    /// Returns the keys of files that nothing was written to for `age`.
    pub(super) fn older_than(&self, age: Duration, now: SystemTime) -> io::Result<Vec<String>> {
        let mut keys: Vec<String> = self
            .list()?
            .into_iter()
            .filter(|(_, _, modified)| now.duration_since(*modified).is_ok_and(|old| old >= age))
            .map(|(_, key, _)| key)
            .collect();
        keys.sort();
        keys.dedup();
        Ok(keys)
    }

    /// Returns path, key and time of each file.
    fn list(&self) -> io::Result<Vec<(PathBuf, String, SystemTime)>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                continue;
            };
            let key = name.split('.').next().unwrap_or_default();
            // Another process may delete it meanwhile.
            if let Ok(modified) = entry.metadata().and_then(|about| about.modified()) {
                found.push((entry.path(), key.to_owned(), modified));
            }
        }
        Ok(found)
    }
}

/// Deletes a file, unless it is gone already.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removal_of_key_leaves_files_of_others() {
        let folder = tempfile::tempdir().unwrap();
        let files = ImportFiles::new(folder.path().join("imports"));
        files.remove("a").unwrap();
        files.prepare().unwrap();
        for path in [
            files.path("a"),
            files.errors_path("a", 2),
            files.part_path("a"),
            files.path("ab"),
        ] {
            fs::write(path, "").unwrap();
        }
        assert!(files.has("a") && !files.has("b"));
        let later = SystemTime::now() + Duration::from_secs(60);
        let hour = Duration::from_secs(3_600);
        assert!(files.older_than(hour, later).unwrap().is_empty());
        assert_eq!(files.older_than(hour, later + hour).unwrap(), ["a", "ab"]);
        files.remove("a").unwrap();
        assert_eq!(
            fs::read_dir(folder.path().join("imports")).unwrap().count(),
            1
        );
        assert!(files.has("ab"));
    }
}
