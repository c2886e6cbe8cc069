//! Relay from the outbox to the search index: claim, read, apply, acknowledge.
//!
//! # Why nothing is lost or overtaken
//!
//! A row leaves the outbox only after the index has durably taken what it stands for. A worker
//! that dies leaves its rows behind, and they are free again when its lease runs out.
//!
//! The version is drawn from a database counter after the claim has committed and before the rows'
//! products are read. If a row was visible when claimed, its change had committed; the number
//! follows that commit, and the read follows the number. So of all writes of one document, the one
//! with the highest number was read after every change whose row had been claimed, and the index
//! refuses the others as stale, in whatever order they arrive.
//!
//! The list of indexes that are being built is read after the claim, too, and every change is written to them as
//! well; [`crate::jobs`] tells why that is enough for a reindex to lose none.
//!
//! A worker whose lease has run out drops its batch unwritten, so that a write never comes later than
//! the index remembers deletions.

pub(crate) mod backoff;
pub(crate) mod batch;
mod building;
mod settle;
mod stage;
mod tick;
mod worker;

pub use tick::Tick;
pub use worker::Worker;
