//! Suggestions while typing.

use serde::{Deserialize, Serialize};

/// Target of a suggestion.
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

/// Suggestion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// Target.
    pub kind: SuggestionKind,
    /// Display text; for a `Query` also the text to search for.
    pub text: String,
    /// The text with the matched part between `<mark>` and `</mark>`, all else HTML-escaped.
    pub highlighted: String,
    /// Value for the matching filter or page: a slug (product, category, fandom) or the brand; `None` for a query.
    pub value: Option<String>,
    /// Number of products behind it, where known.
    pub count: Option<u64>,
}
