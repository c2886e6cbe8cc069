//! Query parsing and planning: from typed text and selected filters to the plan that engines execute.

pub mod analysis;
pub mod synonyms;

mod parse;
mod plan;
mod quantities;
mod query_text;
mod text_query;

pub(crate) use parse::typos;
pub use parse::{MAX_WORDS, MIN_CODE_CHARS};
pub use plan::{ATTRIBUTE_FACETS, FACET_VALUES, SearchPlan};
pub use query_text::{DEFAULT_SETTINGS, QueryText, query_id};
pub use text_query::{TextPlan, Word, WordForm};
