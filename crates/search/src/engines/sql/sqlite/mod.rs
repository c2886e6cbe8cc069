//! SQLite: everything of the SQL engine that holds for it only.
//!
//! Words are looked up in the FTS5 table `search_products`, and all counts come from one statement, those
//! by variants among them.

pub(crate) mod attribute_counts;
pub(crate) mod codes;
pub(crate) mod conditions;
pub(crate) mod facets;
pub(crate) mod index;
pub(crate) mod price_counts;
pub(crate) mod scoring;
pub(crate) mod search;
pub(crate) mod suggest;
pub(crate) mod syntax;
pub(crate) mod text_match;
pub(crate) mod variants;
