//! Calendar days as parameters.

use std::fmt;

use chrono::{DateTime, Days, NaiveDate, Utc};

/// A day of the calendar, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarDay(NaiveDate);

impl CalendarDay {
    /// That of a moment.
    pub fn of(moment: DateTime<Utc>) -> Self {
        Self(moment.date_naive())
    }

    /// So many days after the first of 1970; that one for what lies beyond the calendar.
    pub fn from_number(number: i64) -> Self {
        let days = Days::new(number.unsigned_abs());
        let day = if number < 0 {
            NaiveDate::default().checked_sub_days(days)
        } else {
            NaiveDate::default().checked_add_days(days)
        };
        Self(day.unwrap_or_default())
    }

    /// How many days after the first of 1970 it is.
    pub fn number(self) -> i64 {
        (self.0 - NaiveDate::default()).num_days()
    }

    /// Reads a date of ISO 8601, of a year from 1970 to 9999.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let day: NaiveDate = text.parse().ok()?;
        // Whatever else the parser takes, such as `2026-1-1`.
        let day = Self(day);
        (text.len() == 10 && day.to_string() == text && day.number() >= 0).then_some(day)
    }
}

impl fmt::Display for CalendarDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_they_are_written() {
        let day = CalendarDay::read("2026-03-01").unwrap();
        assert_eq!(day.number(), 20_513);
        assert_eq!(CalendarDay::from_number(20_513), day);
        assert_eq!(CalendarDay::from_number(59).to_string(), "1970-03-01");
        for bad in [
            "",
            "2026-02-30",
            "2026-3-1",
            "1969-12-31",
            "+12026-01-01",
            "2026-03-01T00:00",
        ] {
            assert_eq!(CalendarDay::read(bad), None, "{bad}");
        }
    }
}
