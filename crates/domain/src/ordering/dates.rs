//! Spans of time in which a rule holds.

use crate::InvalidField;

/// Last moment that a date may have: the end of the year 9999, in milliseconds since 1970 UTC.
const MAX_TIME_MS: i64 = 253_402_300_799_999;

/// Reports whether a moment lies in a span that is open on a side without a date.
pub(super) fn is_within(from_ms: Option<i64>, until_ms: Option<i64>, at_ms: i64) -> bool {
    from_ms.is_none_or(|from| from <= at_ms) && until_ms.is_none_or(|until| at_ms < until)
}

/// Checks the dates of a span.
///
/// # Errors
/// Naming `from` or `until`.
pub(super) fn checked_dates(
    from_ms: Option<i64>,
    until_ms: Option<i64>,
) -> Result<(), InvalidField> {
    for (field, moment) in [("from", from_ms), ("until", until_ms)] {
        if moment.is_some_and(|moment| !(0..=MAX_TIME_MS).contains(&moment)) {
            return Err(InvalidField::new(
                field,
                "must lie in the years 1970 to 9999",
            ));
        }
    }
    let dates = from_ms.zip(until_ms);
    if dates.is_some_and(|(from, until)| until <= from) {
        return Err(InvalidField::new("until", "must be after `from`"));
    }
    Ok(())
}
