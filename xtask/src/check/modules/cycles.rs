//! Finds import cycles: strongly connected components of the import graph (Tarjan, 1972).

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use super::Imports;

/// Groups of files that import one another, directly or through others; each group sorted by path.
pub(super) fn cycles(imports: &Imports) -> Vec<Vec<&Path>> {
    let mut search = Search::new(imports);
    for file in imports.keys() {
        if !search.index.contains_key(file.as_path()) {
            search.visit(file);
        }
    }
    search.found
}

struct Search<'a> {
    imports: &'a Imports,
    index: BTreeMap<&'a Path, usize>,
    lowest: BTreeMap<&'a Path, usize>,
    stack: Vec<&'a Path>,
    on_stack: BTreeSet<&'a Path>,
    found: Vec<Vec<&'a Path>>,
}

impl<'a> Search<'a> {
    fn new(imports: &'a Imports) -> Self {
        Self {
            imports,
            index: BTreeMap::new(),
            lowest: BTreeMap::new(),
            stack: Vec::new(),
            on_stack: BTreeSet::new(),
            found: Vec::new(),
        }
    }

    fn visit(&mut self, file: &'a Path) {
        let index = self.index.len();
        self.index.insert(file, index);
        self.lowest.insert(file, index);
        self.stack.push(file);
        self.on_stack.insert(file);
        for other in self.imports.get(file).into_iter().flatten() {
            let other = other.as_path();
            let reached = match self.index.get(other) {
                None => {
                    self.visit(other);
                    self.lowest[other]
                }
                Some(index) if self.on_stack.contains(other) => *index,
                Some(_) => continue,
            };
            let lowest = self.lowest[file].min(reached);
            self.lowest.insert(file, lowest);
        }
        if self.lowest[file] == index {
            self.close(file);
        }
    }

    /// Takes the component whose root is `file` off the stack.
    fn close(&mut self, file: &'a Path) {
        let mut component = Vec::new();
        while let Some(top) = self.stack.pop() {
            self.on_stack.remove(top);
            component.push(top);
            if top == file {
                break;
            }
        }
        if component.len() > 1 {
            component.sort_unstable();
            self.found.push(component);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_import_each_other_form_one_cycle() {
        let mut imports = Imports::new();
        for (from, to) in [("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")] {
            imports.entry(from.into()).or_default().insert(to.into());
        }
        assert_eq!(cycles(&imports), [[Path::new("b"), Path::new("c")]]);
    }

    #[test]
    fn a_chain_of_imports_has_no_cycle() {
        let mut imports = Imports::new();
        for (from, to) in [("a", "b"), ("b", "c"), ("a", "c")] {
            imports.entry(from.into()).or_default().insert(to.into());
        }
        assert!(cycles(&imports).is_empty());
    }
}
