//! Delay after a failure: doubled each time up to a limit, with jitter between workers.

use std::time::Duration;

use rand::RngExt;

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(300);

/// The wait after the given number of failures (from 1), with up to half of it left to chance
/// ("equal jitter": Brooker, Exponential Backoff and Jitter, 2015).
pub(crate) fn delay(failures: u32, rng: &mut impl RngExt) -> Duration {
    let full = FIRST.saturating_mul(
        1_u32
            .checked_shl(failures.saturating_sub(1))
            .unwrap_or(u32::MAX),
    );
    full.min(LONGEST).mul_f64(rng.random_range(0.5..=1.0))
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn delay_grows_to_a_limit_without_overflow() {
        let mut rng = rand::rngs::SmallRng::seed_from_u64(1);
        for failures in [1, 2, 3, 9, 31, 32, 33, u32::MAX] {
            let full = FIRST
                .saturating_mul(2_u32.saturating_pow(failures - 1))
                .min(LONGEST);
            let waited = delay(failures, &mut rng);
            assert!(
                full / 2 <= waited && waited <= full,
                "{failures}: {waited:?}"
            );
        }
    }
}
