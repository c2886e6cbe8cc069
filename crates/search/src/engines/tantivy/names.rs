//! The names that are suggested: of categories, fandoms and brands with products.

use souk_domain::{FacetName, Filters, SuggestionKind};

use super::counts::Counts;
use super::dictionary::Dictionary;
use super::facets::FacetSource;
use crate::analysis::Folder;
use crate::suggest::NameWords;

const FACETS: [(FacetName, SuggestionKind); 3] = [
    (FacetName::Category, SuggestionKind::Category),
    (FacetName::Fandom, SuggestionKind::Fandom),
    (FacetName::Brand, SuggestionKind::Brand),
];

/// One of them.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) kind: SuggestionKind,
    pub(super) value: String,
    pub(super) label: String,
    pub(super) words: NameWords,
    /// How many products it leads to.
    pub(super) count: u64,
}

/// All of them, by the counts over all products.
pub(super) fn all(counts: &Counts, dictionary: &Dictionary, exponent: u32) -> Vec<Name> {
    let source = FacetSource {
        dictionary,
        counts,
        filters: &Filters::default(),
        resolved: &[],
        exponent,
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
