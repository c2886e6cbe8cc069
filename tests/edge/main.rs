//! What stands between the crowd and the handlers, over real sockets: real API processes, PostgreSQL, Redis and nginx.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

mod api;
mod client;
mod failover;
mod hostile;
mod limits;
mod nginx;
