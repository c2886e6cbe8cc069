//! Crates whose documentation has examples: of the others, rustdoc would read everything to find none.

use std::{fs, path::Path};

use anyhow::Result;

use crate::workspace::Workspace;

/// Folders of libraries: each itself, or what is in it where it ends with a slash.
const FOLDERS: [&str; 5] = ["", "indexer", "migrations", "crates/", "tools/"];

/// Names of packages with an example that is compiled.
pub(crate) fn packages(workspace: &Workspace) -> Result<Vec<String>> {
    let mut packages = Vec::new();
    for folder in FOLDERS {
        let root = workspace.path(folder);
        if !folder.ends_with('/') {
            packages.extend(package(&root)?);
            continue;
        }
        for entry in fs::read_dir(root)? {
            packages.extend(package(&entry?.path())?);
        }
    }
    packages.sort();
    Ok(packages)
}

/// Name of the package in a folder, if it is a library with an example.
fn package(folder: &Path) -> Result<Option<String>> {
    let sources = folder.join("src");
    if !sources.join("lib.rs").is_file() || !has_example(&sources)? {
        return Ok(None);
    }
    let manifest = fs::read_to_string(folder.join("Cargo.toml"))?;
    let name = manifest
        .lines()
        .find_map(|line| line.strip_prefix("name = "));
    Ok(name.map(|name| name.trim_matches('"').to_owned()))
}

fn has_example(folder: &Path) -> Result<bool> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let found = if path.is_dir() {
            has_example(&path)?
        } else {
            path.extension().is_some_and(|extension| extension == "rs")
                && begins_example(&fs::read_to_string(&path)?)
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Reports whether a doc comment has a block that rustdoc takes for code. Rather too often than not often enough.
fn begins_example(source: &str) -> bool {
    let (mut is_fenced, mut is_example) = (false, false);
    for line in source.lines() {
        let line = line.trim_start();
        let comment = line.strip_prefix("///").or(line.strip_prefix("//!"));
        let Some(comment) = comment else {
            is_fenced = false;
            continue;
        };
        if let Some(language) = comment.trim_start().strip_prefix("```") {
            is_fenced = !is_fenced;
            is_example |= is_fenced && !matches!(language.trim(), "ignore" | "text");
        } else {
            // Indented by four, it is code as well.
            is_example |= !is_fenced && comment.starts_with("     ");
        }
    }
    is_example
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_fenced_or_indented_and_not_ignored() {
        for (source, expected) in [
            ("/// Text.\nfn a() {}\n", false),
            ("    /// ```\n    /// a();\n    /// ```\n", true),
            ("//! ```no_run\n//! a();\n//! ```\n", true),
            ("///     a();\n", true),
            ("/// ```ignore\n///     a!\n/// ```\n", false),
            (
                "/// ```ignore\n/// ```\n///\n/// ```\n/// a();\n/// ```\n",
                true,
            ),
            ("let text = \"```\";\n", false),
        ] {
            assert_eq!(begins_example(source), expected, "{source}");
        }
    }
}
