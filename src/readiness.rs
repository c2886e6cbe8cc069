//! What a process can answer, as it was last found out.
//!
//! One task finds it out about once a second (`probing`), so that asking for it costs nothing and waits for nobody.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use souk_store::OutboxStats;

/// Result of the last check of a dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    /// True if it answered.
    pub up: bool,
    /// Time that the check took.
    pub latency: Duration,
}

/// Readiness level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// All is well.
    Ready,
    /// A part is away, and the rest answers what it can.
    Degraded,
    /// Nothing can be answered.
    Unavailable,
}

/// Last known state of each dependency; `None` before its first check.
#[derive(Debug, Default)]
pub struct Readings {
    /// The database.
    pub database: Reading<Checked>,
    /// The search engine.
    pub search: Reading<Checked>,
    /// Redis; without a value where it is not in use.
    pub redis: Reading<Checked>,
    /// Changes waiting to be indexed; without a value while the database is away.
    pub outbox: Reading<OutboxStats>,
}

/// A value that one task writes and all requests read.
#[derive(Debug)]
pub struct Reading<T>(ArcSwapOption<T>);

impl<T> Default for Reading<T> {
    fn default() -> Self {
        Self(ArcSwapOption::empty())
    }
}

impl<T: Copy> Reading<T> {
    /// Returns the last value.
    pub fn get(&self) -> Option<T> {
        self.0.load().as_deref().copied()
    }

    /// Replaces the value.
    pub fn set(&self, value: Option<T>) {
        self.0.store(value.map(Arc::new));
    }
}

impl Readings {
    /// Returns the level. `has_copies` says that responses are at hand that need no dependency.
    pub fn level(&self, has_copies: bool) -> Level {
        let is_up = |reading: &Reading<Checked>| reading.get().is_some_and(|checked| checked.up);
        let (database, search) = (is_up(&self.database), is_up(&self.search));
        let lacks_redis = self.redis.get().is_some_and(|checked| !checked.up);
        match (database, search) {
            (true, true) if !lacks_redis => Level::Ready,
            (false, false) if !has_copies => Level::Unavailable,
            _ => Level::Degraded,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(database: bool, search: bool, redis: Option<bool>, has_copies: bool) -> Level {
        let checked = |up| {
            let latency = Duration::ZERO;
            Some(Checked { up, latency })
        };
        let readings = Readings::default();
        readings.database.set(checked(database));
        readings.search.set(checked(search));
        readings.redis.set(redis.and_then(checked));
        readings.level(has_copies)
    }

    #[test]
    fn level_is_unavailable_only_when_nothing_can_be_answered() {
        assert_eq!(level(true, true, None, false), Level::Ready);
        assert_eq!(level(true, true, Some(true), false), Level::Ready);
        assert_eq!(level(true, true, Some(false), false), Level::Degraded);
        assert_eq!(level(true, false, None, false), Level::Degraded);
        assert_eq!(level(false, true, None, false), Level::Degraded);
        assert_eq!(level(false, false, None, true), Level::Degraded);
        assert_eq!(level(false, false, Some(true), false), Level::Unavailable);
    }

    #[test]
    fn level_before_the_first_check_is_unavailable() {
        assert_eq!(Readings::default().level(false), Level::Unavailable);
    }
}
