//! Quota of a rate limit, and the decision on one request.

use std::{num::NonZeroU32, time::Duration};

/// Number of requests per window, available at once and restored evenly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    max: NonZeroU32,
    window: Duration,
}

impl Quota {
    /// Creates a quota; `None` for zero requests or more than one per microsecond.
    pub fn new(max: u32, window: Duration) -> Option<Self> {
        let quota = Self {
            max: NonZeroU32::new(max)?,
            window,
        };
        (quota.interval_us() > 0).then_some(quota)
    }

    /// Returns the largest burst.
    pub fn max(&self) -> u32 {
        self.max.get()
    }

    pub(crate) fn max_nonzero(&self) -> NonZeroU32 {
        self.max
    }

    /// Returns the time in which the burst is restored.
    pub fn window(&self) -> Duration {
        self.window
    }

    /// Returns the microseconds per request, a whole number because Redis counts in them.
    pub(crate) fn interval_us(&self) -> u64 {
        u64::try_from(self.window.as_micros()).unwrap_or(u64::MAX) / u64::from(self.max.get())
    }
}

/// Decision on a request and the remaining quota of its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// True if the request is within the quota.
    pub allowed: bool,
    /// Further requests allowed at this moment.
    pub remaining: u32,
    /// Time until the quota is fully restored.
    pub whole_in: Duration,
    /// Time until another request is allowed; zero if one is now.
    pub retry_in: Duration,
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
}
