//! Collects the names that a file declares, binds by `use`, and mentions by path. Code for tests is left out.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Attribute, Item, ItemMod, UseTree, visit::Visit};

/// Segments of a path, such as `["crate", "cache", "Tag"]`.
pub(super) type Segments = Vec<String>;

/// Names of one module, as far as imports are concerned.
#[derive(Default)]
pub(super) struct Names {
    /// Modules in files of their own.
    pub(super) children: BTreeSet<String>,
    /// Names bound by `use`, and the path behind each.
    pub(super) bound: BTreeMap<String, Segments>,
    /// Modules whose public names are bound by `use ...::*`.
    pub(super) globs: Vec<Segments>,
    /// Paths that the code mentions, those of `use` included.
    pub(super) mentioned: BTreeSet<Segments>,
}

impl Names {
    /// Names in a parsed file.
    pub(super) fn of(file: &syn::File) -> Self {
        let mut names = Self::default();
        for item in &file.items {
            names.visit_item(item);
        }
        names
    }

    fn add_use(&mut self, tree: &UseTree, before: &Segments) {
        match tree {
            UseTree::Path(path) => {
                let inner = joined(before, path.ident.to_string());
                self.add_use(&path.tree, &inner);
            }
            UseTree::Name(name) => {
                let name = name.ident.to_string();
                if name == "self" {
                    let bound = before.last().cloned().unwrap_or_default();
                    self.bind(bound, before.clone());
                } else {
                    self.bind(name.clone(), joined(before, name));
                }
            }
            UseTree::Rename(rename) => {
                let name = rename.ident.to_string();
                let path = if name == "self" {
                    before.clone()
                } else {
                    joined(before, name)
                };
                self.bind(rename.rename.to_string(), path);
            }
            UseTree::Glob(_) => {
                self.mentioned.insert(before.clone());
                self.globs.push(before.clone());
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_use(tree, before);
                }
            }
        }
    }

    fn bind(&mut self, name: String, path: Segments) {
        self.mentioned.insert(path.clone());
        self.bound.insert(name, path);
    }
}

impl<'a> Visit<'a> for Names {
    fn visit_item(&mut self, item: &'a Item) {
        if is_for_tests(attributes(item)) {
            return;
        }
        match item {
            Item::Use(item) => self.add_use(&item.tree, &Segments::new()),
            Item::Mod(ItemMod {
                content: None,
                ident,
                ..
            }) => {
                self.children.insert(ident.to_string());
            }
            _ => syn::visit::visit_item(self, item),
        }
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        if path.segments.len() > 1 {
            let segments = path
                .segments
                .iter()
                .map(|segment| segment.ident.to_string());
            self.mentioned.insert(segments.collect());
        }
        syn::visit::visit_path(self, path);
    }
}

fn joined(before: &Segments, name: String) -> Segments {
    let mut path = before.clone();
    path.push(name);
    path
}

/// Reports whether an item is compiled for tests only.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Path>()
                .is_ok_and(|path| path.is_ident("test"))
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
