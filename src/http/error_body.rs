//! JSON body of every error response.

use poem::http::StatusCode;
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

/// Error response body as clients of InstantSearch read it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ClientErrorBody {
    /// Message, with the field at fault before it.
    message: String,
    status: u16,
    code: ErrorCode,
    request_id: String,
}

impl ClientErrorBody {
    pub(super) fn new(body: ErrorBody, status: StatusCode) -> Self {
        Self {
            message: match body.field {
                Some(field) => format!("{field} {}", body.message),
                None => body.message,
            },
            status: status.as_u16(),
            code: body.code,
            request_id: body.request_id,
        }
    }
}

/// Error response body of the Universal Commerce Protocol.
#[derive(Debug, Clone, Serialize)]
pub(super) struct UcpErrorBody {
    ucp: UcpFailure,
    messages: [UcpMessage; 1],
}

#[derive(Debug, Clone, Serialize)]
struct UcpFailure {
    version: String,
    status: &'static str,
}

#[derive(Debug, Clone, Serialize)]
struct UcpMessage {
    #[serde(rename = "type")]
    kind: &'static str,
    code: ErrorCode,
    content: String,
    severity: &'static str,
}

impl UcpErrorBody {
    /// Body for an address of some version; what the agent can mend or try again is recoverable.
    pub(super) fn new(body: ErrorBody, version: &str, is_recoverable: bool) -> Self {
        let content = match body.field {
            Some(field) => format!("{field} {}", body.message),
            None => body.message,
        };
        let message = UcpMessage {
            kind: "error",
            code: body.code,
            content,
            severity: match is_recoverable {
                true => "recoverable",
                false => "unrecoverable",
            },
        };
        Self {
            ucp: UcpFailure {
                version: version.to_owned(),
                status: "error",
            },
            messages: [message],
        }
    }
}
