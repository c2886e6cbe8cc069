//! Categories by slug and by name.

use std::collections::{BTreeMap, BTreeSet};

use souk_domain::TenantId;
use souk_store::{Store, StoreError};

/// Categories of a marketplace.
#[derive(Debug, Default)]
pub(crate) struct Categories {
    /// Display name and parent, by slug.
    by_slug: BTreeMap<String, (String, Option<String>)>,
}

impl Categories {
    /// Reads them.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub(crate) async fn load(store: &Store, tenant: TenantId) -> Result<Self, StoreError> {
        let records = store.scope(tenant).categories().list().await?;
        let entry =
            |record: souk_store::CategoryRecord| (record.slug, (record.name, record.parent));
        Ok(Self {
            by_slug: records.into_iter().map(entry).collect(),
        })
    }

    /// Returns the slugs of a value: one that it is, or those of this name or path of names, whatever its case.
    pub(crate) fn slugs(&self, value: &str) -> BTreeSet<String> {
        if self.by_slug.contains_key(value) {
            return [value.to_owned()].into();
        }
        let wanted = value.to_lowercase();
        let is_named = |slug: &&String| {
            let path = self.path(slug).to_lowercase();
            path == wanted || path.rsplit(" > ").next() == Some(wanted.as_str())
        };
        self.by_slug.keys().filter(is_named).cloned().collect()
    }

    /// Returns the names from the root to a category, such as `Kitchen > Mugs`.
    fn path(&self, slug: &str) -> String {
        let names: Vec<&str> = self
            .line(slug)
            .filter_map(|slug| self.by_slug.get(slug).map(|(name, _)| name.as_str()))
            .collect();
        let names: Vec<&str> = names.into_iter().rev().collect();
        names.join(" > ")
    }

    /// Reports whether a category is one of some, or lies below one of them.
    pub(crate) fn is_within(&self, slug: &str, others: &BTreeSet<String>) -> bool {
        self.line(slug).any(|slug| others.contains(slug))
    }

    /// A category and those above it, up to the root.
    fn line<'a>(&'a self, slug: &'a str) -> impl Iterator<Item = &'a str> {
        let mut next = Some(slug);
        let lines = std::iter::from_fn(move || {
            let slug = next?;
            next = self
                .by_slug
                .get(slug)
                .and_then(|(_, parent)| parent.as_deref());
            Some(slug)
        });
        // No longer than there are categories, even if they were in a circle.
        lines.take(self.by_slug.len() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn category_is_found_by_slug_name_and_path() {
        let entry = |slug: &str, name: &str, parent: Option<&str>| {
            (
                slug.to_owned(),
                (name.to_owned(), parent.map(str::to_owned)),
            )
        };
        let categories = Categories {
            by_slug: [
                entry("kitchen", "Kitchen", None),
                entry("mugs", "Mugs", Some("kitchen")),
                entry("camping-mugs", "Mugs", None),
            ]
            .into(),
        };
        let slugs = |value: &str| categories.slugs(value).into_iter().collect::<Vec<_>>();
        assert_eq!(slugs("mugs"), ["mugs"]);
        assert_eq!(slugs("Kitchen > mugs"), ["mugs"]);
        assert_eq!(slugs("MUGS"), ["camping-mugs", "mugs"]);
        assert!(slugs("plates").is_empty());
        let kitchen = ["kitchen".to_owned()].into();
        assert!(categories.is_within("mugs", &kitchen));
        assert!(!categories.is_within("camping-mugs", &kitchen));
    }
}
