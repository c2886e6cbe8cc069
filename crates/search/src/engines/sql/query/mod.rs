//! From a search plan to SQL: look-ups, conditions, scores, and the hits of a page.

pub(crate) mod categories;
pub(crate) mod excluded_filters;
pub(crate) mod filters;
pub(crate) mod hits;
pub(crate) mod matching;
pub(crate) mod merchandising;
pub(crate) mod name_lookup;
pub(crate) mod paging;
pub(crate) mod prefixes;
pub(crate) mod scoring;
pub(crate) mod search;
pub(crate) mod settings;
pub(crate) mod shown_variants;
pub(crate) mod similar;
pub(crate) mod term;
pub(crate) mod text_match;
pub(crate) mod variant_conditions;
pub(crate) mod vocabulary;
pub(crate) mod word_range;
