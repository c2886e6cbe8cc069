//! Search engines: Tantivy and Elasticsearch with an index of their own, SQL over the database. None knows another.

pub mod elasticsearch;
pub mod sql;
pub mod tantivy;
