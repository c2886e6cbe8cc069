//! Facet counts: the query that counts, the counts, and the facets of the response.

pub(crate) mod count;
pub(crate) mod query;
pub(crate) mod response;
