//! The indexer inside `souk serve`. `souk-indexer` takes the same variables.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `indexer.in_process` | `SOUK_INDEXER_IN_PROCESS` | `auto`: yes if database or index is embedded |
//! | `indexer.batch` | `SOUK_INDEXER_BATCH` | `1000` |
//! | `indexer.workers` | `SOUK_INDEXER_WORKERS` | `2` |
//! | `indexer.lease_secs` | `SOUK_INDEXER_LEASE_SECS` | `60` |
//! | `indexer.poll_ms` | `SOUK_INDEXER_POLL_MS` | `50` |
//! | `indexer.max_attempts` | `SOUK_INDEXER_MAX_ATTEMPTS` | `8` |
//! | `indexer.sync_on_startup` | `SYNC_PRODUCTS_ON_STARTUP` | `auto` |
//! | `indexer.verify_schedule` | `SOUK_VERIFY_SCHEDULE` | `0 10 * * * *` |
//! | `indexer.verify_sample` | `SOUK_VERIFY_SAMPLE` | `5000` |
//! | `indexer.verify_repair` | `SOUK_VERIFY_REPAIR` | `false` |
//! | `indexer.prune_schedule` | `SOUK_PRUNE_SCHEDULE` | `0 40 3 * * *` |
//! | `indexer.keep_days` | `SOUK_RETENTION_DAYS` | `30` |
//! | `indexer.dead_letters_schedule` | `SOUK_DEAD_LETTERS_SCHEDULE` | `0 50 * * * *` |
//! | `indexer.tidy_schedule` | `SOUK_INDEX_CLEANUP_SCHEDULE` | `0 */15 * * * *` |
//! | `indexer.feedback_schedule` | `SOUK_POPULARITY_SCHEDULE` | `0 */10 * * * *` |
//! | `indexer.analytics_half_life_days` | `SOUK_ANALYTICS_HALF_LIFE_DAYS` | `14` |
//! | `indexer.popularity_max_changes` | `SOUK_POPULARITY_MAX_CHANGES` | `5000` |
//! | `indexer.suggestions_min_sessions` | `SOUK_SUGGESTIONS_MIN_VISITORS` | `5` |
//! | `indexer.analytics_keep_days` | `SOUK_ANALYTICS_RETENTION_DAYS` | `90` |
//!
//! Schedules are cron expressions with seconds, in UTC; `off` means never.

use serde::{Deserialize, Serialize};
use souk_indexer::{FeedbackOptions, IndexerOptions, Schedules, SyncOnStartup};

/// The indexer inside `souk serve`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IndexerConfig {
    /// Choice of indexing within `souk serve`.
    pub in_process: InProcess,
    /// Changes claimed at once.
    pub batch: u32,
    /// Batches under way at a time while many changes wait; the embedded database has room for one.
    pub workers: u32,
    /// Seconds that a claim lasts: a killed process's changes are free again after it.
    pub lease_secs: u32,
    /// Longest wait before looking for changes again.
    pub poll_ms: u32,
    /// Refusals of one document before it becomes a dead letter.
    pub max_attempts: u32,
    /// Treatment of the index at a start: `auto` fills an empty one, `always` rebuilds it, `never` leaves it.
    pub sync_on_startup: SyncOnStartup,
    /// Cron of comparing a sample of the products with the index.
    pub verify_schedule: String,
    /// Products in that sample.
    pub verify_sample: u32,
    /// True to index differing products again.
    pub verify_repair: bool,
    /// Cron of deleting ended jobs and old dead letters.
    pub prune_schedule: String,
    /// Days that they are kept.
    pub keep_days: u32,
    /// Cron of retrying dead letters.
    pub dead_letters_schedule: String,
    /// Cron of deleting unused indexes.
    pub tidy_schedule: String,
    /// Cron of updating popularity and suggestions.
    pub feedback_schedule: String,
    /// After how many days that counts half.
    pub analytics_half_life_days: u32,
    /// Most products whose popularity is written, and that are indexed again, at a time.
    pub popularity_max_changes: u32,
    /// Visitors that must have sent a query on one day before it is suggested.
    pub suggestions_min_sessions: u32,
    /// Days that search analytics are kept.
    pub analytics_keep_days: u32,
}

/// Process that indexes changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InProcess {
    /// `souk serve` does where the database or the index is embedded, since those serve one process.
    Auto,
    /// `souk serve` does.
    Yes,
    /// `souk-indexer run` does.
    No,
}

impl Default for IndexerConfig {
    fn default() -> Self {
        let options = IndexerOptions::default();
        Self {
            in_process: InProcess::Auto,
            batch: options.batch,
            workers: options.workers,
            lease_secs: options.lease_secs,
            poll_ms: options.poll_ms,
            max_attempts: options.max_attempts,
            sync_on_startup: options.sync_on_startup,
            verify_schedule: options.schedules.verify,
            verify_sample: options.schedules.verify_sample,
            verify_repair: options.schedules.verify_repair,
            prune_schedule: options.schedules.prune,
            keep_days: options.schedules.keep_days,
            dead_letters_schedule: options.schedules.dead_letters,
            tidy_schedule: options.schedules.tidy,
            feedback_schedule: options.schedules.feedback,
            analytics_half_life_days: options.schedules.learning.half_life_days,
            popularity_max_changes: options.schedules.learning.popularity_max_changes,
            suggestions_min_sessions: options.schedules.learning.suggestions_min_sessions,
            analytics_keep_days: options.schedules.analytics_keep_days,
        }
    }
}

impl IndexerConfig {
    /// As the indexer takes it.
    pub fn options(&self) -> IndexerOptions {
        IndexerOptions {
            batch: self.batch,
            workers: self.workers,
            lease_secs: self.lease_secs,
            poll_ms: self.poll_ms,
            max_attempts: self.max_attempts,
            sync_on_startup: self.sync_on_startup,
            schedules: Schedules {
                verify: self.verify_schedule.clone(),
                verify_sample: self.verify_sample,
                verify_repair: self.verify_repair,
                prune: self.prune_schedule.clone(),
                keep_days: self.keep_days,
                dead_letters: self.dead_letters_schedule.clone(),
                tidy: self.tidy_schedule.clone(),
                feedback: self.feedback_schedule.clone(),
                learning: FeedbackOptions {
                    half_life_days: self.analytics_half_life_days,
                    popularity_max_changes: self.popularity_max_changes,
                    suggestions_min_sessions: self.suggestions_min_sessions,
                },
                analytics_keep_days: self.analytics_keep_days,
            },
        }
    }
}
