//! Latencies of many requests.

use std::time::Duration;

/// Times of which one wants to know the usual and the worst.
#[derive(Debug, Default)]
pub(crate) struct Latencies {
    times: Vec<Duration>,
}

impl Latencies {
    /// Adds one.
    pub(crate) fn add(&mut self, time: Duration) {
        self.times.push(time);
    }

    /// Adds those of another.
    pub(crate) fn extend(&mut self, other: Self) {
        self.times.extend(other.times);
    }

    /// Number of latencies.
    pub(crate) fn count(&self) -> usize {
        self.times.len()
    }

    /// The time, in milliseconds, that this share of all stayed within.
    pub(crate) fn percentile_ms(&mut self, share: f64) -> f64 {
        self.times.sort_unstable();
        let rank = (share * self.times.len() as f64).ceil() as usize;
        let time = self.times.get(rank.saturating_sub(1));
        time.map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_occurred() {
        let mut latencies = Latencies::default();
        for milliseconds in (1..=100).rev() {
            latencies.add(Duration::from_millis(milliseconds));
        }
        assert_eq!(latencies.percentile_ms(0.5), 50.0);
        assert_eq!(latencies.percentile_ms(0.99), 99.0);
        assert_eq!(latencies.percentile_ms(1.0), 100.0);
    }
}
