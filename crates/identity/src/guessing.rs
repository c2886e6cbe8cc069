//! Guessing of passwords: when the next attempt is allowed after so many failures.

/// Time after which failures are forgotten, in milliseconds.
pub const FORGOTTEN_AFTER_MS: i64 = 24 * 3_600_000;
/// Time of a lock-out, in milliseconds.
const LOCKED_OUT_MS: i64 = 30 * 60_000;
/// First delay, in milliseconds; it doubles with each further failure.
const FIRST_DELAY_MS: i64 = 1_000;
/// Failures of a network in the place of one of an account: many people share one.
const NETWORK_FACTOR: u32 = 10;

/// Failures that are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guesser {
    /// Unknown devices at one account.
    Account,
    /// A known device at one account.
    Device,
    /// A network at all accounts.
    Network,
}

/// Failures in a row, as they are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    /// Number of failures.
    pub count: u32,
    /// Time of the last one, in milliseconds since 1970 UTC.
    pub last_at_ms: i64,
}

impl Failures {
    /// Returns the time from which another attempt is allowed, in milliseconds since 1970 UTC; `None` if one is allowed at once.
    pub fn allowed_from_ms(self, guesser: Guesser, now_ms: i64) -> Option<i64> {
        let delay = delay_ms(self.count, guesser)?;
        let from = self.last_at_ms.saturating_add(delay);
        (from > now_ms).then_some(from)
    }

    /// Returns true if the next failure begins a new count.
    pub fn are_forgotten(self, now_ms: i64) -> bool {
        now_ms.saturating_sub(self.last_at_ms) > FORGOTTEN_AFTER_MS
    }

    /// Returns true if this failure locked its guesser out.
    pub fn lock_out(self, guesser: Guesser) -> bool {
        delay_ms(self.count, guesser) == Some(LOCKED_OUT_MS)
    }
}

/// Delay after so many failures: from the fifth on, and a lock-out from the tenth on.
fn delay_ms(failures: u32, guesser: Guesser) -> Option<i64> {
    let failures = match guesser {
        Guesser::Account | Guesser::Device => failures,
        Guesser::Network => failures / NETWORK_FACTOR,
    };
    match failures {
        0..5 => None,
        5..10 => Some(FIRST_DELAY_MS << (failures - 5)),
        _ => Some(LOCKED_OUT_MS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(count: u32, guesser: Guesser) -> Option<i64> {
        let failures = Failures {
            count,
            last_at_ms: 1_000,
        };
        failures
            .allowed_from_ms(guesser, 1_000)
            .map(|at| at - 1_000)
    }

    #[test]
    fn delay_doubles_from_the_fifth_failure_and_the_tenth_locks_out() {
        let waits: Vec<_> = (4..=11)
            .map(|count| wait(count, Guesser::Account))
            .collect();
        let seconds = |seconds: i64| Some(seconds * 1_000);
        let expected = [
            None,
            seconds(1),
            seconds(2),
            seconds(4),
            seconds(8),
            seconds(16),
        ];
        assert_eq!(waits[..6], expected);
        assert_eq!(waits[6..], [seconds(1_800), seconds(1_800)]);
        assert_eq!(wait(49, Guesser::Network), None);
        assert_eq!(wait(50, Guesser::Network), seconds(1));
        assert_eq!(wait(100, Guesser::Network), seconds(1_800));
    }

    #[test]
    fn lock_out_ends_and_failures_of_a_day_ago_are_forgotten() {
        let failures = Failures {
            count: 10,
            last_at_ms: 0,
        };
        assert!(failures.lock_out(Guesser::Account));
        let allowed = |now| failures.allowed_from_ms(Guesser::Account, now);
        assert_eq!(allowed(LOCKED_OUT_MS - 1), Some(LOCKED_OUT_MS));
        assert_eq!(allowed(LOCKED_OUT_MS), None);
        assert!(!failures.are_forgotten(FORGOTTEN_AFTER_MS));
        assert!(failures.are_forgotten(FORGOTTEN_AFTER_MS + 1));
    }
}
