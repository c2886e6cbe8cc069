//! Rate of an import, and the time left.

use std::time::{Duration, Instant};

use super::observer::{ImportPhase, ImportProgress};

/// Time from which on a rate says something.
const MIN_ELAPSED: Duration = Duration::from_millis(500);

/// Measurement of an import's rate, by phase.
#[derive(Debug, Clone)]
pub struct Pace {
    phase: ImportPhase,
    since: Instant,
    /// Amount at the begin of the phase.
    before: u64,
}

impl Pace {
    /// Begins at a moment.
    pub fn new(now: Instant) -> Self {
        Self {
            phase: ImportPhase::Reading,
            since: now,
            before: 0,
        }
    }

    /// Returns products or bytes per second, and the seconds left in this phase, as far as they are known.
    pub fn measure(
        &mut self,
        progress: &ImportProgress,
        now: Instant,
    ) -> (Option<f64>, Option<f64>) {
        let (done, total) = progress.of_phase();
        if progress.phase != self.phase {
            self.phase = progress.phase;
            self.since = now;
            self.before = done;
        }
        let elapsed = now.saturating_duration_since(self.since);
        let moved = done.saturating_sub(self.before);
        if elapsed < MIN_ELAPSED || moved == 0 {
            return (None, None);
        }
        let rate = moved as f64 / elapsed.as_secs_f64();
        let left = total.map(|total| total.saturating_sub(done) as f64 / rate);
        (Some(rate), left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::report::ImportSummary;

    fn writing(created: u64) -> ImportProgress {
        ImportProgress {
            phase: ImportPhase::Writing,
            products_total: Some(100),
            bytes_read: 9,
            summary: ImportSummary {
                created,
                ..ImportSummary::default()
            },
            ..ImportProgress::default()
        }
    }

    #[test]
    fn pace_of_each_phase_counts_from_its_begin() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut pace = Pace::new(start);
        let reading = ImportProgress {
            bytes_read: 30,
            bytes_total: Some(90),
            ..ImportProgress::default()
        };
        assert_eq!(pace.measure(&reading, start), (None, None));
        assert_eq!(pace.measure(&reading, after(3)), (Some(10.0), Some(6.0)));
        assert_eq!(pace.measure(&writing(0), after(9)), (None, None));
        assert_eq!(
            pace.measure(&writing(20), after(13)),
            (Some(5.0), Some(16.0))
        );
        assert_eq!(pace.measure(&writing(100), after(29)).1, Some(0.0));
    }
}
