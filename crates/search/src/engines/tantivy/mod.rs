//! The embedded engine: one Tantivy index a tenant, under one directory.
//!
//! Words are matched by Tantivy's term dictionaries and postings. Filters, facets and orders are
//! answered from row tables in memory ([`table`]), one row a document, so that one pass over the
//! matches counts everything; without words, those of a category or the like are read alone. What hits show is read from small uncompressed blocks ([`card`]).
//!
//! Searching an index with Tantivy itself is possible too, see [`TantivyIndex::raw`].

mod engine;
mod facets;
mod index;
mod query;
mod suggest;

pub use index::{TantivyIndex, TantivyOptions, schema};
