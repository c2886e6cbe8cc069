//! Checks how the files of each package import one another: no cycles, no upward imports in `src/`, no crowded folders.

mod cycles;
mod names;
mod source_tree;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use anyhow::Result;

use self::source_tree::SourceTree;
pub(super) use self::source_tree::rust_files;
use crate::workspace::Workspace;

/// Most Rust files that one folder may hold.
const MAX_FILES_IN_FOLDER: usize = 20;

/// Most imports in `src/` that may run from a lower layer to a higher one.
const MAX_UPWARD_IMPORTS: usize = 4;

/// Top-level modules of `src/`, lowest first. An import should run from a later one to an earlier one.
const RANKS: &[(&str, usize)] = &[
    ("error", 0),
    ("state", 1),
    ("http", 2),
    ("api", 3),
    ("web", 3),
    ("router", 4),
    ("service", 5),
    ("cli", 6),
];

/// Files of a package and the files that each of them imports, by path below the package's source folder.
pub(super) type Imports = BTreeMap<PathBuf, BTreeSet<PathBuf>>;

/// Returns a complaint for each cycle, each crowded folder, and the upward imports if there are too many.
///
/// # Errors
/// If a source file cannot be read or parsed.
pub(super) fn complaints(workspace: &Workspace) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for folder in source_folders(workspace)? {
        let imports = SourceTree::read(&folder)?.imports();
        let shown = shown(workspace, &folder);
        for cycle in cycles::cycles(&imports) {
            let files: Vec<_> = cycle
                .iter()
                .map(|file| file.display().to_string())
                .collect();
            found.push(format!(
                "{shown}: import cycle of {}: {}",
                files.len(),
                files.join(", ")
            ));
        }
        if folder == workspace.path("src") {
            found.extend(too_many_upward(&imports));
        }
        found.extend(crowded_folders(&folder, &shown)?);
    }
    Ok(found)
}

/// Source folders of all packages of the workspace.
pub(super) fn source_folders(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for package in ["", "indexer", "migrations", "xtask"] {
        folders.push(workspace.path(package).join("src"));
    }
    for group in ["crates", "tools"] {
        let Ok(packages) = workspace.path(group).read_dir() else {
            continue;
        };
        for package in packages {
            folders.push(package?.path().join("src"));
        }
    }
    folders.retain(|folder| folder.is_dir());
    folders.sort();
    Ok(folders)
}

/// A folder's path as people of this project write it.
pub(super) fn shown(workspace: &Workspace, path: &Path) -> String {
    let relative = path.strip_prefix(workspace.path("")).unwrap_or(path);
    relative.display().to_string()
}

fn too_many_upward(imports: &Imports) -> Vec<String> {
    let mut upward = Vec::new();
    for (file, imported) in imports {
        for other in imported {
            if let (Some(from), Some(to)) = (rank(file), rank(other))
                && from < to
            {
                upward.push(format!(
                    "src: {} imports {} above it",
                    file.display(),
                    other.display()
                ));
            }
        }
    }
    if upward.len() <= MAX_UPWARD_IMPORTS {
        upward.clear();
    }
    upward
}

fn rank(file: &Path) -> Option<usize> {
    let first = file.components().next()?;
    let module = Path::new(first.as_os_str()).file_stem()?.to_str()?;
    let ranked = RANKS.iter().find(|(name, _)| *name == module)?;
    Some(ranked.1)
}

fn crowded_folders(folder: &Path, shown: &str) -> Result<Vec<String>> {
    let mut files_in: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for file in source_tree::rust_files(folder)? {
        let parent = file.parent().map(Path::to_path_buf).unwrap_or_default();
        *files_in.entry(parent).or_default() += 1;
    }
    let crowded = files_in
        .into_iter()
        .filter(|(_, files)| *files > MAX_FILES_IN_FOLDER);
    let complaints = crowded.map(|(inner, files)| {
        let place = Path::new(shown).join(inner.strip_prefix(folder).unwrap_or(&inner));
        format!(
            "{}: {files} files in one folder, at most {MAX_FILES_IN_FOLDER}",
            place.display()
        )
    });
    Ok(complaints.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports(pairs: &[(&str, &str)]) -> Imports {
        let mut imports = Imports::new();
        for (from, to) in pairs {
            imports
                .entry((*from).into())
                .or_default()
                .insert((*to).into());
            imports.entry((*to).into()).or_default();
        }
        imports
    }

    #[test]
    fn upward_imports_over_the_limit_are_listed() {
        let few = imports(&[("http/mod.rs", "api/mod.rs"), ("api/mod.rs", "error.rs")]);
        assert_eq!(too_many_upward(&few), Vec::<String>::new());
        let many: Vec<_> = ["a", "b", "c", "d", "e"]
            .map(|name| format!("http/{name}.rs"))
            .to_vec();
        let many: Vec<_> = many
            .iter()
            .map(|from| (from.as_str(), "cli/mod.rs"))
            .collect();
        assert_eq!(too_many_upward(&imports(&many)).len(), 5);
    }
}
