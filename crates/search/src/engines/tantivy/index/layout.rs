//! Directory layout of a tenant's indexes.
//!
//! ```text
//! 1/                  the tenant's folder
//!   en-0123.../       generation 0, in its language and mapping
//!   generation-7/     another generation
//!     en-0123.../
//!   served            number of the serving generation; generation 0 if absent
//! ```

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use souk_domain::Language;

use super::schema;
use crate::Generation;

const SERVED: &str = "served";
const SERVED_UNFINISHED: &str = "served.unfinished";
const GENERATION: &str = "generation-";

/// Folder of a tenant's indexes.
pub(crate) struct TenantFolder(PathBuf);

impl TenantFolder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Returns the path of a generation, which has one folder per language and mapping.
    pub(crate) fn generation(&self, generation: Generation) -> PathBuf {
        match generation.0 {
            0 => self.0.clone(),
            number => self.0.join(format!("{GENERATION}{number}")),
        }
    }

    /// Returns folder and language of the generation's index with the current mapping, if there is one.
    pub(crate) fn usable(&self, generation: Generation) -> Option<(PathBuf, Language)> {
        let parent = self.generation(generation);
        let names: Vec<_> = entries(&parent)
            .ok()?
            .iter()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        // Names take a while to make: only those of the languages that are there.
        let is_there = |language: &Language| {
            let code = language.code();
            names.iter().any(|name| name.starts_with(code))
        };
        let mut languages = Language::ALL.iter().copied().filter(is_there);
        languages.find_map(|language| {
            let folder = parent.join(schema::directory_name(language));
            folder.is_dir().then_some((folder, language))
        })
    }

    /// Reads the number of the serving generation.
    pub(crate) fn served(&self) -> io::Result<Generation> {
        match fs::read_to_string(self.0.join(SERVED)) {
            Ok(number) => Ok(Generation(number.trim().parse().map_err(io::Error::other)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Generation(0)),
            Err(error) => Err(error),
        }
    }

    /// Records the serving generation atomically and durably.
    pub(crate) fn set_served(&self, generation: Generation) -> io::Result<()> {
        let unfinished = self.0.join(SERVED_UNFINISHED);
        let mut file = File::create(&unfinished)?;
        writeln!(file, "{}", generation.0)?;
        file.sync_all()?;
        fs::rename(&unfinished, self.0.join(SERVED))?;
        File::open(&self.0)?.sync_all()
    }

    /// Lists the generations that have a folder, in ascending order.
    pub(crate) fn generations(&self) -> io::Result<Vec<Generation>> {
        let mut found = Vec::new();
        for entry in entries(&self.0)? {
            let file_name = entry.file_name();
            let name = file_name.to_string_lossy();
            match name.strip_prefix(GENERATION) {
                Some(number) => found.extend(number.parse().ok().map(Generation)),
                None if entry.path().is_dir() => found.push(Generation(0)),
                None => {}
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Lists the folders of a generation's indexes, in any language and mapping.
    pub(crate) fn indexes_of(&self, generation: Generation) -> io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for entry in entries(&self.generation(generation))? {
            let is_generation = entry.file_name().to_string_lossy().starts_with(GENERATION);
            if entry.path().is_dir() && !is_generation {
                found.push(entry.path());
            }
        }
        Ok(found)
    }

    /// Deletes a generation's folders; absent ones are not an error.
    pub(crate) fn remove(&self, generation: Generation) -> io::Result<()> {
        for index in self.indexes_of(generation)? {
            fs::remove_dir_all(index)?;
        }
        match generation.0 {
            0 => Ok(()),
            _ => absent_is_fine(fs::remove_dir_all(self.generation(generation))),
        }
    }

    /// Deletes the tenant's folder; an absent one is not an error.
    pub(crate) fn remove_all(&self) -> io::Result<()> {
        absent_is_fine(fs::remove_dir_all(&self.0))
    }
}

fn entries(folder: &Path) -> io::Result<Vec<fs::DirEntry>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn absent_is_fine(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// Sums the sizes of the files in a folder, in bytes. A file deleted meanwhile counts as 0.
pub(crate) fn bytes(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files
        .filter_map(|entry| entry.metadata().ok())
        .filter(fs::Metadata::is_file)
        .map(|file| file.len())
        .sum()
}
