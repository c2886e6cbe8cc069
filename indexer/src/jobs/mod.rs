//! Jobs on a tenant's index: rebuilding it beside the live one, and returning to the previous one.
//!
//! # Why a reindex loses no change
//!
//! A job goes from `preparing`, in which it makes an empty index, to `backfilling`, in which it reads all products into
//! it by rising id, chunk by chunk. From the commit of `backfilling` on, workers write every change to both indexes.
//! A worker reads the list of indexes that are being built after its claim on the outbox has committed, never before.
//! So take any change and the claim that it was last claimed by:
//!
//! - The worker saw the job in the list. It writes the change to the new index itself.
//! - It did not. Then the list was read before `backfilling` committed, the claim before that, and the change before
//!   the claim. The backfill begins after that commit, and so reads what the change made.
//!
//! Which of the two writes comes last does not matter. A chunk, like a batch, draws its version before it reads; so of
//! all writes of one document the one with the highest version has seen every change of which a write has a lower one,
//! and the index refuses the others. A deletion leaves its version behind, so a chunk that was read before cannot bring
//! the product back; one that is older than indexes remember deletions is thrown away and read again.
//!
//! When all is read the job waits until what stood in the outbox is through, and compares the number of documents with
//! the database; what differs is looked at again as [`crate::verify`] does. Then the index is served. A worker that has
//! it in its list may still write to "what is served" and to it: the second write is stale, and harmless. Once the job
//! has ended, "what is served" is the new index for whoever finds it no longer in the list.
//!
//! # Why a rollback loses none
//!
//! The old index is served first, and compared with the database after that. A worker that still wrote to the index
//! served before had resolved "what is served" before the swap, so its change was committed before the comparison,
//! which finds it missing and enqueues it. Every later write goes to the old index itself.
//!
//! # Crashes
//!
//! A process works on a job under a lease that it renews. When it dies, another goes on where the last chunk was saved.
//! A process whose lease has run out does nothing to the index any more.

mod backfill;
mod context;
mod rollback;
mod verifying;
mod worker;

pub use worker::{JobStep, JobWorker};
