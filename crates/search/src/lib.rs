//! One search contract, and the engines that keep it.
//!
//! A [`SearchQuery`](souk_domain::SearchQuery) becomes an engine-neutral [`SearchPlan`]; every
//! [`SearchEngine`] answers a plan the same way, and every [`IndexWriter`] applies the same
//! [`IndexOp`]s. Engines stand side by side and know nothing of each other.

pub mod analysis;
pub mod engines;
pub mod evaluation;
pub mod highlight;
pub mod merchandising;
pub mod plan;
pub mod query_understanding;
pub mod ranking_signals;
pub mod rewriting;
pub mod settings;
pub mod suggest;
pub mod synonyms;
pub mod weights;

mod clicked_queries;
mod encoding;
mod engine;
mod error;
mod listing;
mod pipeline;
mod popular_queries;
mod quantities;
mod query_text;
mod values;

pub use clicked_queries::ClickedQueries;
pub use engine::{
    Generation, IndexEntry, IndexGenerations, IndexOp, IndexWriter, OpOutcome, PhysicalIndex,
    Refresh, SearchEngine, SuggestRequest,
};
pub use error::{IndexError, SearchError};
pub use merchandising::Merchandising;
pub use pipeline::{facet_values, search};
pub use plan::SearchPlan;
pub use popular_queries::{PopularQueries, with_popular_queries};
pub use query_text::{DEFAULT_SETTINGS, QueryText, query_id};
pub use settings::SearchSettings;
