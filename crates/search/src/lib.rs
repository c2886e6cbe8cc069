//! One search contract, and the engines that keep it.
//!
//! A [`SearchQuery`](souk_domain::SearchQuery) becomes an engine-neutral [`SearchPlan`]; every
//! [`SearchEngine`] answers a plan the same way, and every [`IndexWriter`] applies the same
//! [`IndexOp`]s. Engines stand side by side and know nothing of each other.

pub mod analysis;
pub mod database;
pub mod elasticsearch;
pub mod evaluation;
pub mod factors;
pub mod highlight;
pub mod plan;
pub mod rewriting;
pub mod settings;
pub mod steering;
pub mod suggest;
pub mod synonyms;
pub mod tantivy;
pub mod understanding;
pub mod weights;

mod encoding;
mod engine;
mod error;
mod listing;
mod past_queries;
mod pipeline;
mod proven_queries;
mod quantities;
mod query_text;
mod values;

pub use engine::{
    Generation, IndexEntry, IndexGenerations, IndexOp, IndexWriter, OpOutcome, PhysicalIndex,
    Refresh, SearchEngine, SuggestRequest,
};
pub use error::{IndexError, SearchError};
pub use past_queries::{PastQueries, with_past_queries};
pub use pipeline::{facet_values, search};
pub use plan::SearchPlan;
pub use proven_queries::ProvenQueries;
pub use query_text::{DEFAULT_SETTINGS, QueryText, query_id};
pub use settings::SearchSettings;
pub use steering::Steering;
