//! Days, as search analytics counts them.

/// A day, in milliseconds.
pub(crate) const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Returns the day of a time in milliseconds since 1970 UTC, in days since then.
pub(crate) fn day_of(ms: i64) -> i64 {
    ms.div_euclid(DAY_MS)
}
