//! Guessing of passwords: when the next attempt is allowed after so many failures.

/// Time after which failures of an account or device are forgotten, in milliseconds.
pub const FORGOTTEN_AFTER_MS: i64 = 24 * 3_600_000;
/// Time of a lock-out, in milliseconds.
const LOCKED_OUT_MS: i64 = 30 * 60_000;
/// First delay, in milliseconds; it doubles with each further failure.
const FIRST_DELAY_MS: i64 = 1_000;
/// Failures after which a network has to wait until one is forgotten: many people share one.
const NETWORK_FAILURES: u32 = 50;
/// Time in which one failure of a network is forgotten, in milliseconds.
const NETWORK_FORGETS_EVERY_MS: i64 = 2 * 60_000;

/// Failures that are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guesser {
    /// Unknown devices at one account, or at one link.
    Account,
    /// A known device at one account.
    Device,
    /// A network at all accounts, known devices left out.
    Network,
}

/// Failures as they are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    /// Number of failures: in a row of an account or device, as of `last_at_ms` of a network.
    pub count: u32,
    /// Time of the last failure, in milliseconds since 1970 UTC. Of a network, the time from which on one failure after the
    /// other is forgotten.
    pub last_at_ms: i64,
}

impl Failures {
    /// Returns the time from which another attempt is allowed, in milliseconds since 1970 UTC; `None` if one is allowed at once.
    pub fn allowed_from_ms(self, guesser: Guesser, now_ms: i64) -> Option<i64> {
        let delay = match guesser {
            Guesser::Account | Guesser::Device => delay_ms(self.count)?,
            Guesser::Network => match self.count.saturating_sub(NETWORK_FAILURES - 1) {
                0 => return None,
                surplus => i64::from(surplus) * NETWORK_FORGETS_EVERY_MS,
            },
        };
        let from = self.last_at_ms.saturating_add(delay);
        (from > now_ms).then_some(from)
    }

    /// Returns the failures with one more.
    #[must_use]
    pub fn and_one(self, guesser: Guesser, now_ms: i64) -> Self {
        let age = now_ms.saturating_sub(self.last_at_ms).max(0);
        let (left, since) = match guesser {
            Guesser::Account | Guesser::Device if age > FORGOTTEN_AFTER_MS => (0, now_ms),
            Guesser::Account | Guesser::Device => (self.count, now_ms),
            Guesser::Network => {
                let forgotten = age / NETWORK_FORGETS_EVERY_MS;
                let left = i64::from(self.count).saturating_sub(forgotten).max(0);
                match u32::try_from(left).unwrap_or(0) {
                    0 => (0, now_ms),
                    // What has passed of the time until the next is not lost.
                    left => (left, self.last_at_ms + forgotten * NETWORK_FORGETS_EVERY_MS),
                }
            }
        };
        Self {
            count: left.saturating_add(1),
            last_at_ms: since,
        }
    }

    /// Returns true if this failure locked its guesser out.
    pub fn lock_out(self, guesser: Guesser) -> bool {
        match guesser {
            Guesser::Account | Guesser::Device => delay_ms(self.count) == Some(LOCKED_OUT_MS),
            Guesser::Network => self.count >= NETWORK_FAILURES,
        }
    }
}

/// Delay after so many failures in a row: from the fifth on, and a lock-out from the tenth on.
fn delay_ms(failures: u32) -> Option<i64> {
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
        assert_eq!(wait(50, Guesser::Network), seconds(120));
        assert_eq!(wait(52, Guesser::Network), seconds(360));
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
        let next = |now| failures.and_one(Guesser::Account, now).count;
        assert_eq!(next(FORGOTTEN_AFTER_MS), 11);
        assert_eq!(next(FORGOTTEN_AFTER_MS + 1), 1);
    }

    #[test]
    fn network_forgets_one_failure_after_the_other() {
        let mut failures = Failures {
            count: 0,
            last_at_ms: 0,
        };
        for _ in 0..NETWORK_FAILURES {
            assert_eq!(failures.allowed_from_ms(Guesser::Network, 1_000), None);
            failures = failures.and_one(Guesser::Network, 1_000);
        }
        assert!(failures.lock_out(Guesser::Network));
        let next = 1_000 + NETWORK_FORGETS_EVERY_MS;
        assert_eq!(
            failures.allowed_from_ms(Guesser::Network, next - 1),
            Some(next)
        );
        assert_eq!(failures.allowed_from_ms(Guesser::Network, next), None);
        // A second later, the next is forgotten no later than before.
        let again = failures.and_one(Guesser::Network, next + 1_000);
        assert_eq!(again.count, NETWORK_FAILURES);
        assert_eq!(
            again.allowed_from_ms(Guesser::Network, next + 1_000),
            Some(next + NETWORK_FORGETS_EVERY_MS)
        );
        let hours_later = 1_000 + i64::from(NETWORK_FAILURES) * NETWORK_FORGETS_EVERY_MS;
        assert_eq!(failures.and_one(Guesser::Network, hours_later).count, 1);
    }

    /// An office or a mobile network: ten sign-ins a minute, of which one in twenty is mistyped.
    #[test]
    fn network_of_people_who_mistype_is_never_shut_out() {
        let mut failures = Failures {
            count: 0,
            last_at_ms: 0,
        };
        for number in 0..7 * 24 * 600_i64 {
            let now = number * 6_000;
            assert_eq!(
                failures.allowed_from_ms(Guesser::Network, now),
                None,
                "{number}"
            );
            if number % 20 == 0 {
                failures = failures.and_one(Guesser::Network, now);
            }
        }
    }
}
