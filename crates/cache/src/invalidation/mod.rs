//! Invalidation by tags: the log of a process, the guard of its freshness, and the way between processes.

pub(crate) mod freshness;
pub(crate) mod invalidator;
pub(crate) mod listener;
pub(crate) mod log;
pub(crate) mod observer;
