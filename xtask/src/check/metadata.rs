//! Packages and their dependencies, as `cargo metadata` reports them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{process::output, workspace::Workspace};

/// All packages, and who uses whom.
#[derive(Deserialize)]
pub(super) struct Metadata {
    pub(super) packages: Vec<Package>,
    pub(super) workspace_members: BTreeSet<String>,
    pub(super) resolve: Resolve,
}

/// Package in one version.
#[derive(Deserialize)]
pub(super) struct Package {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) license: Option<String>,
}

/// The graph after features and versions were settled.
#[derive(Deserialize)]
pub(super) struct Resolve {
    pub(super) nodes: Vec<Node>,
}

/// A package and what it uses.
#[derive(Deserialize)]
pub(super) struct Node {
    pub(super) id: String,
    pub(super) deps: Vec<Dependency>,
}

/// Dependency of a package on another.
#[derive(Deserialize)]
pub(super) struct Dependency {
    pub(super) pkg: String,
    pub(super) dep_kinds: Vec<DependencyKind>,
}

/// In which capacity: `dev`, `build`, or none for the code itself.
#[derive(Deserialize)]
pub(super) struct DependencyKind {
    pub(super) kind: Option<String>,
}

impl Metadata {
    /// Asks cargo.
    pub(super) fn read(workspace: &Workspace) -> Result<Self> {
        let arguments = [
            "metadata",
            "--format-version=1",
            "--locked",
            "--all-features",
        ];
        let json = output(&mut workspace.cargo(&arguments))?;
        serde_json::from_slice(&json).context("cannot understand `cargo metadata`")
    }

    /// Packages by id.
    pub(super) fn by_id(&self) -> BTreeMap<&str, &Package> {
        let pairs = self
            .packages
            .iter()
            .map(|package| (package.id.as_str(), package));
        pairs.collect()
    }
}

impl Dependency {
    /// Reports whether the shipped code contains the dependency, rather than only its tests.
    pub(super) fn is_shipped(&self) -> bool {
        self.dep_kinds
            .iter()
            .any(|kind| kind.kind.as_deref() != Some("dev"))
    }
}
