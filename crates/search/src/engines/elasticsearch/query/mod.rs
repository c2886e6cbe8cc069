//! Search requests and their responses.

pub(crate) mod body;
pub(crate) mod buckets;
pub(crate) mod card;
pub(crate) mod filters;
pub(crate) mod matching;
pub(crate) mod merchandising;
pub(crate) mod page;
pub(crate) mod query_dsl;
pub(crate) mod response;
pub(crate) mod scoring;
pub(crate) mod similar;
pub(crate) mod variants;
