//! Checks that the workspace depends on each crate in one version only.

use std::collections::{BTreeMap, BTreeSet};

use super::metadata::Metadata;

/// Every dependency that our crates use in several versions.
pub(super) fn complaints(metadata: &Metadata) -> Vec<String> {
    let packages = metadata.by_id();
    let direct = metadata
        .resolve
        .nodes
        .iter()
        .filter(|node| metadata.workspace_members.contains(&node.id))
        .flat_map(|node| &node.deps)
        .filter_map(|dependency| packages.get(dependency.pkg.as_str()))
        .map(|package| (package.name.as_str(), package.version.as_str()));
    several(direct)
}

fn several<'a>(uses: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, version) in uses {
        versions.entry(name).or_default().insert(version);
    }
    versions
        .into_iter()
        .filter(|(_, versions)| versions.len() > 1)
        .map(|(name, versions)| {
            let versions: Vec<_> = versions.into_iter().collect();
            format!(
                "{name} is used in several versions: {}",
                versions.join(", ")
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_version_is_seen() {
        let uses = [
            ("serde", "1.0.1"),
            ("rand", "0.9.0"),
            ("serde", "1.0.1"),
            ("rand", "0.10.0"),
        ];
        let complaints = several(uses.into_iter());
        assert_eq!(
            complaints,
            ["rand is used in several versions: 0.10.0, 0.9.0"]
        );
    }
}
