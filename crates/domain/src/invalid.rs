//! Validation error of one field.

use std::borrow::Cow;

/// Input that cannot be taken, and the field that is to blame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct InvalidField {
    /// The field's or parameter's name on the wire, such as `price_min` or `variants[2].price`.
    pub field: Cow<'static, str>,
    /// Fault of the value and the rule that it breaks.
    pub message: String,
}

impl InvalidField {
    /// An error about one field.
    pub fn new(field: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
        }
    }

    /// The same about the field as part of another: `price` within `variants[2]` is `variants[2].price`.
    #[must_use]
    pub fn within(self, outer: &str) -> Self {
        let inner = self.field;
        let path = match inner.chars().next() {
            None => outer.to_owned(),
            Some('[') => format!("{outer}{inner}"),
            Some(_) => format!("{outer}.{inner}"),
        };
        Self::new(path, self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_named_from_the_outside_in() {
        let named = |field: &'static str| InvalidField::new(field, "is wrong").within("rules[3]");
        assert_eq!(named("when.query").field, "rules[3].when.query");
        assert_eq!(named("[1]").field, "rules[3][1]");
        assert_eq!(named("").field, "rules[3]");
    }
}
