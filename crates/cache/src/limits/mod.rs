//! How much a client may ask for, counted in Redis for all processes together, or in this one while Redis is away.
//!
//! Both count by the generic cell rate algorithm: a client may ask for its whole quota at once, and gets it back evenly
//! over the window, request by request. There is no moment at which a new window begins for everyone.

mod local;
mod shared;

use std::{num::NonZeroU32, time::Duration};

use tracing::debug;

use self::{local::Local, shared::Shared};
use crate::{Redis, RedisFailure};

/// So many requests at once, and as many again, evenly, over the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    max: NonZeroU32,
    window: Duration,
}

impl Quota {
    /// A quota; none if it is of nothing, or of more than one request in a microsecond.
    pub fn new(max: u32, window: Duration) -> Option<Self> {
        let quota = Self {
            max: NonZeroU32::new(max)?,
            window,
        };
        (quota.interval_us() > 0).then_some(quota)
    }

    /// Requests at once.
    pub fn max(&self) -> u32 {
        self.max.get()
    }

    /// The time in which they are given back.
    pub fn window(&self) -> Duration {
        self.window
    }

    /// After how many microseconds one request is given back: whole ones, for that is what Redis counts in.
    fn interval_us(&self) -> u64 {
        u64::try_from(self.window.as_micros()).unwrap_or(u64::MAX) / u64::from(self.max.get())
    }
}

/// Whether a request is within the quota, and how its client stands after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Whether it is.
    pub allowed: bool,
    /// How many more would be, at this moment.
    pub remaining: u32,
    /// When the quota is whole again, if nothing more is asked.
    pub whole_in: Duration,
    /// When another request is within the quota; zero if one is now.
    pub retry_in: Duration,
}

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
                Err(RedisFailure::Away) => {}
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
    use super::*;

    #[test]
    fn a_quota_is_of_something() {
        assert!(Quota::new(0, Duration::from_secs(1)).is_none());
        assert!(Quota::new(1, Duration::ZERO).is_none());
        assert!(Quota::new(2_000_000, Duration::from_secs(1)).is_none());
        let quota = Quota::new(100, Duration::from_secs(60)).unwrap();
        assert_eq!(quota.interval_us(), 600_000);
    }

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
