//! Sink that invalidates the caches of the API and purges a CDN.
//!
//! A row leaves the outbox only after the caches were invalidated, or after a pending invalidation was noted for its
//! tenant. Redis may be away for long, and indexing does not wait for it. A pending invalidation keeps every process
//! from relying on what Redis holds. Once Redis is back, the cache of the tenant is flushed and the entry removed.
//!
//! Purges of a CDN are not waited for, since its copies expire by themselves.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use souk_cache::{Invalidator, Purger, Tag};
use souk_domain::{CategoryId, FandomId, ProductId, SellerId, TenantId};
use souk_store::{Entity, OutboxRow, Store, StoreError};
use tracing::{debug, info, warn};

use super::sink::Sink;
use crate::relay::batch::Task;

/// Interval between looks for pending invalidations of other processes, which look for their own as long as they live.
const LOOK: Duration = Duration::from_secs(10);
/// Maximum number of tags invalidated in one call: Redis does nothing else meanwhile.
const AT_ONCE: usize = 1_000;

/// Caches of the API and copies in a CDN.
pub(super) struct Caches {
    store: Store,
    /// Without one, every change becomes a pending invalidation.
    invalidator: Option<Invalidator>,
    purger: Option<Purger>,
    /// Set from the first failure until the pending invalidations are done.
    has_pending: bool,
    look_at_ms: i64,
}

impl Caches {
    pub(super) fn new(
        store: Store,
        invalidator: Option<Invalidator>,
        purger: Option<Purger>,
    ) -> Self {
        Self {
            store,
            invalidator,
            purger,
            has_pending: false,
            look_at_ms: i64::MIN,
        }
    }

    async fn invalidate(
        &mut self,
        tenant: TenantId,
        tags: &[Tag],
        since_ms: i64,
    ) -> Result<(), StoreError> {
        let invalidated = self.invalidate_kept(tenant, tags, since_ms).await;
        // After the caches: the CDN fetches from them next.
        if let Some(purger) = &self.purger {
            purger.purge(tenant, tags);
        }
        invalidated
    }

    async fn is_gone(&self, tenant: TenantId) -> Result<bool, StoreError> {
        Ok(self.store.tenants().get(tenant).await?.is_none())
    }

    /// Removes all that is kept of a tenant that is gone.
    async fn forget(&mut self, tenant: TenantId, since_ms: i64) -> Result<(), StoreError> {
        let Some(invalidator) = &self.invalidator else {
            return Ok(());
        };
        if let Err(error) = invalidator.forget(tenant).await {
            warn!(%error, %tenant, "cache of a removed tenant not emptied; it is when Redis is back");
            self.has_pending = true;
            let pending = self.store.pending_invalidations();
            return pending.note(tenant, since_ms).await;
        }
        Ok(())
    }

    async fn invalidate_kept(
        &mut self,
        tenant: TenantId,
        tags: &[Tag],
        since_ms: i64,
    ) -> Result<(), StoreError> {
        let Some(invalidator) = &self.invalidator else {
            return self
                .store
                .pending_invalidations()
                .note(tenant, since_ms)
                .await;
        };
        for tags in tags.chunks(AT_ONCE) {
            if let Err(error) = invalidator.invalidate_tags(tenant, tags).await {
                if !self.has_pending {
                    warn!(%error, "cache not invalidated; changes are indexed, and the cache is flushed when Redis is back");
                }
                self.has_pending = true;
                return self
                    .store
                    .pending_invalidations()
                    .note(tenant, since_ms)
                    .await;
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Sink for Caches {
    async fn catch_up(&mut self, now_ms: i64) -> Result<(), StoreError> {
        let Some(invalidator) = &self.invalidator else {
            return Ok(());
        };
        if now_ms < self.look_at_ms && !(self.has_pending && invalidator.is_reachable()) {
            return Ok(());
        }
        self.look_at_ms = now_ms.saturating_add(LOOK.as_millis() as i64);
        let pending = self.store.pending_invalidations();
        for entry in pending.list().await? {
            if let Err(error) = invalidator.flush(entry.tenant).await {
                debug!(%error, tenant = %entry.tenant, "Redis is still away");
                return Ok(());
            }
            if self.is_gone(entry.tenant).await?
                && let Err(error) = invalidator.forget(entry.tenant).await
            {
                debug!(%error, tenant = %entry.tenant, "Redis is away again");
                return Ok(());
            }
            pending.settle(&entry).await?;
            if let Some(purger) = &self.purger {
                purger.purge(entry.tenant, &[Tag::All]);
            }
            info!(tenant = %entry.tenant, "cache flushed: it had missed changes");
        }
        self.has_pending = false;
        Ok(())
    }

    async fn products_changed(
        &mut self,
        tasks: &[Task],
        rows: &[OutboxRow],
    ) -> Result<(), StoreError> {
        let mut tags: BTreeMap<TenantId, Vec<Tag>> = BTreeMap::new();
        for task in tasks {
            tags.entry(task.tenant)
                .or_insert_with(|| vec![Tag::Search])
                .push(Tag::Product(task.product));
        }
        for (tenant, tags) in tags {
            let of_tenant = rows.iter().filter(|row| row.tenant_id == tenant);
            let since = of_tenant.map(|row| row.created_at_ms).min().unwrap_or(0);
            self.invalidate(tenant, &tags, since).await?;
            // No product has this id: the tenant has come or gone.
            if tags.contains(&Tag::Product(ProductId(0))) && self.is_gone(tenant).await? {
                self.forget(tenant, since).await?;
            }
        }
        Ok(())
    }

    async fn reference_changed(&mut self, row: &OutboxRow) -> Result<(), StoreError> {
        let tags: &[Tag] = match row.entity {
            Entity::Product => return Ok(()),
            Entity::Category => &[Tag::Categories, Tag::Category(CategoryId(row.entity_id))],
            Entity::Fandom => &[Tag::Fandoms, Tag::Fandom(FandomId(row.entity_id))],
            Entity::Seller => &[Tag::Sellers, Tag::Seller(SellerId(row.entity_id))],
            // Its products follow one by one.
            Entity::Attribute => &[Tag::Search],
        };
        self.invalidate(row.tenant_id, tags, row.created_at_ms)
            .await
    }

    async fn search_changed(&mut self, tenant: TenantId, now_ms: i64) -> Result<(), StoreError> {
        self.invalidate(tenant, &[Tag::Search], now_ms).await
    }
}
