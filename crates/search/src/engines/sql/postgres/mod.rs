//! PostgreSQL: everything of the SQL engine that holds for it only.
//!
//! Searches read `search_products`, whose `words` hold words, tags of what a product belongs to, and sample tags.
//! Results over 6,500 products are counted from a sample.

pub(crate) mod conditions;
pub(crate) mod estimates;
pub(crate) mod facets;
pub(crate) mod filters;
pub(crate) mod index;
pub(crate) mod index_scan;
#[cfg(test)]
mod query_plans;
pub(crate) mod ranking;
pub(crate) mod scoring;
pub(crate) mod search;
pub(crate) mod selectivity;
pub(crate) mod session;
pub(crate) mod settings;
pub(crate) mod suggest;
pub(crate) mod syntax;
pub(crate) mod terms;
pub(crate) mod text_conditions;
pub(crate) mod text_match;
pub(crate) mod tsquery;
