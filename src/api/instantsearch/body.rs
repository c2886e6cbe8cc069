//! Bodies as these clients send them: JSON of any media type, in chunks, packed or not.

use poem::{Request, RequestBody};
use serde_json::Value;
use souk_domain::InvalidField;

use crate::{error::ApiError, http::raw_body};

/// Most bytes of a body, unpacked: fifty searches of five thousand.
const MAX_BYTES: usize = 256 * 1024;

/// Receives a body.
///
/// # Errors
/// If it is too large, too slow, packed in another way, or no JSON.
pub(crate) async fn json(request: &Request, body: &mut RequestBody) -> Result<Value, ApiError> {
    let received = raw_body(request, body, MAX_BYTES).await;
    let bytes = received.map_err(|error| ApiError::from_framework(error, |_| None))?;
    if bytes.is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    serde_json::from_slice(&bytes).map_err(|error| malformed(&error))
}

fn malformed(error: &dyn std::fmt::Display) -> ApiError {
    ApiError::MalformedBody(InvalidField::new(
        "",
        format!("the body is no JSON: {error}"),
    ))
}
