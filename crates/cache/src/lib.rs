//! A cache that is never wrong: what several processes share in Redis, and what each keeps of it in itself.
//!
//! Everything here follows from three rules.
//!
//! 1. **A value carries the moment before its load.** Drops of tags are numbered, in each process and, by itself, in
//!    Redis. A value that is kept has the number that was the last before it was loaded, and counts only while none of
//!    its tags was dropped under a higher one. So a value that was loaded before a change never counts after the
//!    change's drop, however late it is stored, and wherever.
//! 2. **Whoever does not know, distrusts.** A log that was lost, evicted or cut short, another start of Redis, a
//!    connection that was interrupted: each means that drops may be missing, so that all that was loaded before counts
//!    as dropped.
//! 3. **Old values need proof.** A process serves a value older than [`SHORT_TTL`] only as long as it can prove that every
//!    change committed more than [`FRESHNESS_BOUND`] ago was dropped in it. Several times a second it asks the database how long
//!    the oldest change waits that was not dropped, then sends itself a message through the channel of drops: once that
//!    is back, it has seen all drops before. When Redis, the database or the indexer are away, or work is queued up,
//!    there is no proof, and the cache by itself becomes one of some hundred milliseconds: slower, never wrong.
//!
//! There is one exception. While what loads an answer is away, a process serves the last one that it knows for as long as
//! [`CacheOptions::stale_if_error`] allows, and says so. An answer that it knows to have changed it never serves: neither its
//! own nor a copy of Redis that was loaded before an invalidation which this process has applied.
//!
//! Both bounds are below a second, and so is what they leave room for: after a commit, no process serves the old value
//! later than a second.

mod cache;
mod cdn;
mod content;
mod entry;
mod hot_keys;
#[cfg(test)]
mod interleavings;
mod invalidation;
mod kind;
mod local;
mod shared;
mod single_flight;
#[cfg(test)]
mod stand_ins;
mod stats;
mod tag;

pub use self::{
    cache::{
        Cache, CacheOptions, FRESHNESS_BOUND, LoadFailure, Loaded, SHORT_TTL, Served, Source, Ttl,
    },
    cdn::{InvalidPurgeOptions, ParseTagHeaderError, PurgeOptions, PurgeStats, Purger, TagHeader},
    content::{Coding, Content, MIN_COMPRESSED_BODY, Page},
    entry::Key,
    hot_keys::{HotKey, HotKeyStore, HotKeyStoreError, HotKeys},
    invalidation::{
        invalidator::Invalidator,
        listener::{Backlog, InvalidationListener},
        observer::InvalidationObserver,
    },
    kind::{Kind, Lifetimes},
    single_flight::LoadError,
    stats::CacheStats,
    tag::{ParseTagError, Tag},
};
