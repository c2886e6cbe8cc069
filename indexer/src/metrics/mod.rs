//! Metrics of an indexer: its own counts, and those that the database holds of its work.

mod database;
mod redis;
mod work;

use prometheus_client::metrics::{counter::Counter, family::Family};

pub use database::DatabaseMetrics;
pub use redis::RedisMetrics;
pub use work::WorkMetrics;

/// Counters told apart by one label, whose values are those written in this crate.
type CounterBy = Family<[(&'static str, &'static str); 1], Counter>;
