//! Query parsing and planning: from typed text and selected filters to the plan that engines execute.

pub mod analysis;
pub mod synonyms;

mod codes;
mod initials;
mod operators;
mod parse;
mod plan;
mod quantities;
mod query_text;
mod text_query;

pub use codes::{inner_codes, inner_codes_of};
pub(crate) use initials::Initials;
pub use operators::{ExactPhrase, Operators};
pub(crate) use parse::{has_digit, typos};
pub use plan::{ATTRIBUTE_FACETS, FACET_VALUES, SearchPlan};
pub use query_text::{DEFAULT_SETTINGS, QueryText, query_id};
pub use text_query::{CodeMatch, MAX_WORDS, MIN_CODE_CHARS, TextPlan, Word, WordForm};
