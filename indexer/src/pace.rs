//! Pauses between polls of workers.

use std::time::Duration;

use rand::{SeedableRng, rngs::SmallRng};
use souk_store::Lane;
use souk_telemetry::chain;
use tracing::{debug, error, info, warn};

use crate::relay::backoff;
use crate::{IndexerError, Tick};

/// The shortest wait between two looks at an outbox that was empty.
pub(crate) const SHORTEST_POLL: Duration = Duration::from_millis(5);
/// The same while the database tells of jobs: for those of a process that died.
pub(crate) const JOB_RESCUE: Duration = Duration::from_secs(15);
/// Interval at which changes are looked for while the database tells of them: for failed rows and expired leases.
const RESCUE: Duration = Duration::from_secs(2);
/// The same of the background, whose rows the worker of edits finds as well.
const LONG_RESCUE: Duration = Duration::from_secs(60);

/// Returns how long a worker that has nothing to do relies on being told.
pub(crate) fn rescue(lane: Lane) -> Duration {
    match lane {
        Lane::Background => LONG_RESCUE,
        Lane::Edits | Lane::All => RESCUE,
    }
}

/// Pauses between polls: short after work, longer while idle, longest while something is broken.
pub(crate) struct Pace {
    idle: Duration,
    shortest_idle: Duration,
    longest_idle: Duration,
    failures: u32,
    rng: SmallRng,
}

impl Pace {
    pub(crate) fn new(longest_idle: Duration, shortest_idle: Duration) -> Self {
        let rng = SmallRng::seed_from_u64(rand::random());
        Self {
            idle: shortest_idle,
            shortest_idle,
            longest_idle,
            failures: 0,
            rng,
        }
    }

    pub(crate) fn failing(&self) -> bool {
        self.failures > 0
    }

    pub(crate) fn after(&mut self, tick: &Result<Tick, IndexerError>) -> Duration {
        match tick {
            Err(error) => return self.failed(error),
            Ok(_) => self.succeeded(),
        }
        match tick {
            Ok(Tick::Idle) => {
                let wait = self.idle;
                self.idle = (self.idle * 2).min(self.longest_idle);
                wait
            }
            _ => {
                self.idle = self.shortest_idle;
                Duration::ZERO
            }
        }
    }

    pub(crate) fn succeeded(&mut self) {
        if self.failing() {
            info!(failures = self.failures, "indexing goes on");
            self.failures = 0;
        }
    }

    pub(crate) fn failed(&mut self, error: &IndexerError) -> Duration {
        self.failures = self.failures.saturating_add(1);
        let error_chain = chain(error);
        if self.failures > 1 {
            debug!(
                error = error_chain,
                failures = self.failures,
                "indexing is still paused"
            );
        } else if error.is_transient() {
            warn!(
                error = error_chain,
                "indexing is paused; changes wait in the outbox"
            );
        } else {
            error!(
                error = error_chain,
                "indexing failed and will be tried again; changes wait in the outbox"
            );
        }
        backoff::delay(self.failures.min(4), &mut self.rng)
    }
}

#[cfg(test)]
mod tests {
    use souk_store::Notices;

    use super::*;
    use crate::clock::SYNC_INTERVAL;

    #[test]
    fn idle_pause_grows() {
        let mut pace = Pace::new(Duration::from_millis(12), SHORTEST_POLL);
        let idle = || Ok(Tick::Idle);
        let waits: Vec<_> = (0..4).map(|_| pace.after(&idle()).as_millis()).collect();
        assert_eq!(waits, [5, 10, 12, 12]);
        assert!(pace.after(&Ok(Tick::Settled(1))).is_zero());
        assert_eq!(pace.after(&idle()).as_millis(), 5);
    }

    #[test]
    fn idle_stack_of_two_indexers_asks_less_than_twice_a_second() {
        let lanes = [Lane::Edits, Lane::Background].map(rescue);
        let others = [JOB_RESCUE, SYNC_INTERVAL, Notices::SILENCE];
        let asked = lanes.into_iter().chain(others);
        let a_second: f64 = asked.map(|every| 1.0 / every.as_secs_f64()).sum();
        assert!(2.0 * a_second < 2.0, "{a_second}");
    }
}
