//! Metric families whose labels are written in the program.

use prometheus_client::metrics::{counter::Counter, family::Family, histogram::Histogram};

use crate::SECONDS;

/// Counters told apart by labels, whose values are constants of the program.
pub type CounterBy<const LABELS: usize> = Family<[(&'static str, &'static str); LABELS], Counter>;

/// Histograms of durations in seconds, told apart by labels as [`CounterBy`].
pub type SecondsBy<const LABELS: usize> =
    Family<[(&'static str, &'static str); LABELS], Histogram, fn() -> Histogram>;

/// Returns an empty family with the buckets of [`SECONDS`].
pub fn seconds<const LABELS: usize>() -> SecondsBy<LABELS> {
    Family::new_with_constructor(|| Histogram::new(SECONDS))
}
