//! Options of the indexer. Variables (and their defaults):
//!
//! - `SOUK_INDEXER_BATCH` (1000): rows claimed at once, 1 to 10000.
//! - `SOUK_INDEXER_WORKERS` (2): how many batches are under way at a time while many changes wait, 1 to 16. The embedded
//!   database has room for one.
//! - `SOUK_INDEXER_LEASE_SECS` (60): how long a claim lasts; a killed worker's rows are free again after it.
//! - `SOUK_INDEXER_POLL_MS` (50): the longest it waits before it looks for changes made by plain SQL.
//! - `SOUK_INDEXER_MAX_ATTEMPTS` (8): refusals of one document before it is parked as a dead letter.
//! - `SYNC_PRODUCTS_ON_STARTUP` (`auto`): what a start does about the index. `auto` fills an empty one and warns of an
//!   outdated mapping, `always` rebuilds it, `never` leaves it as it is.
//! - `SOUK_VERIFY_SCHEDULE` (`0 10 * * * *`), `SOUK_VERIFY_SAMPLE` (5000), `SOUK_VERIFY_REPAIR` (`false`): when a sample
//!   is compared with the database, how large it is, and whether what differs is indexed again.
//! - `SOUK_PRUNE_SCHEDULE` (`0 40 3 * * *`), `SOUK_RETENTION_DAYS` (30): when ended jobs and dead letters older than that are
//!   forgotten.
//! - `SOUK_DEAD_LETTERS_SCHEDULE` (`0 50 * * * *`): when dead letters are tried again.
//! - `SOUK_INDEX_CLEANUP_SCHEDULE` (`0 */15 * * * *`): when indexes that nobody needs are discarded.
//! - `SOUK_POPULARITY_SCHEDULE` (`0 */10 * * * *`): when search learns from what shoppers did;
//!   `SOUK_ANALYTICS_HALF_LIFE_DAYS` (14): after how many days that counts half; `SOUK_POPULARITY_MAX_CHANGES` (5000): how
//!   many products are written at a time; `SOUK_SUGGESTIONS_MIN_VISITORS` (5): how many sessions have to have asked a query
//!   on one day before others are offered it.
//! - `SOUK_ANALYTICS_RETENTION_DAYS` (90): how many days figures of search analytics are kept; pruned with the rest.

use std::time::Duration;

use clap::Args;

use crate::{BadSchedule, Schedules, SyncOnStartup};

/// See the module's description.
#[derive(Debug, Clone, Args)]
pub struct IndexerOptions {
    /// Rows claimed at once
    #[arg(long, env = "SOUK_INDEXER_BATCH", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub batch: u32,
    /// Batches under way at a time while many changes wait
    #[arg(long, env = "SOUK_INDEXER_WORKERS", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=16))]
    pub workers: u32,
    /// Seconds a claim lasts
    #[arg(long, env = "SOUK_INDEXER_LEASE_SECS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(5..=3600))]
    pub lease_secs: u32,
    /// Longest wait, in milliseconds, before looking for changes again
    #[arg(long, env = "SOUK_INDEXER_POLL_MS", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=60_000))]
    pub poll_ms: u32,
    /// Refusals of one document before it becomes a dead letter
    #[arg(long, env = "SOUK_INDEXER_MAX_ATTEMPTS", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub max_attempts: u32,
    /// Treatment of the index at a start
    #[arg(long, env = "SYNC_PRODUCTS_ON_STARTUP", value_enum, default_value_t)]
    pub sync_on_startup: SyncOnStartup,
    /// Schedules of recurring tasks.
    #[command(flatten)]
    pub schedules: Schedules,
}

impl Default for IndexerOptions {
    fn default() -> Self {
        Self {
            batch: 1000,
            workers: 2,
            lease_secs: 60,
            poll_ms: 50,
            max_attempts: 8,
            sync_on_startup: SyncOnStartup::default(),
            schedules: Schedules::default(),
        }
    }
}

impl IndexerOptions {
    /// Checks the rules that span several values.
    ///
    /// # Errors
    /// If a schedule is none.
    pub fn check(&self) -> Result<(), BadSchedule> {
        self.schedules.check()
    }

    /// Duration of a claim.
    pub fn lease(&self) -> Duration {
        Duration::from_secs(u64::from(self.lease_secs))
    }

    /// The longest wait between two looks at the outbox.
    pub fn poll(&self) -> Duration {
        Duration::from_millis(u64::from(self.poll_ms))
    }
}
