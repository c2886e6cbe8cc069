//! Schedule of attempts: ten over three days.

/// Most attempts at a delivery.
pub const ATTEMPTS: u32 = DELAYS_MS.len() as u32 + 1;

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// Delays after failed attempts, as the specification proposes them.
const DELAYS_MS: [i64; 9] = [
    5 * SECOND_MS,
    5 * MINUTE_MS,
    30 * MINUTE_MS,
    2 * HOUR_MS,
    5 * HOUR_MS,
    10 * HOUR_MS,
    14 * HOUR_MS,
    20 * HOUR_MS,
    24 * HOUR_MS,
];

/// Longest delay that a receiver may ask for.
const LONGEST_ASKED_MS: i64 = 24 * HOUR_MS;

/// Returns the delay after a failed attempt, counted from 1; `None` after the last one.
///
/// `jitter` from 0 to 1 makes it up to a tenth longer, so that what failed together is not tried together. `asked_ms` is
/// what the receiver asked for by `Retry-After`: it prolongs the delay, to 24 hours at most.
#[must_use]
pub fn next_delay_ms(attempt: u32, asked_ms: Option<i64>, jitter: f64) -> Option<i64> {
    let index = usize::try_from(attempt.saturating_sub(1)).ok()?;
    let delay = *DELAYS_MS.get(index)?;
    let longer = (delay as f64 * 0.1 * jitter.clamp(0.0, 1.0)) as i64;
    let asked = asked_ms.unwrap_or_default().min(LONGEST_ASKED_MS);
    Some((delay + longer).max(asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedule_has_ten_attempts_over_three_days() {
        let delays: Vec<_> = (1..)
            .map_while(|attempt| next_delay_ms(attempt, None, 0.0))
            .collect();
        assert_eq!(delays, DELAYS_MS);
        assert_eq!(delays.len() as u32 + 1, ATTEMPTS);
        let days = delays.iter().sum::<i64>() / (24 * HOUR_MS);
        assert_eq!(days, 3);
    }

    #[test]
    fn retry_after_prolongs_a_delay_within_a_day() {
        assert_eq!(next_delay_ms(1, Some(1), 0.0), Some(5 * SECOND_MS));
        assert_eq!(next_delay_ms(1, Some(MINUTE_MS), 0.0), Some(MINUTE_MS));
        assert_eq!(next_delay_ms(1, Some(i64::MAX), 0.0), Some(24 * HOUR_MS));
        assert_eq!(next_delay_ms(ATTEMPTS, Some(MINUTE_MS), 0.0), None);
    }

    #[test]
    fn jitter_is_at_most_a_tenth() {
        assert_eq!(next_delay_ms(2, None, 1.0), Some(330 * SECOND_MS));
        assert_eq!(next_delay_ms(2, None, 9.0), Some(330 * SECOND_MS));
        assert_eq!(next_delay_ms(2, None, -1.0), Some(300 * SECOND_MS));
    }
}
