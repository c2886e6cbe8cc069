use std::borrow::Cow;

/// Input that cannot be taken, and the field that is to blame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct InvalidField {
    /// The field's or parameter's name on the wire, such as `price_min` or `variants[2].price`.
    pub field: Cow<'static, str>,
    /// What is wrong and what would be right.
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
}
