//! What is offered while someone types.

use serde::{Deserialize, Serialize};

/// What a suggestion leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuggestionKind {
    /// A search for its text.
    Query,
    /// A product's page.
    Product,
    /// A category's listing.
    Category,
    /// A fandom's listing.
    Fandom,
    /// A search filtered by the brand.
    Brand,
}

/// One suggestion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// What it leads to.
    pub kind: SuggestionKind,
    /// What a shopper reads, and what a `Query` searches for.
    pub text: String,
    /// The text with the matched part between `<mark>` and `</mark>`, all else HTML-escaped.
    pub highlighted: String,
    /// What the matching filter or page takes: a slug (product, category, fandom) or the brand; none for a query.
    pub value: Option<String>,
    /// How many products it leads to, where known.
    pub count: Option<u64>,
}
