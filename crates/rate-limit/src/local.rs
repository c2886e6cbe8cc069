//! Rate limiter in the process, used without Redis.

use std::{num::NonZeroU32, time::Duration};

use governor::{
    RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::HashMapStateStore,
};

use crate::quota::{Decision, Quota};

/// Counts of this process.
#[derive(Debug)]
pub(super) struct Local<C: Clock + Clone = DefaultClock> {
    interval: Duration,
    limiter: RateLimiter<String, HashMapStateStore<String>, C, StateInformationMiddleware>,
    clock: C,
    max: u32,
}

impl Local {
    pub(super) fn new(quota: Quota) -> Self {
        Self::with_clock(quota, DefaultClock::default())
    }
}

impl<C: Clock + Clone> Local<C> {
    pub(super) fn with_clock(quota: Quota, clock: C) -> Self {
        let interval = Duration::from_micros(quota.interval_us());
        let rate = governor::Quota::with_period(interval)
            // Never needed: a quota's interval is not zero.
            .unwrap_or_else(|| governor::Quota::per_second(NonZeroU32::MIN));
        let limiter = RateLimiter::new(
            rate.allow_burst(quota.max_nonzero()),
            HashMapStateStore::default(),
            clock.clone(),
        );
        Self {
            interval,
            limiter,
            clock,
            max: quota.max(),
        }
    }

    pub(super) fn check(&self, client: &str) -> Decision {
        match self.limiter.check_key(&client.to_owned()) {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                Decision {
                    allowed: true,
                    remaining,
                    whole_in: self.interval * (self.max - remaining.min(self.max)),
                    retry_in: if remaining > 0 {
                        Duration::ZERO
                    } else {
                        self.interval
                    },
                }
            }
            Err(until) => {
                let retry_in = until.wait_time_from(self.clock.now());
                Decision {
                    allowed: false,
                    remaining: 0,
                    whole_in: self.interval * (self.max - 1) + retry_in,
                    retry_in,
                }
            }
        }
    }

    pub(super) fn sweep(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}
