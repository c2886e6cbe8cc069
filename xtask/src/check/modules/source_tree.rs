//! Resolves which file of a package imports which, through re-exports and down to the file that declares the name.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::{
    Imports,
    names::{Names, Segments},
};

/// Longest chain of re-exports that is followed.
const MAX_REEXPORTS: usize = 16;

/// Modules of a package by their path from the crate's root; the root is empty.
pub(super) struct SourceTree {
    modules: BTreeMap<Segments, Module>,
}

struct Module {
    /// Path below the source folder.
    file: PathBuf,
    names: Names,
}

impl SourceTree {
    /// Reads the files below a source folder that `lib.rs` or, without one, `main.rs` declares as modules.
    ///
    /// # Errors
    /// If a file cannot be read or parsed.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let mut tree = Self {
            modules: BTreeMap::new(),
        };
        for root in ["lib.rs", "main.rs"] {
            if tree.modules.is_empty() && folder.join(root).is_file() {
                tree.add(folder, PathBuf::from(root), Segments::new())?;
            }
        }
        Ok(tree)
    }

    fn add(&mut self, folder: &Path, file: PathBuf, module: Segments) -> Result<()> {
        let path = folder.join(&file);
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let parsed =
            syn::parse_file(&text).with_context(|| format!("cannot parse {}", path.display()))?;
        let names = Names::of(&parsed);
        let children: Vec<_> = names.children.iter().cloned().collect();
        self.modules.insert(module.clone(), Module { file, names });
        let below: PathBuf = module.iter().collect();
        for child in children {
            let candidates = [
                below.join(format!("{child}.rs")),
                below.join(&child).join("mod.rs"),
            ];
            if let Some(file) = candidates
                .into_iter()
                .find(|file| folder.join(file).is_file())
            {
                let mut module = module.clone();
                module.push(child);
                self.add(folder, file, module)?;
            }
        }
        Ok(())
    }

    /// Imports between files. A module and those inside it count as one place: neither importing the other is listed.
    pub(super) fn imports(&self) -> Imports {
        let mut imports = Imports::new();
        for (path, module) in &self.modules {
            let files: BTreeSet<_> = module
                .names
                .mentioned
                .iter()
                .filter_map(|mentioned| self.resolve(path, mentioned, MAX_REEXPORTS))
                .filter(|other| !other.starts_with(path) && !path.starts_with(other))
                .map(|other| self.modules[other].file.clone())
                .collect();
            imports.insert(module.file.clone(), files);
        }
        imports
    }

    /// The module that declares what `path` names when it is written in `module`; `None` for other crates.
    fn resolve<'a>(
        &'a self,
        module: &Segments,
        path: &[String],
        budget: usize,
    ) -> Option<&'a Segments> {
        if budget == 0 {
            return None;
        }
        let (start, rest) = self.start(module, path)?;
        let (mut at, mut here) = self.modules.get_key_value(&start)?;
        for (position, name) in rest.iter().enumerate() {
            let mut child = at.clone();
            child.push(name.clone());
            if let Some(found) = self.modules.get_key_value(&child) {
                (at, here) = found;
                continue;
            }
            if let Some(bound) = here.names.bound.get(name) {
                let mut path = bound.clone();
                path.extend_from_slice(&rest[position + 1..]);
                if let Some(module) = self.resolve(at, &path, budget - 1) {
                    return Some(module);
                }
            }
            return Some(at);
        }
        Some(at)
    }

    /// The module in which the look-up of a path begins, and the segments that are left.
    fn start<'a>(&self, module: &Segments, path: &'a [String]) -> Option<(Segments, &'a [String])> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some((Segments::new(), rest)),
            "self" => Some((module.clone(), rest)),
            "super" => {
                let mut at = module.clone();
                at.pop()?;
                let mut rest = rest;
                while let Some(("super", after)) = rest
                    .split_first()
                    .map(|(first, after)| (first.as_str(), after))
                {
                    at.pop()?;
                    rest = after;
                }
                Some((at, rest))
            }
            name => {
                let names = &self.modules.get(module)?.names;
                let bound = names.bound.get(name);
                // A name bound to itself is another crate's.
                let is_local = names.children.contains(name)
                    || bound.is_some_and(|bound| bound.first() != Some(first));
                is_local.then(|| (module.clone(), path))
            }
        }
    }
}

/// Rust files below a folder, those in folders called `tests` aside.
///
/// # Errors
/// If a folder cannot be read.
pub(in crate::check) fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in folder
        .read_dir()
        .with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry?.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "tests") {
                files.extend(rust_files(&path)?);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_lead_to_the_file_behind_a_reexport() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        fs::create_dir(folder.path().join("shop")).unwrap();
        write("lib.rs", "mod cart; mod shop; pub use shop::Shop;");
        write(
            "cart.rs",
            "use crate::Shop; fn pay(_: Shop) { crate::shop::price::price(); }",
        );
        write(
            "shop/mod.rs",
            "pub mod price; mod owner; pub use self::owner::Shop;",
        );
        write(
            "shop/owner.rs",
            "pub struct Shop; #[cfg(test)] use crate::cart::pay;",
        );
        write("shop/price.rs", "use super::Shop; pub fn price() {}");

        let imports = SourceTree::read(folder.path()).unwrap().imports();

        let of = |file: &str| -> Vec<_> {
            imports[Path::new(file)]
                .iter()
                .map(|file| file.display().to_string())
                .collect()
        };
        assert_eq!(of("cart.rs"), ["shop/owner.rs", "shop/price.rs"]);
        assert_eq!(of("shop/price.rs"), ["shop/owner.rs"]);
        assert!(of("shop/owner.rs").is_empty());
    }
}
