//! Gathering of the rows of each product, in whatever order they come, before anything is written.

pub(super) mod facts;
pub(super) mod keys;
pub(super) mod spool;
