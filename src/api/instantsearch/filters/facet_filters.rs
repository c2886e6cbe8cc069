//! `facetFilters`: `brand:Acme`, `-brand:Acme` or `brand:-Acme`, and `brand:\-Acme` for a value that begins with a minus.

use serde_json::Value;
use souk_domain::InvalidField;

use super::{Expression, nested};

const FIELD: &str = "facetFilters";

/// Reads the parameter.
pub(crate) fn read(given: &Value) -> Result<Expression, InvalidField> {
    nested(FIELD, given, &one)
}

/// A list in a text, as older clients write it, is read as the list.
fn one(text: &str) -> Result<Expression, InvalidField> {
    if text.starts_with('[')
        && let Ok(list @ Value::Array(_)) = serde_json::from_str(text)
    {
        return nested(FIELD, &list, &single);
    }
    single(text)
}

fn single(text: &str) -> Result<Expression, InvalidField> {
    let (text, whole_is_negated) = match text.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let Some((attribute, value)) = text.split_once(':') else {
        let message = format!("holds `attribute:value`, not `{text}`");
        return Err(InvalidField::new(FIELD, message));
    };
    let (value, value_is_negated) = match value.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (
            value
                .strip_prefix('\\')
                .filter(|rest| rest.starts_with('-'))
                .unwrap_or(value),
            false,
        ),
    };
    let test = Expression::value(attribute.trim(), value);
    Ok(test.negated_if(whole_is_negated != value_is_negated))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_minus_negates_and_an_escaped_one_is_of_the_value() {
        let value = |value: &str| Expression::value("brand", value);
        for (text, expected) in [
            ("brand:x", value("x")),
            ("brand:a:b", value("a:b")),
            ("brand:-x", value("x").negated()),
            ("-brand:x", value("x").negated()),
            ("brand:\\-x", value("-x")),
            ("brand:--x", value("-x").negated()),
            ("brand:\\x", value("\\x")),
        ] {
            assert_eq!(read(&json!(text)), Ok(expected), "{text}");
        }
        assert!(read(&json!("brand")).is_err());
        assert!(read(&json!([["a:b", 7]])).is_err());
        assert!(read(&json!([["a:b", ["c:d"]]])).is_err());
    }

    #[test]
    fn the_outer_list_is_and_and_inner_ones_are_or() {
        let value = |value: &str| Expression::value("a", value);
        let given = json!(["a:1", ["a:2", "a:-3"], []]);
        let any = Expression::Any(vec![value("2"), value("3").negated()]);
        assert_eq!(read(&given), Ok(Expression::All(vec![value("1"), any])));
        let text = json!(given.to_string());
        assert_eq!(read(&text), read(&given));
    }

    proptest! {
        #[test]
        fn any_value_can_be_written(value in ".*", negated: bool) {
            let escaped = match (negated, value.starts_with('-')) {
                (true, _) => format!("-{value}"),
                (false, true) => format!("\\{value}"),
                (false, false) => value.clone(),
            };
            let read = single(&format!("brand:{escaped}"));
            prop_assert_eq!(read, Ok(Expression::value("brand", &value).negated_if(negated)));
        }

        #[test]
        fn nothing_panics(text in ".*") {
            let _ = read(&json!(text));
        }
    }
}
