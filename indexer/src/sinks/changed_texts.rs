//! Sink that collects products whose texts may have changed, for the embedding.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use souk_domain::{ProductId, TenantId};
use souk_store::{OutboxRow, StoreError};
use tokio::sync::Notify;

use super::sink::Sink;
use crate::relay::batch::Task;

/// Products of which the index has taken a change. Clones share them. What a killed process has collected is found again by its
/// successor, which compares the texts with those that vectors were made of.
#[derive(Debug, Clone, Default)]
pub(crate) struct ChangedTexts {
    products: Arc<Mutex<BTreeSet<(TenantId, ProductId)>>>,
    added: Arc<Notify>,
}

impl ChangedTexts {
    /// Adds products.
    pub(crate) fn add(&self, products: impl IntoIterator<Item = (TenantId, ProductId)>) {
        self.products.lock().extend(products);
        self.added.notify_one();
    }

    /// Takes up to so many products of one tenant. None if there are none.
    pub(crate) fn take(&self, most: usize) -> Option<(TenantId, Vec<ProductId>)> {
        let mut products = self.products.lock();
        let &(tenant, _) = products.first()?;
        let of_tenant = products.iter().take_while(|(of, _)| *of == tenant);
        let taken: Vec<ProductId> = of_tenant.take(most).map(|(_, id)| *id).collect();
        for id in &taken {
            products.remove(&(tenant, *id));
        }
        Some((tenant, taken))
    }

    /// Waits until products are added.
    pub(crate) async fn added(&self) {
        self.added.notified().await;
    }
}

#[async_trait]
impl Sink for ChangedTexts {
    async fn catch_up(&mut self, _now_ms: i64) -> Result<(), StoreError> {
        Ok(())
    }

    async fn products_changed(
        &mut self,
        tasks: &[Task],
        _rows: &[OutboxRow],
    ) -> Result<(), StoreError> {
        self.add(tasks.iter().map(|task| (task.tenant, task.product)));
        Ok(())
    }

    async fn reference_changed(&mut self, _row: &OutboxRow) -> Result<(), StoreError> {
        Ok(())
    }

    async fn search_changed(&mut self, _tenant: TenantId, _now_ms: i64) -> Result<(), StoreError> {
        Ok(())
    }
}
