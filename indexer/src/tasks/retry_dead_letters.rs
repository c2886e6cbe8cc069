//! Moves dead letters back into the outbox.

use async_trait::async_trait;
use souk_config::Cron;
use souk_store::Tenant;
use tracing::info;

use super::task::{ScheduledTask, TaskContext};
use crate::{IndexerConfig, IndexerError};

/// Moves dead letters back into the outbox.
pub(super) struct RetryDeadLetters;

#[async_trait]
impl ScheduledTask for RetryDeadLetters {
    fn name(&self) -> &'static str {
        "dead-letters"
    }

    fn schedule<'a>(&self, config: &'a IndexerConfig) -> &'a Cron {
        &config.dead_letters_schedule
    }

    async fn run_for(&self, context: &TaskContext, tenant: &Tenant) -> Result<(), IndexerError> {
        let letters = context.store.scope(tenant.id).dead_letters();
        let letters = letters.retry_all().await?;
        if letters > 0 {
            info!(tenant = tenant.slug, letters, "dead letters are retried");
        }
        Ok(())
    }
}
