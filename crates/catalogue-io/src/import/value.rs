//! Values of columns as texts, numbers and times.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use serde_json::Value;
use souk_domain::InvalidField;

use super::fields::{Field, ValueKind};

/// Seconds since 1970 end here, milliseconds begin: the year 5138, or March 1973.
const MOST_SECONDS: i64 = 100_000_000_000;

/// Reports whether a value is empty.
pub(super) fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(values) => values.iter().all(is_blank),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A single value as text; of a list, the first that says something.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number_text(number)),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Array(values) => values.iter().find(|value| !is_blank(value)).and_then(text),
        Value::Null | Value::Object(_) => None,
    }
}

/// Every value of a list as text, or the one value that there is.
pub(super) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter_map(text).collect(),
        single => text(single).into_iter().collect(),
    }
}

/// Hands over what an attribute's column says, value by value; members of an object have names of their own.
pub(super) fn each_attribute(
    name: &str,
    kind: ValueKind,
    value: &Value,
    take: &mut impl FnMut(&str, String),
) {
    match value {
        Value::Null => {}
        Value::Bool(truth) => take(name, yes_or_no(*truth)),
        Value::Number(number) => take(name, number_text(number)),
        Value::String(text) => take(name, readable_text(text.trim(), kind)),
        Value::Array(values) => values
            .iter()
            .for_each(|value| each_attribute(name, kind, value, take)),
        Value::Object(members) => {
            for (member, value) in members {
                let member = super::fields::readable(member);
                each_attribute(&format!("{name} {member}"), kind, value, take);
            }
        }
    }
}

fn readable_text(text: &str, kind: ValueKind) -> String {
    match kind {
        ValueKind::Truth if text.eq_ignore_ascii_case("true") || text == "1" => yes_or_no(true),
        ValueKind::Truth if text.eq_ignore_ascii_case("false") || text == "0" => yes_or_no(false),
        ValueKind::Number => text.strip_suffix(".0").unwrap_or(text).to_owned(),
        _ => text.to_owned(),
    }
}

fn yes_or_no(truth: bool) -> String {
    if truth { "yes" } else { "no" }.to_owned()
}

fn number_text(number: &serde_json::Number) -> String {
    match number.as_f64() {
        // Shortest exact form, and 17 rather than 17.0.
        Some(float) if number.is_f64() => float.to_string(),
        _ => number.to_string(),
    }
}

/// A whole number.
pub(super) fn integer(field: Field, value: &Value) -> Result<i64, InvalidField> {
    let text = text(value).unwrap_or_default();
    let digits = text.trim();
    let digits = digits.strip_suffix(".0").unwrap_or(digits);
    digits
        .parse()
        .map_err(|_| InvalidField::new(field.name(), format!("`{text}` is not a whole number")))
}

/// A number.
pub(super) fn number(field: Field, value: &Value) -> Result<f64, InvalidField> {
    let text = text(value).unwrap_or_default();
    match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err(InvalidField::new(
            field.name(),
            format!("`{text}` is not a number"),
        )),
    }
}

/// A point in time as milliseconds since 1970 UTC.
pub(super) fn time_ms(value: &Value, in_ms: bool) -> Result<i64, InvalidField> {
    let text = text(value).unwrap_or_default();
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>() {
        let seconds = !in_ms && number.abs() < MOST_SECONDS;
        return Ok(if seconds { number * 1_000 } else { number });
    }
    let moment = DateTime::parse_from_rfc3339(text)
        .map(|time| time.timestamp_millis())
        .or_else(|_| date_and_time(text));
    moment.map_err(|_| {
        InvalidField::new(
            Field::CreatedAt.name(),
            format!("`{text}` is not a time such as 2024-05-31T12:00:00Z or 2024-05-31"),
        )
    })
}

/// Times without a zone are taken as UTC.
fn date_and_time(text: &str) -> chrono::ParseResult<i64> {
    let midnight = |date: NaiveDate| date.and_time(chrono::NaiveTime::MIN);
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f"))
        .or_else(|_| NaiveDate::parse_from_str(text, "%Y-%m-%d").map(midnight))
        .map(|time| time.and_utc().timestamp_millis())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn attributes(kind: ValueKind, value: &Value) -> Vec<(String, String)> {
        let mut taken = Vec::new();
        each_attribute("a", kind, value, &mut |name, value| {
            taken.push((name.to_owned(), value))
        });
        taken
    }

    #[test]
    fn attributes_read_well() {
        let one = |kind, value: Value| attributes(kind, &value).remove(0).1;
        assert_eq!(one(ValueKind::Text, json!(true)), "yes");
        assert_eq!(one(ValueKind::Truth, json!("False")), "no");
        assert_eq!(one(ValueKind::Text, json!("false")), "false");
        assert_eq!(one(ValueKind::Number, json!(17.0)), "17");
        assert_eq!(one(ValueKind::Number, json!("17.0")), "17");
        assert_eq!(one(ValueKind::Text, json!(0.512)), "0.512");
        assert_eq!(one(ValueKind::Text, json!(12)), "12");
        let nested = attributes(ValueKind::Text, &json!([{"b_c": ["x", null, "y"]}]));
        assert_eq!(
            nested,
            [("a b c".into(), "x".into()), ("a b c".into(), "y".into())]
        );
    }

    #[test]
    fn times_are_read_in_their_common_forms() {
        let day = 1_717_113_600_000;
        for text in [
            "2024-05-31T00:00:00Z",
            "2024-05-31",
            "2024-05-31 00:00:00",
            "2024-05-31T02:00:00+02:00",
            "1717113600",
        ] {
            assert_eq!(time_ms(&json!(text), false), Ok(day), "{text}");
        }
        assert_eq!(time_ms(&json!(day), false), Ok(day));
        assert_eq!(time_ms(&json!(5), true), Ok(5));
        assert!(time_ms(&json!("31.05.2024"), false).is_err());
        assert!(time_ms(&json!("0000-00-00"), false).is_err());
    }
}
