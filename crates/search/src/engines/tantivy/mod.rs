//! The embedded engine: one Tantivy index a tenant, under one directory.
//!
//! Words are matched by Tantivy's term dictionaries and postings. Filters, facets and orders are
//! answered from row tables in memory ([`table`]), one row a document, so that one pass over the
//! matches counts everything; without words, those of a category or the like are read alone. What hits show is read from small uncompressed blocks ([`card`]).
//!
//! Searching an index with Tantivy itself is possible too, see [`TantivyIndex::raw`].

mod card;
mod counts;
mod dictionary;
mod document;
mod engine;
mod entries;
mod facets;
mod filters;
mod generations;
mod groups;
mod index;
mod layout;
mod matching;
mod merchandising;
mod names;
mod namings;
mod pass;
mod postings;
mod prevalent;
mod ranking;
mod relaxed;
pub mod schema;
mod scope;
mod scores;
mod search;
mod similar;
mod suggest;
mod table;
mod tenant;
mod terms;
mod values;
mod weighted;
mod writer;

pub use index::{TantivyIndex, TantivyOptions};
