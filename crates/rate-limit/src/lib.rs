//! How much a client may ask for, counted in Redis for all processes together, or in this one while Redis is away.
//!
//! Both count by the generic cell rate algorithm: a client may ask for its whole quota at once, and gets it back evenly
//! over the window, request by request. There is no moment at which a new window begins for everyone.

mod local;
mod quota;
mod shared;

use souk_redis::{Redis, RedisFailure};
use tracing::debug;

pub use self::quota::{Decision, Quota};
use self::{local::Local, shared::Shared};

/// Counts the requests of clients against one quota.
#[derive(Debug)]
pub struct Limiter {
    quota: Quota,
    local: Local,
    shared: Option<Shared>,
}

impl Limiter {
    /// Counts in Redis, if there is one. The name tells this quota's counts from those of others there.
    pub fn new(name: &str, quota: Quota, redis: Option<&Redis>) -> Self {
        Self {
            quota,
            local: Local::new(quota),
            shared: redis.map(|redis| Shared::new(redis.clone(), name, quota)),
        }
    }

    /// What is counted against.
    pub fn quota(&self) -> Quota {
        self.quota
    }

    /// Counts a request, unless it is beyond the quota.
    ///
    /// Never fails, and waits no longer than Redis is given to answer. While Redis is away each process counts for
    /// itself, from where it last did.
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

    /// Forgets clients whose quota is whole again.
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
