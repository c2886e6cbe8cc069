//! Deletes ended jobs, old dead letters, old prices, old search analytics and old entries of the audit log.

use async_trait::async_trait;
use souk_config::Cron;
use souk_store::Tenant;
use tracing::info;

use super::task::{ScheduledTask, TaskContext};
use crate::{IndexerConfig, IndexerError};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Deletes what is too old to be kept.
pub(super) struct Prune;

#[async_trait]
impl ScheduledTask for Prune {
    fn name(&self) -> &'static str {
        "prune"
    }

    fn schedule<'a>(&self, config: &'a IndexerConfig) -> &'a Cron {
        &config.prune_schedule
    }

    async fn run(&self, context: &TaskContext) -> Result<(), IndexerError> {
        let (store, config) = (&context.store, &context.config);
        let before = context.now_ms - i64::from(config.retention_days) * DAY_MS;
        let jobs = store.job_queue().prune(before).await?;
        let letters = store.outbox().prune_dead_letters(before).await?;
        if jobs + letters > 0 {
            info!(jobs, letters, "ended jobs and old dead letters deleted");
        }
        let prices = store.price_changes().prune(context.now_ms).await?;
        if prices > 0 {
            info!(prices, "old prices deleted");
        }
        let keep_days = config.analytics_retention_days;
        let analytics = store.search_analytics();
        let metrics = analytics.prune(keep_days, context.now_ms).await?;
        if metrics > 0 {
            info!(metrics, "old search analytics deleted");
        }
        let since = context.now_ms - i64::from(config.audit_retention_days) * DAY_MS;
        let entries = store.audit().retain_since(since).await?;
        if entries > 0 {
            info!(entries, "old entries of the audit log deleted");
        }
        // In the log of the process as well, where nobody who can write to the database reaches it.
        for (chain, number, hash) in store.audit().heads().await? {
            info!(chain = chain.0, number, hash, "last entry of an audit log");
        }
        Ok(())
    }

    async fn run_for(&self, _: &TaskContext, _: &Tenant) -> Result<(), IndexerError> {
        Ok(())
    }
}
