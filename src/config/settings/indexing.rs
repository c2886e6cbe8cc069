//! Settings of indexing and recurring tasks.

use super::{Setting, setting};

pub(super) const SETTINGS: &[Setting] = &[
    setting(
        "indexer.in_process",
        "SOUK_INDEXER_IN_PROCESS",
        "whether serving indexes too: `auto`, `yes` or `no`",
    ),
    setting(
        "indexer.batch",
        "SOUK_INDEXER_BATCH",
        "changes indexed at once",
    ),
    setting(
        "indexer.workers",
        "SOUK_INDEXER_WORKERS",
        "batches under way at a time while many changes wait",
    ),
    setting(
        "indexer.lease_secs",
        "SOUK_INDEXER_LEASE_SECS",
        "time after which a killed process's changes are taken over",
    ),
    setting(
        "indexer.poll_ms",
        "SOUK_INDEXER_POLL_MS",
        "longest wait before looking for changes again",
    ),
    setting(
        "indexer.max_attempts",
        "SOUK_INDEXER_MAX_ATTEMPTS",
        "refusals of one document before it is a dead letter",
    ),
    setting(
        "indexer.sync_on_startup",
        "SYNC_PRODUCTS_ON_STARTUP",
        "`auto` fills an empty index, `always` builds it anew, `never`",
    ),
    setting(
        "indexer.verify_schedule",
        "SOUK_VERIFY_SCHEDULE",
        "when a sample is compared with the index, as cron; or `off`",
    ),
    setting(
        "indexer.verify_sample",
        "SOUK_VERIFY_SAMPLE",
        "how many products that sample has",
    ),
    setting(
        "indexer.verify_repair",
        "SOUK_VERIFY_REPAIR",
        "whether what differs in it is indexed again",
    ),
    setting(
        "indexer.prune_schedule",
        "SOUK_PRUNE_SCHEDULE",
        "when ended jobs, old dead letters and old figures are forgotten",
    ),
    setting(
        "indexer.keep_days",
        "SOUK_RETENTION_DAYS",
        "how many days they are kept",
    ),
    setting(
        "indexer.dead_letters_schedule",
        "SOUK_DEAD_LETTERS_SCHEDULE",
        "when dead letters are tried again",
    ),
    setting(
        "indexer.tidy_schedule",
        "SOUK_INDEX_CLEANUP_SCHEDULE",
        "when indexes that nobody needs are discarded",
    ),
    setting(
        "indexer.feedback_schedule",
        "SOUK_POPULARITY_SCHEDULE",
        "when search learns from what shoppers did",
    ),
    setting(
        "indexer.analytics_half_life_days",
        "SOUK_ANALYTICS_HALF_LIFE_DAYS",
        "after how many days that counts half",
    ),
    setting(
        "indexer.popularity_max_changes",
        "SOUK_POPULARITY_MAX_CHANGES",
        "most products whose popularity is written at a time",
    ),
    setting(
        "indexer.suggestions_min_sessions",
        "SOUK_SUGGESTIONS_MIN_VISITORS",
        "sessions that have to have asked a query on one day before others are offered it",
    ),
    setting(
        "indexer.analytics_keep_days",
        "SOUK_ANALYTICS_RETENTION_DAYS",
        "how many days the figures of search analytics are kept",
    ),
];
