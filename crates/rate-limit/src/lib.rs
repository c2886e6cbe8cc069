//! Rate limits per client, counted in Redis for all processes, or in the process while Redis is disconnected.
//!
//! Both use the generic cell rate algorithm: the whole quota is available at once and is restored evenly over the
//! window. There is no fixed start of a window.

mod local;
mod quota;
mod shared;

use souk_redis::{Redis, RedisFailure};
use tracing::debug;

pub use self::quota::{Decision, Quota};
use self::{local::Local, shared::Shared};

/// Rate limiter of one quota.
#[derive(Debug)]
pub struct Limiter {
    quota: Quota,
    local: Local,
    shared: Option<Shared>,
}

impl Limiter {
    /// Creates a limiter that counts in Redis, if given. The name separates its counts from those of other limiters.
    pub fn new(name: &str, quota: Quota, redis: Option<&Redis>) -> Self {
        Self {
            quota,
            local: Local::new(quota),
            shared: redis.map(|redis| Shared::new(redis.clone(), name, quota)),
        }
    }

    /// Returns the quota.
    pub fn quota(&self) -> Quota {
        self.quota
    }

    /// Counts a request unless it exceeds the quota.
    ///
    /// Never fails and waits for the request timeout of Redis at most. While Redis is disconnected each process
    /// counts on its own.
    pub async fn check(&self, client: &str) -> Decision {
        if let Some(shared) = &self.shared {
            match shared.check(client).await {
                Ok(decision) => return decision,
                // Told once, by the connection.
                Err(RedisFailure::Disconnected) => {}
                Err(error) => debug!(
                    error = &error as &dyn std::error::Error,
                    "a request is counted in this process"
                ),
            }
        }
        self.local.check(client)
    }

    /// Removes clients whose quota is restored.
    pub fn sweep(&self) {
        self.local.sweep();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn without_redis_the_process_counts() {
        let quota = Quota::new(2, Duration::from_secs(3_600)).unwrap();
        let limiter = Limiter::new("test", quota, None);
        let mut decisions = Vec::new();
        for client in ["a", "a", "a", "b"] {
            let decision = limiter.check(client).await;
            decisions.push((decision.allowed, decision.remaining));
        }
        assert_eq!(decisions, [(true, 1), (true, 0), (false, 0), (true, 1)]);
    }
}
