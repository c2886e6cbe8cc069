//! `numericFilters`: `price>=10`, `price != 7`, `price:10 TO 20`.

use serde_json::Value;
use souk_domain::InvalidField;

use super::{Comparison, Expression, Test, Wanted, nested};

const FIELD: &str = "numericFilters";

/// Reads the parameter. A text may hold several, with commas between.
pub(crate) fn read(given: &Value) -> Result<Expression, InvalidField> {
    match given {
        Value::String(text) if text.starts_with('[') => match serde_json::from_str(text) {
            Ok(list @ Value::Array(_)) => nested(FIELD, &list, &one),
            _ => one(text),
        },
        Value::String(text) => {
            let parts = text.split(',').filter(|part| !part.trim().is_empty());
            Ok(Expression::All(parts.map(one).collect::<Result<_, _>>()?))
        }
        list => nested(FIELD, list, &one),
    }
}

fn one(text: &str) -> Result<Expression, InvalidField> {
    condition(text).ok_or_else(|| {
        let message =
            format!("holds conditions such as `price>=10` or `price:10 TO 20`, not `{text}`");
        InvalidField::new(FIELD, message)
    })
}

fn condition(text: &str) -> Option<Expression> {
    let at = text.find(['<', '>', '=', '!', ':'])?;
    let attribute = text[..at].trim();
    if attribute.is_empty() {
        return None;
    }
    if let Some(range) = text[at..].strip_prefix(':') {
        let (from, to) = range.split_once(" TO ")?;
        return Some(Expression::Test(Test {
            attribute: attribute.to_owned(),
            wanted: Wanted::Between(number(from)?, number(to)?),
        }));
    }
    let (sign, rest) = sign(&text[at..])?;
    Some(comparison(attribute, sign, number(rest)?))
}

/// Sign of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// As it says.
    Is(Comparison),
    /// `!=`
    Unequal,
}

/// Reads the sign at the start of a text; the rest comes after it.
pub(crate) fn sign(text: &str) -> Option<(Sign, &str)> {
    const SIGNS: [(&str, Sign); 6] = [
        ("<=", Sign::Is(Comparison::AtMost)),
        (">=", Sign::Is(Comparison::AtLeast)),
        ("!=", Sign::Unequal),
        ("<", Sign::Is(Comparison::Below)),
        (">", Sign::Is(Comparison::Above)),
        ("=", Sign::Is(Comparison::Equal)),
    ];
    let found = |(written, sign): &(&str, Sign)| Some((*sign, text.strip_prefix(written)?));
    SIGNS.iter().find_map(found)
}

/// Returns the comparison of an attribute with a number.
pub(crate) fn comparison(attribute: &str, sign: Sign, number: f64) -> Expression {
    let test = |comparison| {
        Expression::Test(Test {
            attribute: attribute.to_owned(),
            wanted: Wanted::Number(comparison, number),
        })
    };
    match sign {
        Sign::Is(comparison) => test(comparison),
        Sign::Unequal => test(Comparison::Equal).negated(),
    }
}

/// Reads a finite number.
pub(crate) fn number(text: &str) -> Option<f64> {
    let number: f64 = text.trim().parse().ok()?;
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn test(comparison: Comparison, number: f64) -> Expression {
        comparison_of(Sign::Is(comparison), number)
    }

    fn comparison_of(sign: Sign, number: f64) -> Expression {
        comparison("price", sign, number)
    }

    #[test]
    fn blanks_decimals_and_ranges_are_read() {
        let range = Expression::Test(Test {
            attribute: "price".to_owned(),
            wanted: Wanted::Between(5.99, 100.0),
        });
        for (text, expected) in [
            ("price>=10", test(Comparison::AtLeast, 10.0)),
            (" price <= 19.99 ", test(Comparison::AtMost, 19.99)),
            ("price<-1", test(Comparison::Below, -1.0)),
            ("price > 1e3", test(Comparison::Above, 1_000.0)),
            ("price=7", test(Comparison::Equal, 7.0)),
            ("price != 7", comparison_of(Sign::Unequal, 7.0)),
            ("price:5.99 TO 100", range),
        ] {
            assert_eq!(
                read(&json!([text])),
                Ok(Expression::All(vec![expected])),
                "{text}"
            );
        }
        for bad in [
            "price",
            "price>",
            ">=10",
            "price=>7",
            "price:5",
            "price>NaN",
            "price>inf",
        ] {
            assert!(read(&json!(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn lists_nest_and_texts_have_commas() {
        let unequal = comparison_of(Sign::Unequal, 7.0);
        let either = [8.0, 9.0].map(|number| test(Comparison::Equal, number));
        let expected = Expression::All(vec![unequal.clone(), Expression::Any(either.to_vec())]);
        assert_eq!(
            read(&json!(["price!=7", ["price=8", "price=9"]])),
            Ok(expected)
        );
        let both = Expression::All(vec![unequal, test(Comparison::Equal, 8.0)]);
        assert_eq!(read(&json!("price!=7,price=8")), Ok(both));
    }

    proptest! {
        #[test]
        fn any_number_is_read_as_written(number in -1e12..1e12_f64) {
            let expected = Expression::All(vec![test(Comparison::AtLeast, number)]);
            prop_assert_eq!(read(&json!(format!("price>={number}"))), Ok(expected));
        }

        #[test]
        fn nothing_panics(text in ".*") {
            let _ = read(&json!(text));
        }
    }
}
