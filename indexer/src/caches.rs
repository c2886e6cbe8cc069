//! Tells caches what has changed.
//!
//! A change leaves the outbox only after the caches were told, or after it was written down that they were not. Redis
//! may be away for long, and indexing does not wait for it: the debt keeps every process from trusting what Redis
//! holds, and once Redis is back, all of the tenant is dropped and the debt is settled.
//!
//! A CDN is told too, if there is one: without being waited for, since its copies end by themselves.

use std::{collections::BTreeMap, time::Duration};

use souk_cache::{Invalidator, Purger, Tag};
use souk_domain::{CategoryId, FandomId, SellerId, TenantId};
use souk_store::{Entity, OutboxRow, Store, StoreError};
use tracing::{debug, info, warn};

use crate::batch::Task;

/// How often one looks for debts that another process may have left behind.
const LOOK: Duration = Duration::from_secs(2);
/// Tags dropped at once, at most: Redis does nothing else meanwhile.
const AT_ONCE: usize = 1_000;

/// The caches, seen from a worker.
#[derive(Clone)]
pub(crate) struct Caches {
    store: Store,
    /// None if this process reaches no cache: then every change is a debt.
    invalidator: Option<Invalidator>,
    /// What tells a CDN, if there is one.
    purger: Option<Purger>,
    owing: bool,
    look_at_ms: i64,
}

impl Caches {
    /// Of a worker that tells nobody.
    pub(crate) fn new(store: Store) -> Self {
        Self {
            store,
            invalidator: None,
            purger: None,
            owing: false,
            look_at_ms: i64::MIN,
        }
    }

    /// Tells the caches of the API.
    pub(crate) fn tell_caches(&mut self, invalidator: Invalidator) {
        self.invalidator = Some(invalidator);
    }

    /// Tells a CDN.
    pub(crate) fn tell_cdn(&mut self, purger: Purger) {
        self.purger = Some(purger);
    }

    /// Drops the products of a batch, and what the index as a whole says.
    pub(crate) async fn drop_products(
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
            self.drop_tags(tenant, &tags, since).await?;
        }
        Ok(())
    }

    /// Drops what was made from a category, fandom or seller. Its products' documents follow in the background.
    pub(crate) async fn drop_reference(&mut self, row: &OutboxRow) -> Result<(), StoreError> {
        let tags: &[Tag] = match row.entity {
            Entity::Product => return Ok(()),
            Entity::Category => &[Tag::Categories, Tag::Category(CategoryId(row.entity_id))],
            Entity::Fandom => &[Tag::Fandoms, Tag::Fandom(FandomId(row.entity_id))],
            Entity::Seller => &[Tag::Seller(SellerId(row.entity_id))],
        };
        self.drop_tags(row.tenant_id, tags, row.created_at_ms).await
    }

    /// Drops what the index as a whole says: searches see something else now.
    pub(crate) async fn drop_searches(
        &mut self,
        tenant: TenantId,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        self.drop_tags(tenant, &[Tag::Search], now_ms).await
    }

    async fn drop_tags(
        &mut self,
        tenant: TenantId,
        tags: &[Tag],
        since_ms: i64,
    ) -> Result<(), StoreError> {
        let told = self.drop_kept(tenant, tags, since_ms).await;
        // After the caches, which are what the CDN asks next.
        if let Some(purger) = &self.purger {
            purger.purge(tenant, tags);
        }
        told
    }

    async fn drop_kept(
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
                if !self.owing {
                    warn!(%error, "changes are indexed, but Redis is not told; it is emptied when it is back");
                }
                self.owing = true;
                return self
                    .store
                    .pending_invalidations()
                    .note(tenant, since_ms)
                    .await;
            }
        }
        Ok(())
    }

    /// Settles what is owed, ours at once and that of others now and then, if Redis is there.
    pub(crate) async fn settle(&mut self, now_ms: i64) -> Result<(), StoreError> {
        let Some(invalidator) = &self.invalidator else {
            return Ok(());
        };
        if now_ms < self.look_at_ms && !(self.owing && invalidator.is_reachable()) {
            return Ok(());
        }
        self.look_at_ms = now_ms.saturating_add(LOOK.as_millis() as i64);
        let debts = self.store.pending_invalidations();
        for debt in debts.list().await? {
            if let Err(error) = invalidator.flush(debt.tenant).await {
                debug!(%error, tenant = %debt.tenant, "Redis still cannot be told");
                return Ok(());
            }
            debts.settle(&debt).await?;
            if let Some(purger) = &self.purger {
                purger.purge(debt.tenant, &[Tag::All]);
            }
            info!(tenant = %debt.tenant, "the cache was emptied, since it had not been told of every change");
        }
        self.owing = false;
        Ok(())
    }
}
