use std::{fmt, sync::Arc};

use souk_domain::TenantId;

use crate::{Redis, RedisFailure, Tag, invalidation_log::InvalidationLog, shared::Shared};

/// Drops tags wherever entries are kept. Cheap to clone.
#[derive(Clone)]
pub struct Invalidator {
    ledger: Option<Arc<InvalidationLog>>,
    shared: Option<Shared>,
}

impl Invalidator {
    pub(crate) fn new(ledger: Option<Arc<InvalidationLog>>, shared: Option<Shared>) -> Self {
        Self { ledger, shared }
    }

    /// Of a process that keeps nothing itself.
    pub fn remote(redis: Redis) -> Self {
        Self::new(None, Some(Shared::new(redis)))
    }

    /// Drops tags of a tenant. When it is done, every process that can prove it has heard of it, and no process keeps
    /// what was loaded before.
    ///
    /// # Errors
    /// If Redis is in use and did not take it. In this process they are dropped all the same.
    pub async fn drop_tags(&self, tenant: TenantId, tags: &[Tag]) -> Result<(), RedisFailure> {
        if let Some(ledger) = &self.ledger {
            ledger.drop_tags(tenant, tags);
        }
        match &self.shared {
            Some(shared) => shared.drop_tags(tenant, tags).await,
            None => Ok(()),
        }
    }

    /// Whether trying makes sense just now.
    pub fn is_reachable(&self) -> bool {
        self.shared
            .as_ref()
            .is_none_or(|shared| shared.redis().is_connected())
    }

    /// Drops everything of a tenant, also what was stored while its drops could not be told to Redis.
    ///
    /// # Errors
    /// As [`Self::drop_tags`].
    pub async fn void(&self, tenant: TenantId) -> Result<(), RedisFailure> {
        if let Some(ledger) = &self.ledger {
            ledger.drop_tags(tenant, &[Tag::All]);
        }
        match &self.shared {
            Some(shared) => shared.void(tenant).await,
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Invalidator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invalidator")
            .field("here", &self.ledger.is_some())
            .field("redis", &self.shared.is_some())
            .finish()
    }
}
