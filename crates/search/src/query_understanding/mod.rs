//! Query understanding, trained on the catalogue itself.
//!
//! A [`Trainer`] reads products and becomes a [`CatalogueModel`]: which category, brand, fandom or attribute value a phrase
//! means ([`Meaning`]), which words there are ([`Vocabulary`]), and which of them may be synonyms. The model is of no
//! engine: it turns a plan's text into boosts, which every engine knows. A search costs a look-up for each phrase of its
//! text, and where there is no model yet, nothing.

mod compounds;
mod further_forms;
mod linking;
mod meaning;
mod model;
mod observations;
mod pairs;
mod spelling;
mod synonyms;
mod trainer;
mod vocabulary;

pub use meaning::{FacetChoice, Meaning, Understood};
pub use model::CatalogueModel;
pub use synonyms::{SynonymCandidate, SynonymKind};
pub use trainer::Trainer;
pub use vocabulary::Vocabulary;

/// Longest phrase that means something, in words.
pub const MAX_PHRASE_WORDS: usize = 3;
/// Minimum number of products as evidence; fewer are chance.
pub const MIN_SUPPORT: u32 = 5;
