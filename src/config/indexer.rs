//! Options of the indexer.

use souk_config::IndexerConfig;
use souk_indexer::{FeedbackOptions, IndexerOptions, Schedules, SyncOnStartup};

/// Conversion of the `indexer` section.
pub trait IndexerSection {
    /// Returns the indexer's options.
    fn options(&self) -> IndexerOptions;
}

impl IndexerSection for IndexerConfig {
    fn options(&self) -> IndexerOptions {
        IndexerOptions {
            batch: self.batch,
            workers: self.workers,
            lease_secs: self.lease_secs,
            poll_ms: self.poll_ms,
            max_attempts: self.max_attempts,
            sync_on_startup: match self.sync_on_startup {
                souk_config::SyncOnStartup::Auto => SyncOnStartup::Auto,
                souk_config::SyncOnStartup::Always => SyncOnStartup::Always,
                souk_config::SyncOnStartup::Never => SyncOnStartup::Never,
            },
            schedules: Schedules {
                verify: self.verify_schedule.clone(),
                verify_sample: self.verify_sample,
                verify_repair: self.verify_repair,
                prune: self.prune_schedule.clone(),
                keep_days: self.retention_days,
                dead_letters: self.dead_letters_schedule.clone(),
                tidy: self.index_cleanup_schedule.clone(),
                feedback: self.popularity_schedule.clone(),
                learning: FeedbackOptions {
                    half_life_days: self.analytics_half_life_days,
                    popularity_max_changes: self.popularity_max_changes,
                    suggestions_min_sessions: self.suggestions_min_visitors,
                },
                analytics_keep_days: self.analytics_retention_days,
            },
        }
    }
}
