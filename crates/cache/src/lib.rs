//! A cache that is never wrong: what several processes share in Redis, and what each keeps of it in itself.
//!
//! Everything here follows from three rules.
//!
//! 1. **A value carries the moment before its load.** Drops of tags are numbered, in each process and, by itself, in
//!    Redis. A value that is kept has the number that was the last before it was loaded, and counts only while none of
//!    its tags was dropped under a higher one. So a value that was loaded before a change never counts after the
//!    change's drop, however late it is stored, and wherever.
//! 2. **Whoever does not know, distrusts.** A ledger that was lost, evicted or cut short, another start of Redis, a
//!    connection that was interrupted: each means that drops may be missing, so that all that was loaded before counts
//!    as dropped.
//! 3. **Old values need proof.** A process serves a value older than [`BRIEFLY`] only as long as it can prove that every
//!    change committed more than [`PROOF`] ago was dropped in it. Several times a second it asks the database how long
//!    the oldest change waits that was not dropped, then sends itself a message through the channel of drops: once that
//!    is back, it has seen all drops before. When Redis, the database or the indexer are away, or work is queued up,
//!    there is no proof, and the cache by itself becomes one of some hundred milliseconds: slower, never wrong.
//!
//! Both bounds are below a second, and so is what they leave room for: after a commit, no process serves the old value
//! later than a second.

mod cache;
mod content;
mod freshness;
mod hot_keys;
#[cfg(test)]
mod interleavings;
mod invalidation_log;
mod invalidator;
mod kind;
pub mod limits;
mod listener;
mod process;
mod purge;
mod redis;
mod shared;
mod signal;
mod single_flight;
mod stats;
mod tag;

pub use self::{
    cache::{BRIEFLY, Cache, CacheOptions, Content, Keep, Loaded, PROOF, Served, Source},
    content::{Coding, Page, WORTH_PACKING},
    hot_keys::{Hot, HotKeys, Memory, MemoryFailure},
    invalidator::Invalidator,
    kind::{Kind, Lifetime},
    listener::{Backlog, InvalidationListener},
    process::Key,
    purge::{BadPurge, ParseTagHeaderError, PurgeOptions, PurgeStats, Purger, TagHeader},
    redis::{BadRedis, Connected, Redis, RedisFailure, RedisOptions},
    signal::Signal,
    single_flight::LoadError,
    stats::CacheStats,
    tag::{ParseTagError, Tag},
};
