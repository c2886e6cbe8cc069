//! Numbers and dates in values, and ranges of them.

use chrono::{Days, Months, NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use super::choices::AttributeType;
use super::definition::AttributeDefinition;
use super::measures::factor;

/// Largest number, so that every one is written without an exponent and holds its digits.
const MOST: f64 = 1e15;
const MAX_DIGITS: usize = 30;

/// Limits on a number, both inclusive. Dates are numbers of milliseconds since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberRange {
    /// At least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// At most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

impl NumberRange {
    /// Reports whether a number lies within the limits.
    pub fn contains(&self, number: f64) -> bool {
        self.min.is_none_or(|min| min <= number) && self.max.is_none_or(|max| number <= max)
    }
}

impl AttributeDefinition {
    /// Returns the number that a value stands for, in the definition's unit: of a date its first moment. None if the value
    /// has none, or is in a unit of another measure.
    pub fn number(&self, value: &str) -> Option<f64> {
        match self.kind {
            AttributeType::Number => {
                let (number, rest) = leading_number(value)?;
                match (rest.trim(), &self.unit) {
                    ("", _) => Some(number),
                    (_, None) => None,
                    (written, Some(unit)) => {
                        let number = number * factor(written, unit)?;
                        Some(number).filter(|number| number.abs() <= MOST)
                    }
                }
            }
            AttributeType::Date => date(value).map(|(first, _)| first),
            AttributeType::Text | AttributeType::Boolean | AttributeType::Colour => None,
        }
    }

    /// Returns the upper limit that a text stands for: of a date its last moment, so that `2026` includes the year.
    pub fn upper_limit(&self, text: &str) -> Option<f64> {
        match self.kind {
            AttributeType::Date => date(text).map(|(_, last)| last),
            _ => self.number(text),
        }
    }

    /// Writes a number as values are written: a date as its day.
    pub fn written(&self, number: f64) -> String {
        match self.kind {
            AttributeType::Date => day(number).unwrap_or_else(|| number_text(number)),
            _ => number_text(number),
        }
    }
}

/// Writes a number without needless digits.
pub fn number_text(number: f64) -> String {
    // Negative zero is no number that anyone writes.
    format!("{}", number + 0.0)
}

/// Returns the number at the beginning of a text, and the rest. A point or a comma is the decimal mark; of both, the one
/// that comes last, and the other one groups digits.
pub(super) fn leading_number(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let unsigned = text.strip_prefix(['-', '−', '+']);
    let is_negative = unsigned.is_some() && !text.starts_with('+');
    let digits = unsigned.unwrap_or(text);
    let is_mark = |c: char| c == '.' || c == ',';
    let end = digits
        .find(|c: char| !c.is_ascii_digit() && !is_mark(c))
        .unwrap_or(digits.len());
    // A mark that no digit follows belongs to the rest.
    let written = digits[..end].trim_end_matches(is_mark);
    let rest = &digits[written.len()..];
    let decimal = written.rfind(is_mark);
    let mut plain = String::with_capacity(written.len());
    for (place, c) in written.char_indices() {
        match c {
            _ if Some(place) == decimal => plain.push('.'),
            '.' | ',' if decimal.is_some_and(|mark| written[mark..].starts_with(c)) => return None,
            '.' | ',' => {}
            digit => plain.push(digit),
        }
    }
    if !plain.starts_with(|c: char| c.is_ascii_digit()) || plain.len() > MAX_DIGITS {
        return None;
    }
    let number: f64 = plain.parse().ok()?;
    let number = if is_negative { -number } else { number };
    (number.abs() <= MOST).then_some((number, rest))
}

/// Returns the first and the last moment of a day, month or year, or twice the moment of a timestamp.
fn date(text: &str) -> Option<(f64, f64)> {
    let text = text.trim();
    if let Ok(moment) = chrono::DateTime::parse_from_rfc3339(text) {
        let moment = moment.timestamp_millis() as f64;
        return Some((moment, moment));
    }
    let mut parts = text.split('-');
    let part = |text: &str, digits: usize| {
        let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse::<u32>().ok()).flatten()
    };
    let year = i32::try_from(part(parts.next()?, 4)?).ok()?;
    let (month, day) = (parts.next(), parts.next());
    if parts.next().is_some() {
        return None;
    }
    let number = |text: Option<&str>| match text {
        Some(text) => part(text, 2),
        None => Some(1),
    };
    let first = NaiveDate::from_ymd_opt(year, number(month)?, number(day)?)?;
    let next = match (month, day) {
        (None, _) => first.checked_add_months(Months::new(12)),
        (_, None) => first.checked_add_months(Months::new(1)),
        _ => first.checked_add_days(Days::new(1)),
    }?;
    let moment = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc().timestamp_millis();
    Some((moment(first) as f64, (moment(next) - 1) as f64))
}

fn day(moment: f64) -> Option<String> {
    let moment = chrono::DateTime::from_timestamp_millis(moment as i64)?;
    Some(moment.date_naive().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weight(unit: Option<&str>) -> AttributeDefinition {
        AttributeDefinition {
            kind: AttributeType::Number,
            unit: unit.map(str::to_owned),
            ..AttributeDefinition::new("weight")
        }
    }

    #[test]
    fn numbers_are_read_in_the_definitions_unit() {
        let kg = weight(Some("kg"));
        for (value, number) in [
            ("9", Some(9.0)),
            (" 9,5 ", Some(9.5)),
            ("1.234,5", Some(1_234.5)),
            ("1,234.5 kg", Some(1_234.5)),
            ("500 g", Some(0.5)),
            ("2KG", Some(2.0)),
            ("-3.", None),
            ("-3", Some(-3.0)),
            ("3 cm", None),
            ("3 to 4", None),
            ("1.2.3", None),
            (".5", None),
            ("kg", None),
            ("", None),
            ("1e9", None),
            ("9999999999999999", None),
            ("999999999999999 t", None),
            ("٣", None),
        ] {
            assert_eq!(kg.number(value), number, "{value}");
        }
        assert_eq!(weight(None).number("9 kg"), None);
        assert_eq!(weight(Some("Stück")).number("9 stück"), Some(9.0));
        assert_eq!(AttributeDefinition::new("text").number("9"), None);
    }

    #[test]
    fn date_stands_for_all_of_its_moments() {
        let date = AttributeDefinition {
            kind: AttributeType::Date,
            ..AttributeDefinition::new("released")
        };
        let range = |text| Some((date.number(text)?, date.upper_limit(text)?));
        assert_eq!(range("1970"), Some((0.0, 31_535_999_999.0)));
        assert_eq!(range("1970-01"), Some((0.0, 2_678_399_999.0)));
        assert_eq!(range("1970-01-02"), Some((86_400_000.0, 172_799_999.0)));
        assert_eq!(range("1970-01-01T00:00:01Z"), Some((1_000.0, 1_000.0)));
        for text in [
            "",
            "70",
            "1970-1-1",
            "1970-13",
            "1970-02-30",
            "1970-01-01-01",
            "+970",
        ] {
            assert_eq!(range(text), None, "{text}");
        }
        assert_eq!(date.written(date.number("2024-02").unwrap()), "2024-02-01");
    }

    #[test]
    fn number_is_written_as_it_is_read() {
        let plain = weight(None);
        for number in [0.0, -0.0, 9.5, 1e15, -1e15, 0.000_001, 123_456.789] {
            assert_eq!(plain.number(&plain.written(number)), Some(number));
        }
        assert_eq!(plain.written(10.0), "10");
        assert_eq!(plain.written(-0.0), "0");
    }
}
