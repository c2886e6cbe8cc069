//! Filters as InstantSearch front ends write them: four parameters, one meaning.

mod expression;
mod facet_filters;
mod numeric_filters;
mod tag_filters;
mod text;

use serde_json::Value;
use souk_domain::InvalidField;

pub(crate) use self::expression::{Clause, Comparison, Expression, Literal, Test, Wanted};

/// Name of the attribute that holds tags.
pub(crate) const TAGS: &str = "_tags";

/// Reads the four parameters; each adds to the others.
///
/// # Errors
/// If one of them is malformed, or too many alternatives of too many conditions would have to be written out.
pub(crate) fn clauses(
    facet_filters: Option<&Value>,
    numeric_filters: Option<&Value>,
    tag_filters: Option<&Value>,
    filters: Option<&str>,
) -> Result<Vec<Clause>, InvalidField> {
    let read = [
        facet_filters.map(facet_filters::read),
        numeric_filters.map(numeric_filters::read),
        tag_filters.map(tag_filters::read),
        filters.map(text::read),
    ];
    let all = read.into_iter().flatten().collect::<Result<_, _>>()?;
    Expression::All(all).clauses()
}

/// Reads a list of alternatives: the outer list means "and", inner ones mean "or".
fn nested(
    field: &'static str,
    given: &Value,
    read: &impl Fn(&str) -> Result<Expression, InvalidField>,
) -> Result<Expression, InvalidField> {
    let one = |value: &Value| match value {
        Value::String(text) => read(text),
        _ => Err(InvalidField::new(field, "holds texts, and lists of texts")),
    };
    let Value::Array(outer) = given else {
        return one(given);
    };
    let mut all = Vec::new();
    for part in outer {
        match part {
            Value::Array(inner) if inner.is_empty() => {}
            Value::Array(inner) => {
                all.push(Expression::Any(
                    inner.iter().map(one).collect::<Result<_, _>>()?,
                ));
            }
            single => all.push(one(single)?),
        }
    }
    Ok(Expression::All(all))
}
