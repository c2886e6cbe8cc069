//! Search contract and its engines.
//!
//! A [`SearchQuery`](souk_domain::SearchQuery) becomes an engine-neutral [`SearchPlan`]; every
//! [`SearchEngine`] answers a plan the same way, and every [`IndexWriter`] applies the same
//! [`IndexOp`]s. Engines stand side by side and know nothing of each other.

pub mod engines;
pub mod evaluation;
pub mod highlight;
pub mod merchandising;
pub mod query;
pub mod query_understanding;
pub mod ranking;
pub mod settings;
pub mod suggestions;

mod engine;
mod error;
mod facets;
mod meaning;
mod pipeline;
mod relaxation;
mod variants;
mod words;

pub use engine::{
    Generation, IndexEntry, IndexGenerations, IndexOp, IndexWriter, OpOutcome, PhysicalIndex,
    Refresh, SearchEngine, SuggestRequest,
};
pub use error::{IndexError, SearchError};
pub use meaning::meaning_weight;
pub use merchandising::Merchandising;
pub use pipeline::{facet_values, search};
pub use query::{DEFAULT_SETTINGS, QueryText, SearchPlan, query_id};
pub use settings::SearchSettings;
pub use suggestions::{ClickedQueries, PopularQueries, with_popular_queries};
