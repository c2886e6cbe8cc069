//! Display names of categories, fandoms and sellers, which front ends filter by, and their slugs.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use souk_cache::{Kind, Tag};
use souk_store::CategoryRecord;

use super::attributes::{Attribute, PATH_SEPARATOR};
use super::filters::{Clause, Wanted};
use crate::{api::call::Call, error::ApiError};

/// Name of the tree in the cache: another number for another form.
const TREE: &str = "category tree 1";

/// Slugs by display name, as far as filters need them.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// The whole tree, if a path or a level is asked for.
    pub(crate) categories: Option<CategoryTree>,
    fandoms: BTreeMap<String, BTreeSet<String>>,
    sellers: BTreeMap<String, BTreeSet<String>>,
}

impl Names {
    /// Looks up what the filters name.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub(crate) async fn of<'a>(
        call: &Call,
        clauses: impl Iterator<Item = &'a Clause>,
    ) -> Result<Self, ApiError> {
        let mut names = Self::default();
        let scope = call.app.store.scope(call.tenant.id);
        for literal in clauses.flatten() {
            let Wanted::Value(value) = &literal.test.wanted else {
                continue;
            };
            match Attribute::read(&literal.test.attribute) {
                Some(Attribute::CategoryLevel(_)) => names.load_categories(call).await?,
                Some(Attribute::Fandom) if !names.fandoms.contains_key(value) => {
                    let slugs = scope.fandoms().slugs_of(value).await?;
                    names.fandoms.insert(value.clone(), slugs);
                }
                Some(Attribute::Seller) if !names.sellers.contains_key(value) => {
                    let slugs = scope.sellers().slugs_of(value).await?;
                    names.sellers.insert(value.clone(), slugs);
                }
                _ => {}
            }
        }
        Ok(names)
    }

    /// Loads the tree of categories, unless it is there.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub(crate) async fn load_categories(&mut self, call: &Call) -> Result<(), ApiError> {
        if self.categories.is_none() {
            let scope = call.app.store.scope(call.tenant.id);
            let load = async move {
                let records = scope.categories().list().await?;
                Ok(CategoryTree::new(records))
            };
            let tree = call.part(Kind::Categories, TREE, Tag::Categories, load);
            self.categories = Some(tree.await?);
        }
        Ok(())
    }

    /// Returns the slugs of a value; none for an attribute whose values are not names.
    pub(crate) fn slugs(&self, attribute: &Attribute, value: &str) -> BTreeSet<String> {
        match attribute {
            Attribute::CategoryLevel(level) => {
                let tree = self.categories.as_ref();
                tree.map(|tree| tree.at(*level, value)).unwrap_or_default()
            }
            Attribute::Fandom => self.fandoms.get(value).cloned().unwrap_or_default(),
            Attribute::Seller => self.sellers.get(value).cloned().unwrap_or_default(),
            _ => BTreeSet::new(),
        }
    }
}

/// Paths of labels of all categories.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct CategoryTree {
    by_slug: BTreeMap<String, Place>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Place {
    level: usize,
    path: String,
    parent: Option<String>,
}

impl CategoryTree {
    fn new(records: Vec<CategoryRecord>) -> Self {
        let by_id: BTreeMap<i64, &CategoryRecord> =
            records.iter().map(|record| (record.id, record)).collect();
        let place = |record: &CategoryRecord| {
            let mut labels = vec![record.name.as_str()];
            let mut parent = record.parent_id;
            while let Some(above) = parent.and_then(|id| by_id.get(&id))
                && labels.len() <= by_id.len()
            {
                labels.push(&above.name);
                parent = above.parent_id;
            }
            labels.reverse();
            Place {
                level: labels.len() - 1,
                path: labels.join(PATH_SEPARATOR),
                parent: record.parent.clone(),
            }
        };
        let places = records
            .iter()
            .map(|record| (record.slug.clone(), place(record)));
        Self {
            by_slug: places.collect(),
        }
    }

    /// Returns level and path of a category.
    pub(crate) fn place(&self, slug: &str) -> Option<(usize, &str)> {
        let place = self.by_slug.get(slug)?;
        Some((place.level, &place.path))
    }

    fn at(&self, level: usize, path: &str) -> BTreeSet<String> {
        let places = self.by_slug.iter();
        let found = places.filter(|(_, place)| place.level == level && place.path == path);
        found.map(|(slug, _)| slug.clone()).collect()
    }

    /// Reports whether a category is one of some, or lies below one of them.
    pub(crate) fn is_within(&self, slug: &str, others: &BTreeSet<String>) -> bool {
        let mut at = Some(slug);
        for _ in 0..=self.by_slug.len() {
            let Some(slug) = at else { return false };
            if others.contains(slug) {
                return true;
            }
            at = self
                .by_slug
                .get(slug)
                .and_then(|place| place.parent.as_deref());
        }
        false
    }
}
