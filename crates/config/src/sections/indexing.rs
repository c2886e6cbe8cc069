//! Indexer and its scheduled tasks.

use std::time::Duration;

use crate::choices::{InProcess, SyncOnStartup};
use crate::cron::Cron;
use crate::declare::settings;

settings! {
    /// Indexer, inside `souk serve` or as `souk-indexer`.
    indexer: IndexerConfig {
        /// Indexing by `souk serve`; `auto`: if database or index is embedded.
        in_process: InProcess = InProcess::Auto, "SOUK_INDEXER_IN_PROCESS";
        /// Outbox rows claimed at once.
        batch: u32 = 1_000, "SOUK_INDEXER_BATCH", range 1..=10_000, unit "rows", flag "--batch";
        /// Maximum of simultaneous batches of bulk loads, besides edits; the embedded database allows one of either.
        workers: u32 = 2, "SOUK_INDEXER_WORKERS", range 1..=16, unit "workers", flag "--workers";
        /// Lease of a claim, renewed during work; rows of a killed process are free again after it.
        lease_secs: u32 = 5, "SOUK_INDEXER_LEASE_SECS", range 5..=3_600, flag "--lease-secs";
        /// Maximum interval between two reads of the outbox while PostgreSQL sends no notices of changes.
        poll_ms: u32 = 50, "SOUK_INDEXER_POLL_MS", range 1..=60_000, flag "--poll-ms";
        /// Rejections of a document before it becomes a dead letter.
        max_attempts: u32 = 8, "SOUK_INDEXER_MAX_ATTEMPTS", range 1..=100, unit "rejections", flag "--max-attempts";
        /// Index at startup: `auto` (or `true`) fills an empty one, `always` rebuilds it, `never` (or `false`) leaves it.
        sync_on_startup: SyncOnStartup = SyncOnStartup::Auto, "SYNC_PRODUCTS_ON_STARTUP", flag "--sync-on-startup";
        /// Schedule of comparing a sample of products with the index.
        verify_schedule: Cron = Cron::of("0 10 * * * *"), "SOUK_VERIFY_SCHEDULE", flag "--verify-schedule";
        /// Products in that sample.
        verify_sample: u32 = 5_000, "SOUK_VERIFY_SAMPLE", range 1..=10_000_000, unit "products", flag "--verify-sample";
        /// Reindexing of the differences found.
        verify_repair: bool = false, "SOUK_VERIFY_REPAIR", flag "--verify-repair";
        /// Schedule of deleting ended jobs, old dead letters and old metrics of search analytics.
        prune_schedule: Cron = Cron::of("0 40 3 * * *"), "SOUK_PRUNE_SCHEDULE", flag "--prune-schedule";
        /// Retention of ended jobs and dead letters.
        retention_days: u32 = 30, "SOUK_RETENTION_DAYS", range 1..=3_650, flag "--retention-days";
        /// Schedule of retrying dead letters.
        dead_letters_schedule: Cron = Cron::of("0 50 * * * *"), "SOUK_DEAD_LETTERS_SCHEDULE", flag "--dead-letters-schedule";
        /// Schedule of deleting unused indexes.
        index_cleanup_schedule: Cron = Cron::of("0 */15 * * * *"), "SOUK_INDEX_CLEANUP_SCHEDULE", flag "--index-cleanup-schedule";
        /// Schedule of updating popularity and query suggestions from shoppers' events.
        popularity_schedule: Cron = Cron::of("0 */10 * * * *"), "SOUK_POPULARITY_SCHEDULE", flag "--popularity-schedule";
        /// Half-life of events in popularity.
        analytics_half_life_days: u32 = 14, "SOUK_ANALYTICS_HALF_LIFE_DAYS", range 1..=365, flag "--analytics-half-life-days";
        /// Maximum of products whose popularity is written, and that are reindexed, per run.
        popularity_max_changes: u32 = 5_000, "SOUK_POPULARITY_MAX_CHANGES", range 0..=10_000_000, unit "products", flag "--popularity-max-changes";
        /// Visitors who must have sent a query on one day before it is suggested to others.
        suggestions_min_visitors: u32 = 5, "SOUK_SUGGESTIONS_MIN_VISITORS", range 1..=1_000_000, unit "visitors", flag "--suggestions-min-visitors";
        /// Networks (/24 for IPv4, /48 for IPv6) that must have searched for a query on one day before it is suggested. Half as many must have clicked a hit. 0: any.
        suggestions_min_networks: u32 = 3, "SOUK_SUGGESTIONS_MIN_NETWORKS", range 0..=1_000_000, unit "networks", flag "--suggestions-min-networks";
        /// Networks that must have done something with a product on one day for that day to count in its popularity; 0: any.
        popularity_min_networks: u32 = 2, "SOUK_POPULARITY_MIN_NETWORKS", range 0..=1_000_000, unit "networks", flag "--popularity-min-networks";
        /// Retention of the audit log.
        audit_retention_days: u32 = 365, "SOUK_AUDIT_RETENTION_DAYS", range 30..=3_650, flag "--audit-retention-days";
        /// Retention of search analytics.
        analytics_retention_days: u32 = 90, "SOUK_ANALYTICS_RETENTION_DAYS", range 1..=3_650, flag "--analytics-retention-days";
    }
}

impl IndexerConfig {
    /// Returns the longest interval between two reads of the outbox.
    pub fn poll(&self) -> Duration {
        Duration::from_millis(u64::from(self.poll_ms))
    }
}
