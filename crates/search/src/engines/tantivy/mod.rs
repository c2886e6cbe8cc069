//! The embedded engine: one Tantivy index a tenant, under one directory.
//!
//! Tantivy's term dictionaries and postings match words. Filters, facets and sort orders read row tables
//! in memory (`index::table`), one row per document. One pass over the matches counts every facet.
//! A filter on options, price or stock speaks of one variant: if it accepts some variants of a product and not others,
//! the pass reads the entries of that product's variants (`index::variants`, `query::passing`).
//! A search without text that filters by category, fandom, brand or seller reads only those documents.
//! Displayed fields of hits come from small uncompressed blocks (`index::card`).
//!
//! [`TantivyIndex::raw`] gives access to an index through Tantivy's own API.

mod engine;
mod facets;
mod index;
mod query;
mod suggest;
mod vectors;

pub use index::{TantivyIndex, TantivyOptions, schema};
