//! The engine for any size: indexes on an Elasticsearch cluster, version 8 or 9.
//!
//! A search is one request: its body is made in [`body`] and [`aggregations`], its answer read in [`answer`] and
//! [`facets`]. Each tenant has an index behind an alias, see [`names`]; what an index is like says [`mapping`]. Changes
//! go in as bulk requests under external versions, so the cluster itself refuses an older state.

mod aggregations;
mod answer;
mod attributes;
mod body;
mod bulk;
mod card;
mod client;
mod document;
mod entries;
mod facets;
mod failure;
mod filters;
mod generations;
mod index;
mod mapping;
mod matching;
mod merchandising;
mod names;
mod nodes;
mod options;
mod scoring;
mod search;
mod similar;
mod suggest;
mod writer;

pub use body::search_body;
pub use index::ElasticsearchIndex;
pub use options::{ElasticsearchOptions, Login, OptionsError};
