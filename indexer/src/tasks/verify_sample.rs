//! Compares a sample of each tenant's products with the live index.

use std::time::Duration;

use async_trait::async_trait;
use souk_config::Cron;
use souk_store::Tenant;
use tracing::warn;

use super::task::{ScheduledTask, TaskContext};
use crate::verify::{self, Subject};
use crate::{IndexerConfig, IndexerError};

/// Longest wait for pending changes of products that differ.
const PENDING_CHANGES_TIMEOUT: Duration = Duration::from_secs(30);

/// Compares a sample of each tenant's products with the live index.
pub(super) struct VerifySample;

#[async_trait]
impl ScheduledTask for VerifySample {
    fn name(&self) -> &'static str {
        "verify"
    }

    fn schedule<'a>(&self, config: &'a IndexerConfig) -> &'a Cron {
        &config.verify_schedule
    }

    async fn run_for(&self, context: &TaskContext, tenant: &Tenant) -> Result<(), IndexerError> {
        let (store, config) = (&context.store, &context.config);
        let subject = Subject::served(store, context.index.as_ref(), tenant.id);
        let found = verify::sample(subject, config.verify_sample as usize).await?;
        let drift = verify::settle(subject, found, PENDING_CHANGES_TIMEOUT).await?;
        if drift.is_none() {
            return Ok(());
        }
        warn!(
            tenant = tenant.slug,
            compared = drift.compared,
            missing = drift.missing.len(),
            outdated = drift.outdated.len(),
            surplus = drift.surplus.len(),
            foreign = drift.foreign.len(),
            repaired = config.verify_repair,
            "database and index differ; `souk-indexer verify --repair` compares all and repairs it"
        );
        if config.verify_repair {
            verify::repair(subject, &drift).await?;
        }
        Ok(())
    }
}
