//! Deletes indexes that are neither live, previous nor in a job.

use async_trait::async_trait;
use souk_config::Cron;
use souk_store::Tenant;

use super::task::{ScheduledTask, TaskContext};
use crate::index_cleanup::delete_unused;
use crate::{IndexerConfig, IndexerError};

/// Deletes indexes that are neither live, previous nor in a job.
pub(super) struct CleanUpIndexes;

#[async_trait]
impl ScheduledTask for CleanUpIndexes {
    fn name(&self) -> &'static str {
        "tidy"
    }

    fn schedule<'a>(&self, config: &'a IndexerConfig) -> &'a Cron {
        &config.index_cleanup_schedule
    }

    async fn run_for(&self, context: &TaskContext, tenant: &Tenant) -> Result<(), IndexerError> {
        delete_unused(&context.store, context.index.as_ref(), tenant.id).await?;
        Ok(())
    }
}
