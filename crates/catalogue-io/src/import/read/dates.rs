//! Points in time as exports write them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use serde_json::Value;

use super::value;

/// Seconds since 1970 end here, milliseconds begin: the year 5138, or March 1973.
const MOST_SECONDS: u64 = 100_000_000_000;
/// Milliseconds of the last day that dates can have, the end of the year 9999.
const MOST_MS: u64 = 253_402_300_800_000;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

const MOMENTS: &[&str] = &[
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%m/%d/%y, %I:%M %p",
    "%m/%d/%Y, %I:%M %p",
    "%m/%d/%y %I:%M %p",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y %H:%M:%S",
];
const WITH_ZONE: &[&str] = &[
    "%Y-%m-%dT%H:%M%z",
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%d %H:%M:%S %z",
];
const DAYS: &[&str] = &[
    "%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%m/%d/%y", "%d/%m/%Y", "%Y/%m/%d", "%Y%m%d",
];

/// A point in time as milliseconds since 1970 UTC; none if the value is no such thing.
pub(in crate::import) fn time_ms(value: &Value, in_ms: bool) -> Option<i64> {
    let text = value::text(value)?;
    let text = text.trim();
    match since_1970(text, in_ms) {
        Some(ms) => Some(ms),
        None => moment(text).map(|(ms, _)| ms),
    }
    .filter(|ms| in_ms || ms.unsigned_abs() <= MOST_MS)
}

/// The first moment after a point in time; a day counts to its end.
pub(in crate::import) fn end_ms(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Some(ms) = since_1970(text, false) {
        return Some(ms).filter(|ms| ms.unsigned_abs() <= MOST_MS);
    }
    let (ms, is_day) = moment(text)?;
    Some(if is_day { ms + DAY_MS } else { ms })
}

/// Milliseconds of a number of seconds or milliseconds; none if it is no number, or a day such as 20240531.
fn since_1970(text: &str, in_ms: bool) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    let is_day = !in_ms && text.len() == 8 && text.starts_with("20");
    if is_day {
        return None;
    }
    let seconds = !in_ms && number.unsigned_abs() < MOST_SECONDS;
    Some(if seconds { number * 1_000 } else { number })
}

/// Beginning and end of a time such as `2025-11-24T00:00-0800/2025-11-30T23:59-0800`.
pub(in crate::import) fn span(text: &str) -> Option<(i64, i64)> {
    let (from, to) = text.split_once('/')?;
    Some((moment(from.trim())?.0, end_ms(to)?))
}

/// A moment, and whether it is a whole day. Times without a zone are taken as UTC.
fn moment(text: &str) -> Option<(i64, bool)> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some((time.timestamp_millis(), false));
    }
    let zoned = WITH_ZONE
        .iter()
        .find_map(|format| DateTime::parse_from_str(text, format).ok());
    if let Some(time) = zoned {
        return Some((time.timestamp_millis(), false));
    }
    // A zone by its letters, such as BST, is dropped.
    let without_zone = match text.rsplit_once(' ') {
        Some((rest, zone))
            if (3..=4).contains(&zone.len())
                && zone.bytes().all(|byte| byte.is_ascii_uppercase()) =>
        {
            rest
        }
        _ => text,
    };
    // Some writers put a narrow space before AM and PM.
    let text = without_zone.replace(['\u{202f}', '\u{a0}'], " ");
    let local = MOMENTS
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(&text, format).ok());
    if let Some(time) = local {
        return Some((time.and_utc().timestamp_millis(), false));
    }
    let day = DAYS
        .iter()
        .find_map(|format| NaiveDate::parse_from_str(&text, format).ok())?;
    Some((
        day.and_time(NaiveTime::MIN).and_utc().timestamp_millis(),
        true,
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_read_in_their_common_forms() {
        let day = 1_717_113_600_000;
        for text in [
            "2024-05-31T00:00:00Z",
            "2024-05-31",
            "2024-05-31 00:00:00",
            "2024-05-31T02:00:00+02:00",
            "2024-05-31T02:00+0200",
            "1717113600",
            "31.05.2024",
            "5/31/24, 12:00 AM",
            "31/05/2024 00:00:00 BST",
            "20240531",
        ] {
            assert_eq!(time_ms(&json!(text), false), Some(day), "{text}");
        }
        assert_eq!(time_ms(&json!(day), false), Some(day));
        assert_eq!(time_ms(&json!(5), true), Some(5));
        assert_eq!(time_ms(&json!("0000-00-00"), false), None);
        assert_eq!(time_ms(&json!("soon"), false), None);
        assert_eq!(end_ms("2024-05-31"), Some(day + DAY_MS));
        assert_eq!(span("2024-05-31/2024-05-31"), Some((day, day + DAY_MS)));
    }
}
