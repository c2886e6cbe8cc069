//! `tagFilters`: `a,b` for both, `["a", ["b", "c"]]` for the one and one of the others.

use serde_json::Value;
use souk_domain::InvalidField;

use super::{Expression, TAGS, nested};

const FIELD: &str = "tagFilters";

/// Reads the parameter.
pub(crate) fn read(given: &Value) -> Result<Expression, InvalidField> {
    let Value::String(text) = given else {
        return nested(FIELD, given, &|tag| Ok(one(tag)));
    };
    if text.starts_with('[')
        && let Ok(list @ Value::Array(_)) = serde_json::from_str(text)
    {
        return nested(FIELD, &list, &|tag| Ok(one(tag)));
    }
    let mut all = Vec::new();
    for part in text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        if part.contains(['(', ')']) {
            let message = "is written as a list for alternatives: `[\"a\", [\"b\", \"c\"]]`";
            return Err(InvalidField::new(FIELD, message));
        }
        all.push(one(part));
    }
    Ok(Expression::All(all))
}

fn one(tag: &str) -> Expression {
    match tag.strip_prefix('-') {
        Some(tag) => Expression::value(TAGS, tag).negated(),
        None => Expression::value(TAGS, tag),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_comma_is_and_and_an_inner_list_is_or() {
        let tag = |tag: &str| Expression::value(TAGS, tag);
        let both = Expression::All(vec![tag("a"), tag("b").negated()]);
        assert_eq!(read(&json!("a, -b")), Ok(both.clone()));
        assert_eq!(read(&json!(["a", "-b"])), Ok(both));
        let any = Expression::All(vec![Expression::Any(vec![tag("a"), tag("b")])]);
        assert_eq!(read(&json!([["a", "b"]])), Ok(any));
        assert!(read(&json!("a,(b,c)")).is_err());
        assert!(read(&json!([7])).is_err());
    }
}
