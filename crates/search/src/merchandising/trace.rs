//! Trace of what a configuration changed in a query, for previews.

use std::collections::BTreeSet;

/// Parts of a configuration that applied to a query.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trace {
    /// The redirect.
    pub redirect: Option<String>,
    /// The rules, in the order in which they applied.
    pub rules: Vec<AppliedRule>,
    /// The synonyms.
    pub synonyms: Vec<AppliedSynonyms>,
    /// The words that were left out.
    pub stop_words: Vec<String>,
    /// Products that the rules name and that do not exist, by their external ids.
    pub unknown_products: BTreeSet<String>,
}

/// A rule that applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedRule {
    /// Id of the rule.
    pub id: String,
    /// Name shown to merchandisers.
    pub name: String,
}

/// Synonyms that applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedSynonyms {
    /// The group's id.
    pub id: String,
    /// The words of the query.
    pub words: String,
    /// Synonyms that were added.
    pub also: Vec<String>,
}
