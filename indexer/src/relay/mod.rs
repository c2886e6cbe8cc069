//! Relay from the outbox to the search index: claim, read, apply, acknowledge.
//!
//! # Lanes
//!
//! Single edits are claimed apart from bulk loads and what follows from others. On PostgreSQL one worker serves edits
//! alone, others the background. After two seconds without an edit it claims any rows, so that a lost notice delays
//! nothing for long. On SQLite one worker takes turns. An edit waits for one batch of the background at most. A document may then be written for an edit and once more for an older row
//! of the background; the version decides, as for any two workers.
//!
//! # Why nothing is lost or overtaken
//!
//! A row leaves the outbox only after the index has durably taken what it stands for. A worker
//! that dies leaves its rows behind, and they are free again when its lease runs out. The lease is short, a few seconds,
//! and renewed for as long as the worker lives and works. Only a lease that still holds is renewed, and only rows under
//! a lease that holds are acknowledged: a process that was paused for longer finds its rows another's. A renewal that
//! finds rows to be another's ends the batch, and acknowledging, retrying and parking name the worker, so that nobody
//! settles rows that another holds. On PostgreSQL leases go by the database's clock (`DatabaseClock`), whatever the
//! clocks of the hosts say; processes on one SQLite file share one.
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
mod batch_limit;
mod building;
mod lease;
mod settle;
mod stage;
mod tick;
mod worker;

pub use tick::Tick;
pub use worker::Worker;
