//! Quota of a rate limit, and the decision on one request.

use std::{num::NonZeroU32, time::Duration};

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

    pub(crate) fn max_nonzero(&self) -> NonZeroU32 {
        self.max
    }

    /// The time in which they are given back.
    pub fn window(&self) -> Duration {
        self.window
    }

    /// After how many microseconds one request is given back: whole ones, for that is what Redis counts in.
    pub(crate) fn interval_us(&self) -> u64 {
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
