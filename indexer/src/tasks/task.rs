//! Interface of a periodic task.

use std::sync::Arc;

use async_trait::async_trait;
use souk_config::Cron;
use souk_search::IndexGenerations;
use souk_store::{Store, Tenant};
use souk_telemetry::chain;
use tracing::warn;

use crate::{IndexerConfig, IndexerError};

/// Everything that a task works with.
pub(super) struct TaskContext {
    pub(super) store: Store,
    pub(super) index: Arc<dyn IndexGenerations>,
    pub(super) config: IndexerConfig,
    /// Start of this run, in milliseconds since 1970 UTC.
    pub(super) now_ms: i64,
}

/// Task that one process runs for all when it is due.
#[async_trait]
pub(super) trait ScheduledTask: Send + Sync {
    /// Name in the database and in logs.
    fn name(&self) -> &'static str;

    /// Cron expression, or `off`.
    fn schedule<'a>(&self, config: &'a IndexerConfig) -> &'a Cron;

    /// Runs the task: for each tenant in turn, unless the task says otherwise. A tenant that fails stops no other.
    async fn run(&self, context: &TaskContext) -> Result<(), IndexerError> {
        for_each_tenant(self, context).await
    }

    /// Runs the task for one tenant.
    async fn run_for(&self, context: &TaskContext, tenant: &Tenant) -> Result<(), IndexerError>;
}

/// Runs a task for each tenant, and logs those that fail.
pub(super) async fn for_each_tenant<T: ScheduledTask + ?Sized>(
    task: &T,
    context: &TaskContext,
) -> Result<(), IndexerError> {
    for tenant in context.store.tenants().list().await? {
        if let Err(error) = task.run_for(context, &tenant).await {
            let (task, tenant, error) = (task.name(), tenant.slug, chain(&error));
            warn!(task, tenant, error, "a scheduled task failed");
        }
    }
    Ok(())
}
