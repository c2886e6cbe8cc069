//! JSON body of every error response.

use poem_openapi::Object;
use serde::Serialize;

use crate::error::ErrorCode;

/// Error response body.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename = "ApiError")]
pub struct ErrorBody {
    /// Stable error code.
    pub code: ErrorCode,
    /// Human-readable message.
    pub message: String,
    /// The parameter or field at fault, such as `price_min` or `variants[2].price`.
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The request, as the logs know it; also in the `X-Request-Id` header.
    pub request_id: String,
}
