//! Handle that invalidates tags in this process and in all others.

use std::{fmt, sync::Arc};

use souk_domain::TenantId;
use souk_redis::{Redis, RedisFailure};

use crate::{invalidation::log::InvalidationLog, shared::Shared, tag::Tag};

/// Invalidates tags in every tier. Cheap to clone.
#[derive(Clone)]
pub struct Invalidator {
    log: Option<Arc<InvalidationLog>>,
    shared: Option<Shared>,
}

impl Invalidator {
    pub(crate) fn new(log: Option<Arc<InvalidationLog>>, shared: Option<Shared>) -> Self {
        Self { log, shared }
    }

    /// Creates the invalidator of a process without a local tier.
    pub fn remote(redis: Redis) -> Self {
        Self::new(None, Some(Shared::new(redis)))
    }

    /// Invalidates tags of a tenant. On success every fresh process has received them, and no process stores what was
    /// loaded before.
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

    /// Returns false while Redis is disconnected.
    pub fn is_reachable(&self) -> bool {
        self.shared
            .as_ref()
            .is_none_or(|shared| shared.redis().is_connected())
    }

    /// Flushes a tenant, including entries stored while invalidations could not reach Redis.
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

    /// Removes all that is kept of a tenant that does not exist any more, its log included.
    ///
    /// # Errors
    /// As [`Self::invalidate_tags`].
    pub async fn forget(&self, tenant: TenantId) -> Result<(), RedisFailure> {
        self.flush(tenant).await?;
        match &self.shared {
            Some(shared) => shared.delete_all(tenant).await,
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
