use std::collections::BTreeSet;

/// What of a configuration applied to a query.
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
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
}

/// Synonyms that applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedSynonyms {
    /// The group's id.
    pub id: String,
    /// The words of the query.
    pub words: String,
    /// What else finds a product now.
    pub also: Vec<String>,
}
