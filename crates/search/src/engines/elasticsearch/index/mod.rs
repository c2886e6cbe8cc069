//! Index of a tenant: names, mapping, documents, generations, writes.

pub(crate) mod bulk;
mod chunks;
pub(crate) mod document;
pub(crate) mod entries;
pub(crate) mod foreign;
pub(crate) mod generations;
pub(crate) mod index_names;
pub(crate) mod mapping;
pub(crate) mod variants;
pub(crate) mod writer;
