//! The engine for any size: indexes on an Elasticsearch cluster, version 8 or 9.
//!
//! A search is one request: its body is made in [`body`] and [`aggregations`], its answer read in [`answer`] and
//! [`facets`]. Each tenant has an index behind an alias, see [`names`]; what an index is like says [`mapping`]. Changes
//! go in as bulk requests under external versions, so the cluster itself refuses an older state.

pub(crate) mod cluster;
pub(crate) mod engine;
mod facets;
pub(crate) mod index;
mod options;
pub(crate) mod query;
mod suggest;

pub use self::engine::ElasticsearchIndex;
pub use self::query::body::search_body;
pub use options::{ElasticsearchOptions, Login, OptionsError};
