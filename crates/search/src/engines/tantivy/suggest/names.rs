//! Suggestible names: categories, fandoms and brands with products.

use souk_domain::{AttributeDefinitions, FacetName, Filters, SuggestionKind};

use crate::engines::tantivy::facets::FacetSource;
use crate::engines::tantivy::facets::counting::Counts;
use crate::engines::tantivy::index::dictionary::Dictionary;
use crate::query::analysis::Folder;
use crate::suggestions::NameWords;

const FACETS: [(FacetName, SuggestionKind); 3] = [
    (FacetName::Category, SuggestionKind::Category),
    (FacetName::Fandom, SuggestionKind::Fandom),
    (FacetName::Brand, SuggestionKind::Brand),
];

/// Name of a category, fandom or brand.
#[derive(Debug)]
pub(crate) struct Name {
    pub(crate) kind: SuggestionKind,
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) words: NameWords,
    /// Number of products with the value.
    pub(crate) count: u64,
}

/// Returns all names with products, from the counts over all products.
pub(crate) fn all(counts: &Counts, dictionary: &Dictionary, price_scale: u32) -> Vec<Name> {
    let source = FacetSource {
        dictionary,
        counts,
        filters: &Filters::default(),
        definitions: &AttributeDefinitions::default(),
        resolved: &[],
        price_scale,
    };
    let mut folder = Folder::new();
    let mut names = Vec::new();
    for (facet, kind) in FACETS {
        names.extend(source.values(facet).into_iter().map(|value| Name {
            kind,
            words: NameWords::of(&mut folder, value.label),
            value: value.value.to_owned(),
            label: value.label.to_owned(),
            count: value.count,
        }));
    }
    names
}
