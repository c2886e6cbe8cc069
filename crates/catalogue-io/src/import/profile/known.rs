//! Profiles as data: one file each in `profiles/`, read once.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

/// Rules by which the exports of one system are read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::import) struct Profile {
    /// Name in `--from`.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Sets of columns; a file that has one whole set is of this profile.
    pub anchors: Vec<Vec<String>>,
    /// Values of one column that tell the profile where names are translated: at least two of them, and no others.
    pub typical_values: Vec<String>,
    /// Columns by field, the likeliest first; `#` stands for digits, `*` for anything.
    pub fields: BTreeMap<String, Vec<String>>,
    /// Columns that set variants apart, as `column` or `column=Name`.
    pub options: Vec<String>,
    /// Columns of options' names and values, and of attributes'.
    pub numbered: Numbered,
    /// Columns that become attributes, as `column`, `column=Name`, or `prefix_*`, where the rest is the name.
    pub attributes: Vec<String>,
    /// Columns that are never public, besides those that no profile makes public.
    pub private: Vec<String>,
    /// Columns that mean something to the other system only.
    pub technical: Vec<String>,
    /// Use of columns that are not named here.
    pub others: Others,
    pub grouping: Grouping,
    /// In grouping by position: fields that begin a product.
    pub starts: Vec<String>,
    /// Words of the row type's column, and kinds of rows: product, parent, variant, image, rule, skip.
    pub row_types: BTreeMap<String, String>,
    pub categories: Lists,
    /// Marks between tags.
    pub tag_marks: String,
    /// Beginning of image addresses that are given in part.
    pub image_base: String,
    /// True if descriptions hold line breaks as the two characters `\n`.
    pub escaped_breaks: bool,
    /// True if quotes are plain characters.
    pub plain_quotes: bool,
    /// True if the title of a group is what its rows' titles share.
    pub shared_title: bool,
    /// True if all prices are minor units.
    pub minor_prices: bool,
    /// True if texts are kept as they are, as in Souk's own exports.
    pub exact: bool,
    /// The profile that a file of this one completes by `--with`.
    pub completes: String,
}

/// Patterns of columns that come in numbered pairs.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::import) struct Numbered {
    pub option_names: Vec<String>,
    pub option_values: Vec<String>,
    pub attribute_names: Vec<String>,
    pub attribute_values: Vec<String>,
}

/// Marks within a category's column.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::import) struct Lists {
    /// Marks between categories; none if there is one only.
    pub list: String,
    /// Mark between levels.
    pub path: String,
    /// Names of roots that are no category for shoppers.
    pub roots: Vec<String>,
    /// True if a list is only parted where each of its parts is a path.
    pub list_needs_paths: bool,
    /// True if the values are codes such as `men_blazers`, of which names are made.
    pub codes: bool,
    /// True if a list in a JSON file is one path.
    pub list_is_path: bool,
}

/// Use of columns that a profile does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::import) enum Others {
    #[default]
    LeftOut,
    Attributes,
}

/// Rule by which rows belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::import) enum Grouping {
    /// By id, group, parent and children, in any order.
    #[default]
    Key,
    /// A row that begins no product belongs to the row above.
    Position,
    /// By id or group, else by title.
    Title,
}

macro_rules! sources {
    ($($name:literal),+ $(,)?) => {
        const SOURCES: &[&str] = &[$(include_str!(concat!("profiles/", $name, ".toml")),)+];
    };
}

sources![
    "souk",
    "shopify",
    "woocommerce",
    "meta",
    "google",
    "magento",
    "prestashop",
    "prestashop_combinations",
    "bigcommerce",
    "etsy",
    "ebay",
    "amazon_report",
    "amazon_flat_file",
    "amazon_reviews",
    "square",
    "wix_v1",
    "wix_v3",
    "squarespace",
    "akeneo",
    "akeneo_models",
    "vendure",
    "medusa",
    "algolia",
    "schema_org",
    "yandex_yml",
    "open_food_facts",
    "generic",
];

/// All profiles, the generic one last.
pub(in crate::import) fn all() -> &'static [Arc<Profile>] {
    static ALL: OnceLock<Vec<Arc<Profile>>> = OnceLock::new();
    // A test holds that every file can be read.
    ALL.get_or_init(|| {
        SOURCES
            .iter()
            .filter_map(|source| toml::from_str(source).ok().map(Arc::new))
            .collect()
    })
}

/// The profile of this name.
pub(in crate::import) fn named(name: &str) -> Option<Arc<Profile>> {
    let name = super::names::plain(name);
    all().iter().find(|profile| profile.name == name).cloned()
}

/// The profile of files that nothing is known of.
pub(in crate::import) fn generic() -> Arc<Profile> {
    named("generic").unwrap_or_default()
}

/// Checks the name of a profile.
///
/// # Errors
/// If there is none of this name.
pub(in crate::import) fn parse_name(name: &str) -> Result<String, String> {
    if let Some(profile) = named(name) {
        return Ok(profile.name.clone());
    }
    let names: Vec<&str> = all().iter().map(|profile| profile.name.as_str()).collect();
    Err(format!(
        "no profile `{name}`; there are: {}",
        names.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::profile::fields::Field;

    #[test]
    fn every_profile_can_be_read_and_names_known_fields() {
        for source in SOURCES {
            let profile: Profile = toml::from_str(source).unwrap();
            assert!(!profile.title.is_empty(), "{source}");
            for field in profile.fields.keys().chain(&profile.starts) {
                assert!(Field::of_name(field).is_some(), "{}: {field}", profile.name);
            }
            for name in profile.anchors.iter().flatten() {
                assert_eq!(&super::super::names::plain(name), name, "{}", profile.name);
            }
        }
        assert_eq!(all().len(), SOURCES.len());
        assert_eq!(generic().name, "generic");
    }
}
