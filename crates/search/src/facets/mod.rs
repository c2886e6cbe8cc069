//! Parts of faceting that engines share: order and limits of values, search within them, and their encoding.

pub(crate) mod encoding;
pub(crate) mod listing;
pub(crate) mod ranges;
pub(crate) mod value_search;
