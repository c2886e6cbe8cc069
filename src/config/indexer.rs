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
    /// Whether `souk serve` indexes changes itself.
    pub in_process: InProcess,
    /// Changes claimed at once.
    pub batch: u32,
    /// Batches under way at a time while many changes wait; the embedded database has room for one.
    pub workers: u32,
    /// How long a claim lasts: a killed process's changes are free again after it.
    pub lease_secs: u32,
    /// Longest wait before looking for changes again.
    pub poll_ms: u32,
    /// Refusals of one document before it becomes a dead letter.
    pub max_attempts: u32,
    /// What a start does about the index: `auto` fills an empty one, `always` builds it anew, `never` leaves it.
    pub sync_on_startup: SyncOnStartup,
    /// When a sample of the products is compared with the index.
    pub verify_schedule: String,
    /// How many products that sample has.
    pub verify_sample: u32,
    /// Whether what differs in it is indexed again.
    pub verify_repair: bool,
    /// When ended jobs and old dead letters are forgotten.
    pub prune_schedule: String,
    /// How many days they are kept.
    pub keep_days: u32,
    /// When dead letters are tried again.
    pub dead_letters_schedule: String,
    /// When indexes that nobody needs are discarded.
    pub tidy_schedule: String,
    /// When search learns from what shoppers did.
    pub feedback_schedule: String,
    /// After how many days that counts half.
    pub analytics_half_life_days: u32,
    /// Most products whose popularity is written, and that are indexed anew, at a time.
    pub popularity_max_changes: u32,
    /// How many sessions have to have asked a query on one day before others are offered it.
    pub suggestions_min_sessions: u32,
    /// How many days the figures of search analytics are kept.
    pub analytics_keep_days: u32,
}

/// Who brings changes to the index.
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
