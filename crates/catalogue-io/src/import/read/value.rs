//! Values of columns as texts, numbers and times.

use serde_json::Value;

use crate::import::profile::fields::ValueKind;
use crate::import::profile::names::{plain, readable};
use crate::import::profile::private::is_private;

/// Reports whether a value is empty.
pub(in crate::import) fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(values) => values.iter().all(is_blank),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Single value; of a list, however deep, the first that says something.
pub(in crate::import) fn single(value: &Value) -> Option<&Value> {
    match value {
        Value::Array(values) => values
            .iter()
            .find(|value| !is_blank(value))
            .and_then(single),
        Value::Null => None,
        other => Some(other),
    }
}

/// A single value as text; of a list, the first that says something.
pub(in crate::import) fn text(value: &Value) -> Option<String> {
    match single(value)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number_text(number)),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Array(_) | Value::Null | Value::Object(_) => None,
    }
}

/// Every value of a list as text, or the one value that there is.
pub(in crate::import) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter_map(text).collect(),
        single => text(single).into_iter().collect(),
    }
}

/// Hands over what an attribute's column says, value by value; members of an object have names of their own.
pub(in crate::import) fn each_attribute(
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
                // Names and addresses of people hide in lists of reviews.
                if is_private(&plain(member)) {
                    continue;
                }
                let member = readable(member);
                each_attribute(&format!("{name} {member}"), kind, value, take);
            }
        }
    }
}

fn readable_text(text: &str, kind: ValueKind) -> String {
    match kind {
        ValueKind::Truth if text == "1" => yes_or_no(true),
        ValueKind::Truth if text == "0" => yes_or_no(false),
        _ if text.eq_ignore_ascii_case("true") => yes_or_no(true),
        _ if text.eq_ignore_ascii_case("false") => yes_or_no(false),
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
        assert_eq!(one(ValueKind::Text, json!("false")), "no");
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
}
