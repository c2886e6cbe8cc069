//! Circuit breaker: a part that fails is left alone for a while, then probed by one call at a time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, AtomicU64, Ordering},
    },
    time::Duration,
};

use failsafe::{
    FailurePolicy, Instrument, StateMachine,
    backoff::{self, Constant},
    failure_policy::{self, ConsecutiveFailures, OrElse, SuccessRateOverTimeWindow},
};
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Consecutive failures that open the breaker.
const FAILURES_IN_A_ROW: u32 = 5;
/// Share of successes below which it opens, over [`WINDOW`] and at least [`ENOUGH_CALLS`] calls.
const LEAST_SUCCESS: f64 = 0.5;
const WINDOW: Duration = Duration::from_secs(10);
const ENOUGH_CALLS: u32 = 20;

type Policy = OrElse<ConsecutiveFailures<Constant>, SuccessRateOverTimeWindow<Constant>>;

/// State of a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Every call is let through.
    Closed,
    /// Probes are let through, a single one at a time.
    HalfOpen,
    /// No call is let through.
    Open,
}

/// A breaker; cheap to clone.
#[derive(Debug, Clone)]
pub struct Breaker {
    machine: StateMachine<Policy, State>,
    state: State,
    /// Lock of whatever may change the state. The machine reports a change after it has released its own lock, so that
    /// two reports could change places and the reported state would stay wrong.
    changing: Arc<Mutex<()>>,
    probes: Arc<Semaphore>,
}

/// Permit of one call, which reports its outcome; dropped without, it counts as neither.
///
/// A call that began before the breaker opened says nothing once it is open: only a probe then decides.
#[derive(Debug)]
pub struct Passage<'a> {
    breaker: &'a Breaker,
    probe: Option<OwnedSemaphorePermit>,
}

impl Breaker {
    /// Creates a closed breaker before a part, which the log knows by this name. Once open, it stays so for `pause`
    /// before each probe.
    pub fn new(part: &'static str, pause: Duration) -> Self {
        let pauses = backoff::constant(pause);
        let policy = failure_policy::consecutive_failures(FAILURES_IN_A_ROW, pauses.clone())
            .or_else(failure_policy::success_rate_over_time_window(
                LEAST_SUCCESS,
                ENOUGH_CALLS,
                WINDOW,
                pauses,
            ));
        let state = State::of(part);
        Self {
            machine: StateMachine::new(policy, state.clone()),
            state,
            changing: Arc::default(),
            probes: Arc::new(Semaphore::new(1)),
        }
    }

    /// Returns the state.
    pub fn state(&self) -> BreakerState {
        self.state.get()
    }

    /// Returns how often it went from closed to open.
    pub fn openings(&self) -> u64 {
        self.state.0.openings.load(Ordering::Relaxed)
    }

    /// Returns a permit for a call, or `None` while the breaker is open.
    pub fn enter(&self) -> Option<Passage<'_>> {
        let _changing = self.changing.lock();
        if !self.machine.is_call_permitted() {
            return None;
        }
        // The machine, half open, would let everybody through.
        let probe = match self.state() {
            BreakerState::Closed => None,
            _ => Some(Arc::clone(&self.probes).try_acquire_owned().ok()?),
        };
        Some(Passage {
            breaker: self,
            probe,
        })
    }

    /// Opens the breaker at once: the part is known to be away.
    pub fn trip(&self) {
        let _changing = self.changing.lock();
        while self.state() != BreakerState::Open {
            self.machine.on_error();
        }
    }
}

impl Passage<'_> {
    /// Reports that the part answered.
    pub fn succeeded(self) {
        self.report(|machine| machine.on_success());
    }

    /// Reports that the part did not answer.
    pub fn failed(self) {
        self.report(|machine| machine.on_error());
    }

    fn report(self, outcome: impl FnOnce(&StateMachine<Policy, State>)) {
        let _changing = self.breaker.changing.lock();
        if self.probe.is_some() || self.breaker.state() == BreakerState::Closed {
            outcome(&self.breaker.machine);
        }
    }
}

/// The machine's state as others may see it; tells the log of each change, so once an outage.
#[derive(Debug, Clone)]
struct State(Arc<Observed>);

#[derive(Debug)]
struct Observed {
    part: &'static str,
    now: AtomicU8,
    openings: AtomicU64,
}

const CLOSED: u8 = 0;
const HALF_OPEN: u8 = 1;
const OPEN: u8 = 2;

impl State {
    fn of(part: &'static str) -> Self {
        Self(Arc::new(Observed {
            part,
            now: AtomicU8::new(CLOSED),
            openings: AtomicU64::new(0),
        }))
    }

    fn get(&self) -> BreakerState {
        match self.0.now.load(Ordering::Relaxed) {
            CLOSED => BreakerState::Closed,
            HALF_OPEN => BreakerState::HalfOpen,
            _ => BreakerState::Open,
        }
    }
}

impl Instrument for State {
    fn on_call_rejected(&self) {}

    fn on_open(&self) {
        if self.0.now.swap(OPEN, Ordering::Relaxed) == CLOSED {
            self.0.openings.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(part = self.0.part, "circuit breaker opened");
        }
    }

    fn on_half_open(&self) {
        self.0.now.store(HALF_OPEN, Ordering::Relaxed);
    }

    fn on_closed(&self) {
        if self.0.now.swap(CLOSED, Ordering::Relaxed) != CLOSED {
            tracing::info!(part = self.0.part, "circuit breaker closed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(breaker: &Breaker, times: u32) {
        for _ in 0..times {
            breaker.enter().unwrap().failed();
        }
    }

    #[test]
    fn failures_in_a_row_open_it() {
        let breaker = Breaker::new("part", Duration::from_secs(3_600));
        fail(&breaker, FAILURES_IN_A_ROW - 1);
        breaker.enter().unwrap().succeeded();
        fail(&breaker, FAILURES_IN_A_ROW - 1);
        assert_eq!(breaker.state(), BreakerState::Closed);
        fail(&breaker, 1);
        assert_eq!(breaker.state(), BreakerState::Open);
        assert!(breaker.enter().is_none());
    }

    #[test]
    fn half_open_lets_one_probe_through_at_a_time() {
        let breaker = Breaker::new("part", Duration::ZERO);
        fail(&breaker, FAILURES_IN_A_ROW);
        // Time has to move on by a tick of the clock.
        let first = std::iter::repeat_with(|| breaker.enter()).flatten().next();
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        assert!(breaker.enter().is_none());
        drop(first);
        breaker
            .enter()
            .expect("an abandoned probe makes room")
            .failed();
        assert_eq!(breaker.state(), BreakerState::Open);
        let second = std::iter::repeat_with(|| breaker.enter()).flatten().next();
        second.unwrap().succeeded();
        assert_eq!(breaker.state(), BreakerState::Closed);
        assert_eq!(breaker.openings(), 1, "one outage");
        let together = (breaker.enter(), breaker.enter());
        assert!(together.0.is_some() && together.1.is_some());
    }

    #[test]
    fn tripped_breaker_is_open_until_a_probe_succeeds() {
        let breaker = Breaker::new("part", Duration::ZERO);
        breaker.trip();
        assert_eq!(breaker.state(), BreakerState::Open);
        let probe = std::iter::repeat_with(|| breaker.enter()).flatten().next();
        probe.unwrap().succeeded();
        assert_eq!(breaker.state(), BreakerState::Closed);
        breaker.trip();
        assert_eq!(breaker.openings(), 2);
    }

    #[test]
    fn call_begun_before_the_breaker_opened_neither_closes_nor_reopens_it() {
        let breaker = Breaker::new("part", Duration::ZERO);
        let (good, bad) = (breaker.enter().unwrap(), breaker.enter().unwrap());
        breaker.trip();
        let probe = std::iter::repeat_with(|| breaker.enter()).flatten().next();
        good.succeeded();
        bad.failed();
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        probe.unwrap().succeeded();
        assert_eq!(breaker.state(), BreakerState::Closed);
    }

    #[test]
    fn state_after_concurrent_changes_is_that_of_the_machine() {
        let breaker = Breaker::new("part", Duration::ZERO);
        let change = |thread: u32| {
            for call in 0..20_000_u32 {
                match breaker.enter() {
                    Some(passage) if (call + thread).is_multiple_of(7) => passage.succeeded(),
                    Some(passage) => passage.failed(),
                    None => {}
                }
            }
        };
        std::thread::scope(|scope| {
            for thread in 0..4 {
                scope.spawn(move || change(thread));
            }
        });
        // Closed or not, one success leads to the closed state, unless what is reported is another than the machine's.
        let next = std::iter::repeat_with(|| breaker.enter()).flatten().next();
        next.unwrap().succeeded();
        assert_eq!(breaker.state(), BreakerState::Closed);
        let together = (breaker.enter(), breaker.enter());
        assert!(together.0.is_some() && together.1.is_some());
    }
}
