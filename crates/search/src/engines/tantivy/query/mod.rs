//! Finds, filters, ranks and reads products for a plan, in one pass over the matching documents.

pub(crate) mod admission;
pub(crate) mod filters;
pub(crate) mod matching;
pub(crate) mod merchandising;
pub(crate) mod nearest;
pub(crate) mod pass;
pub(crate) mod passing;
pub(crate) mod postings;
pub(crate) mod prevalent;
pub(crate) mod ranking;
pub(crate) mod relaxed;
pub(crate) mod scope;
pub(crate) mod scores;
pub(crate) mod search;
pub(crate) mod similar;
pub(crate) mod terms;
