//! Interface between a worker and the receivers of changes.

use async_trait::async_trait;
use souk_domain::TenantId;
use souk_store::{OutboxRow, StoreError};

use crate::relay::batch::Task;

/// Receiver of changes behind the search index.
#[async_trait]
pub(crate) trait Sink: Send + Sync {
    /// Makes up for deliveries that failed earlier. Called before each claim.
    async fn catch_up(&mut self, now_ms: i64) -> Result<(), StoreError>;

    /// Takes the products of a batch that the index has applied, and the rows that announced them.
    async fn products_changed(
        &mut self,
        tasks: &[Task],
        rows: &[OutboxRow],
    ) -> Result<(), StoreError>;

    /// Takes a changed category, fandom or seller. The documents of its products follow as rows of their own.
    async fn reference_changed(&mut self, row: &OutboxRow) -> Result<(), StoreError>;

    /// Takes note that searches of a tenant now see other documents, after a refresh or a swap of indexes.
    async fn search_changed(&mut self, tenant: TenantId, now_ms: i64) -> Result<(), StoreError>;
}
