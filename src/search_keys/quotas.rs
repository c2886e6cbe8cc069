//! Quotas of search keys, each as high as the key says.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use moka::sync::Cache;
use souk_rate_limit::{Decision, Limiter, Quota};
use souk_redis::Redis;

/// Window of the quotas.
const WINDOW: Duration = Duration::from_secs(60);
/// Most different quotas that are kept; those used least begin again.
const MOST_QUOTAS: u64 = 1_000;
/// Time after which a quota that nobody used is forgotten.
const IDLE: Duration = Duration::from_secs(600);
/// Requests between two removals of users whose quota is whole again.
const SWEPT_EVERY: u64 = 10_000;

/// Counts of requests with search keys, in Redis if there is one.
#[derive(Clone)]
pub struct SearchKeyQuotas {
    limiters: Cache<u32, Arc<Limiter>>,
    redis: Option<Redis>,
    counted: Arc<AtomicU64>,
}

impl SearchKeyQuotas {
    /// Creates quotas that nobody has used.
    pub fn new(redis: Option<Redis>) -> Self {
        let limiters = Cache::builder()
            .max_capacity(MOST_QUOTAS)
            .time_to_idle(IDLE)
            .build();
        Self {
            limiters,
            redis,
            counted: Arc::default(),
        }
    }

    /// Counts a request against a quota; none if there is no such quota.
    pub(crate) async fn count(&self, per_minute: u32, counted: &str) -> Option<(Quota, Decision)> {
        let quota = Quota::new(per_minute, WINDOW)?;
        let limiter = self.limiters.get_with(per_minute, || {
            let name = format!("search_key_{per_minute}");
            Arc::new(Limiter::new(&name, quota, self.redis.as_ref()))
        });
        if self.counted.fetch_add(1, Ordering::Relaxed) % SWEPT_EVERY == SWEPT_EVERY - 1 {
            self.limiters
                .iter()
                .for_each(|(_, limiter)| limiter.sweep());
        }
        Some((quota, limiter.check(counted).await))
    }
}
