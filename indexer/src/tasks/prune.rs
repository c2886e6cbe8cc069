//! Deletes ended jobs, old dead letters, old prices and old search analytics.

use async_trait::async_trait;
use souk_config::Cron;
use souk_store::Tenant;
use tracing::info;

use super::task::{ScheduledTask, TaskContext};
use crate::{IndexerConfig, IndexerError};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Deletes ended jobs, old dead letters, old prices and old search analytics.
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
        Ok(())
    }

    async fn run_for(&self, _: &TaskContext, _: &Tenant) -> Result<(), IndexerError> {
        Ok(())
    }
}
