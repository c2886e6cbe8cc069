//! Concurrency limits for searches.
//!
//! A search over the total limit is rejected at once. An admitted search waits for an engine permit until the queue
//! timeout: an engine with more queries than it can work on answers none of them in time, and would open the breaker.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{self, Instant},
};

/// Permits of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUsage {
    /// Permits in use.
    pub used: usize,
    /// Permits in total.
    pub limit: usize,
}

/// Pools of permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pool {
    /// All admitted searches.
    Any,
    /// Searches in the configured engine.
    Engine,
    /// Searches in the database, as a fallback.
    Fallback,
}

impl Pool {
    /// All pools, in the order of [`ConcurrencyLimiter::new`].
    pub const ALL: [Self; 3] = [Self::Any, Self::Engine, Self::Fallback];

    /// Returns the value of the metrics label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Engine => "engine",
            Self::Fallback => "fallback",
        }
    }
}

/// Pool that had no permit, or none before the queue timeout.
#[derive(Debug, Clone, Copy)]
pub(super) struct Overloaded(pub(super) Pool);

/// Semaphores of all pools; cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct ConcurrencyLimiter {
    pools: Arc<[LimitedPool; 3]>,
    queue_timeout: Duration,
}

#[derive(Debug)]
struct LimitedPool {
    semaphore: Semaphore,
    limit: usize,
}

/// Search under way; releases its permit when dropped.
#[derive(Debug)]
pub(super) struct AdmittedSearch<'a> {
    limiter: &'a ConcurrencyLimiter,
    deadline: Instant,
    _permit: SemaphorePermit<'a>,
}

impl ConcurrencyLimiter {
    /// Creates pools with these limits, in the order of [`Pool::ALL`]. The queue timeout covers all waits of a search.
    pub(super) fn new(limits: [usize; 3], queue_timeout: Duration) -> Self {
        let pools = limits.map(|limit| LimitedPool {
            semaphore: Semaphore::new(limit),
            limit,
        });
        Self {
            pools: Arc::new(pools),
            queue_timeout,
        }
    }

    pub(super) fn usage(&self, kind: Pool) -> PoolUsage {
        let pool = self.pool(kind);
        PoolUsage {
            used: pool
                .limit
                .saturating_sub(pool.semaphore.available_permits()),
            limit: pool.limit,
        }
    }

    /// Admits a search, or rejects it at once if the total limit is reached.
    pub(super) fn admit(&self) -> Result<AdmittedSearch<'_>, Overloaded> {
        let permit = self.pool(Pool::Any).semaphore.try_acquire();
        Ok(AdmittedSearch {
            limiter: self,
            deadline: Instant::now() + self.queue_timeout,
            _permit: permit.map_err(|_| Overloaded(Pool::Any))?,
        })
    }

    fn pool(&self, kind: Pool) -> &LimitedPool {
        let [any, engine, fallback] = &*self.pools;
        match kind {
            Pool::Any => any,
            Pool::Engine => engine,
            Pool::Fallback => fallback,
        }
    }
}

impl<'a> AdmittedSearch<'a> {
    /// Waits for a permit of a pool, in order of arrival.
    pub(super) async fn acquire(&self, kind: Pool) -> Result<SemaphorePermit<'a>, Overloaded> {
        let permit = self.limiter.pool(kind).semaphore.acquire();
        let permit = time::timeout_at(self.deadline, permit).await;
        permit
            .map_err(|_| Overloaded(kind))?
            .map_err(|_| Overloaded(kind))
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::poll;

    use super::*;

    fn used(limiter: &ConcurrencyLimiter) -> [usize; 3] {
        Pool::ALL.map(|kind| limiter.usage(kind).used)
    }

    #[tokio::test]
    async fn acquire_pool_exhausted_waits_for_permit() {
        let limiter = ConcurrencyLimiter::new([2, 1, 1], Duration::from_secs(60));
        let [first, second] = [(); 2].map(|()| limiter.admit().unwrap());
        let Overloaded(pool) = limiter.admit().unwrap_err();
        assert_eq!(pool, Pool::Any);

        let permit = first.acquire(Pool::Engine).await.unwrap();
        assert_eq!(used(&limiter), [2, 1, 0]);
        let mut waiting = pin!(second.acquire(Pool::Engine));
        assert!(poll!(&mut waiting).is_pending());
        drop(permit);
        let _permit = waiting.await.unwrap();
        assert_eq!(used(&limiter), [2, 1, 0]);
        drop(first);
        assert!(limiter.admit().is_ok());
    }

    #[tokio::test]
    async fn acquire_after_queue_timeout_is_overloaded() {
        let limiter = ConcurrencyLimiter::new([2, 1, 1], Duration::ZERO);
        let [first, second] = [(); 2].map(|()| limiter.admit().unwrap());
        let _permit = first.acquire(Pool::Fallback).await.unwrap();
        let Overloaded(pool) = second.acquire(Pool::Fallback).await.unwrap_err();
        assert_eq!(pool, Pool::Fallback);
        assert_eq!(used(&limiter), [2, 0, 1]);
    }
}
