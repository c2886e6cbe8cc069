//! Faults of JSON in the words of JSON.

use serde_json::Error;
use souk_domain::InvalidField;

use crate::http::parameters::nearest;

/// Most characters of a message: readers' messages quote what was sent.
const MAX_MESSAGE_CHARS: usize = 200;

/// Returns the field at fault, such as `variants[2].price`, and what must hold of it.
pub(crate) fn fault(path: &str, error: &Error) -> InvalidField {
    let message = error.to_string();
    if !error.is_data() {
        // Not JSON at all: then the place in the text is all there is to tell.
        return InvalidField::new("", message);
    }
    let message = message
        .rsplit_once(" at line ")
        .map_or(message.as_str(), |(message, _)| message);
    // The body itself is called `.`.
    let parent = path.trim_start_matches('.');
    if let Some(name) = quoted(message, "missing field `") {
        return InvalidField::new(inside(parent, name), "is required");
    }
    if let Some(name) = quoted(message, "unknown field `") {
        return InvalidField::new(inside(parent, name), unknown(name, message));
    }
    let message = in_words_of_json(parent, message).unwrap_or_else(|| message.to_owned());
    let message: String = message.chars().take(MAX_MESSAGE_CHARS).collect();
    InvalidField::new(parent.to_owned(), message)
}

/// Returns the name that a message quotes after these words.
fn quoted<'a>(message: &'a str, words: &str) -> Option<&'a str> {
    let (name, _) = message.strip_prefix(words)?.split_once('`')?;
    Some(name)
}

fn inside(parent: &str, name: &str) -> String {
    let name: String = name.chars().take(MAX_MESSAGE_CHARS).collect();
    if parent.is_empty() {
        name
    } else {
        format!("{parent}.{name}")
    }
}

fn unknown(name: &str, message: &str) -> String {
    let after = message
        .split_once("`, expected ")
        .map_or("", |(_, known)| known);
    let known: Vec<_> = after.split('`').skip(1).step_by(2).collect();
    match nearest(name, known.iter().copied()) {
        Some(nearest) => format!("is not a field here; did you mean `{nearest}`?"),
        None if known.is_empty() => "is not a field here".to_owned(),
        None => format!("is not a field here, which takes `{}`", known.join("`, `")),
    }
}

/// Rewrites a complaint of serde, which speaks of Rust's types.
fn in_words_of_json(field: &str, message: &str) -> Option<String> {
    let complaint = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "))?;
    let (given, expected) = complaint.rsplit_once(", expected ")?;
    let given = match given.split_once(' ').map_or(given, |(kind, _)| kind) {
        "null" | "unit" => "null",
        "sequence" => "a list",
        "map" | "struct" => "an object",
        // A number, a text or a boolean, in the quotes of the message.
        _ => given
            .find(['`', '"'])
            .and_then(|start| given.get(start..))?,
    };
    let given = given.trim_matches('`');
    let expected = match expected {
        "i8" | "i16" | "i32" | "i64" | "i128" | "u8" | "u16" | "u32" | "u64" | "u128" | "usize"
        | "isize" => {
            if is_amount(field) && given.contains('.') {
                return Some(format!(
                    "must be a whole number of minor units, such as 1999 for 19.99, not {given}"
                ));
            }
            "a whole number"
        }
        "f32" | "f64" => "a number",
        "a boolean" | "bool" => "true or false",
        "a string" | "str" | "string" | "a borrowed string" => "text",
        "a sequence" => "a list",
        "a map" => "an object",
        other if other.starts_with("struct ") => "an object",
        other if other.starts_with("a sequence") || other.starts_with("tuple") => "a list",
        "string or map" => "text or an object",
        other => other,
    };
    Some(format!("must be {expected}, not {given}"))
}

/// Reports whether a field holds money: its last name says so.
fn is_amount(field: &str) -> bool {
    let name = field.rsplit('.').next().unwrap_or(field);
    ["price", "amount", "revenue", "value"]
        .iter()
        .any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, de::DeserializeOwned};
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Inner {}

    fn message<T: DeserializeOwned>(value: serde_json::Value) -> String {
        match serde_json::from_value::<T>(value) {
            Ok(_) => "taken".to_owned(),
            Err(error) => fault("variants[0].price", &error).message,
        }
    }

    #[test]
    fn messages_speak_of_json() {
        assert_eq!(
            message::<i64>(json!(19.99)),
            "must be a whole number of minor units, such as 1999 for 19.99, not 19.99"
        );
        assert_eq!(
            message::<i64>(json!("x")),
            r#"must be a whole number, not "x""#
        );
        assert_eq!(message::<u32>(json!(-1)), "must be a whole number, not -1");
        assert_eq!(
            message::<Vec<i64>>(json!({})),
            "must be a list, not an object"
        );
        assert_eq!(message::<String>(json!([])), "must be text, not a list");
        assert_eq!(message::<bool>(json!(1)), "must be true or false, not 1");
        assert_eq!(message::<Inner>(json!(true)), "must be an object, not true");
        assert_eq!(message::<f64>(json!(null)), "must be a number, not null");
    }
}
