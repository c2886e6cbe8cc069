//! Requests that cannot be answered.

use souk_domain::InvalidField;

use crate::error::ApiError;

/// Reason for which there is no answer.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The request is malformed, or asks for too much.
    Request {
        /// Code of the message.
        code: &'static str,
        /// Part of the request that is at fault.
        path: String,
        /// Rule that must hold.
        content: String,
    },
    /// Nothing has the identifier.
    NotFound(String),
    /// Anything else, as everywhere.
    Api(ApiError),
}

impl Refused {
    /// A malformed part of a request.
    pub(crate) fn invalid(path: impl Into<String>, content: impl Into<String>) -> Self {
        Self::Request {
            code: "invalid_request",
            path: path.into(),
            content: content.into(),
        }
    }
}

impl<E: Into<ApiError>> From<E> for Refused {
    fn from(error: E) -> Self {
        match error.into() {
            ApiError::Parameter(invalid) => Self::invalid(path(&invalid), invalid.message),
            error => Self::Api(error),
        }
    }
}

/// Path of the request that a field of Souk's own query comes from.
fn path(invalid: &InvalidField) -> String {
    let path = match &*invalid.field {
        "q" => "$.query",
        "cursor" => "$.pagination.cursor",
        "price_min" => "$.filters.price.min",
        "price_max" => "$.filters.price.max",
        "rating_min" => "$.filters.rating_min",
        _ => "$.filters",
    };
    path.to_owned()
}
