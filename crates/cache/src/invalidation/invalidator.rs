use std::{fmt, sync::Arc};

use souk_domain::TenantId;
use souk_redis::{Redis, RedisFailure};

use crate::{invalidation::log::InvalidationLog, shared::Shared, tag::Tag};

/// Drops tags wherever entries are kept. Cheap to clone.
#[derive(Clone)]
pub struct Invalidator {
    log: Option<Arc<InvalidationLog>>,
    shared: Option<Shared>,
}

impl Invalidator {
    pub(crate) fn new(log: Option<Arc<InvalidationLog>>, shared: Option<Shared>) -> Self {
        Self { log, shared }
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
    pub async fn invalidate_tags(
        &self,
        tenant: TenantId,
        tags: &[Tag],
    ) -> Result<(), RedisFailure> {
        if let Some(log) = &self.log {
            log.invalidate_tags(tenant, tags);
        }
        match &self.shared {
            Some(shared) => shared.invalidate_tags(tenant, tags).await,
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
    /// As [`Self::invalidate_tags`].
    pub async fn flush(&self, tenant: TenantId) -> Result<(), RedisFailure> {
        if let Some(log) = &self.log {
            log.invalidate_tags(tenant, &[Tag::All]);
        }
        match &self.shared {
            Some(shared) => shared.flush(tenant).await,
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Invalidator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invalidator")
            .field("here", &self.log.is_some())
            .field("redis", &self.shared.is_some())
            .finish()
    }
}
