//! Bodies, in and out: JSON by serde, described by poem-openapi.
//!
//! poem-openapi's own `Json` builds a tree of values for each answer and tells of a bad body only
//! which type failed. Going through serde writes an answer straight to bytes and names the field at fault.

mod arriving;
mod bounds;
mod fault;
mod packed;
mod reading;
mod sent;
mod strict;

use poem::{IntoResponse, Request, RequestBody, Response, Result, http::header};
use poem_openapi::{
    impl_apirequest_for_payload,
    payload::{ParsePayload, Payload},
    registry::{MetaSchemaRef, Registry},
    types::Type,
};
use serde::{Serialize, de::DeserializeOwned};

use self::reading::Nulls;
pub(crate) use self::{arriving::raw, fault::fault};
use crate::error::ApiError;

/// Most bytes of a body unless an operation says otherwise: a thousand products of 16 kB each.
pub const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

const JSON: &str = "application/json";
const TEXT: &str = "text/plain";
const MERGE_PATCH: &str = "application/merge-patch+json";

/// A JSON answer.
#[derive(Debug)]
pub struct JsonResponse<T>(pub T);

impl<T: Type> Payload for JsonResponse<T> {
    const CONTENT_TYPE: &'static str = JSON;

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: Serialize + Send> IntoResponse for JsonResponse<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => Response::builder()
                .header(header::CONTENT_TYPE, JSON)
                .body(bytes),
            Err(error) => poem::Error::from(ApiError::internal(error)).into_response(),
        }
    }
}

/// A JSON body of at most `MAX_BYTES`.
#[derive(Debug)]
pub struct JsonBody<T, const MAX_BYTES: usize = MAX_BODY_BYTES>(pub T);

impl<T: Type, const MAX_BYTES: usize> Payload for JsonBody<T, MAX_BYTES> {
    const CONTENT_TYPE: &'static str = JSON;

    fn check_content_type(content_type: &str) -> bool {
        is_media_type(content_type, JSON)
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T, const MAX_BYTES: usize> ParsePayload for JsonBody<T, MAX_BYTES>
where
    T: Type + DeserializeOwned + 'static,
{
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> Result<Self> {
        Ok(Self(
            arriving::parsed(request, body, MAX_BYTES, Nulls::Absent, |_| Ok(())).await?,
        ))
    }
}

impl_apirequest_for_payload!(JsonBody<T, MAX_BYTES>, T: Type + DeserializeOwned + 'static, const MAX_BYTES: usize);

/// A JSON body of at most `MAX_BYTES` whose values are within the bounds that its type declares.
#[derive(Debug)]
pub struct BoundedBody<T, const MAX_BYTES: usize = MAX_BODY_BYTES>(pub T);

impl<T: Type, const MAX_BYTES: usize> Payload for BoundedBody<T, MAX_BYTES> {
    const CONTENT_TYPE: &'static str = JSON;

    fn check_content_type(content_type: &str) -> bool {
        is_media_type(content_type, JSON)
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T, const MAX_BYTES: usize> ParsePayload for BoundedBody<T, MAX_BYTES>
where
    T: Type + DeserializeOwned + 'static,
{
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> Result<Self> {
        let (nulls, check) = (Nulls::Absent, bounds::check::<T>);
        Ok(Self(
            arriving::parsed(request, body, MAX_BYTES, nulls, check).await?,
        ))
    }
}

impl_apirequest_for_payload!(BoundedBody<T, MAX_BYTES>, T: Type + DeserializeOwned + 'static, const MAX_BYTES: usize);

/// A JSON body that says it is text: what a browser's `navigator.sendBeacon` makes of a string.
#[derive(Debug)]
pub struct TextJsonBody<T, const MAX_BYTES: usize = MAX_BODY_BYTES>(pub T);

impl<T: Type, const MAX_BYTES: usize> Payload for TextJsonBody<T, MAX_BYTES> {
    const CONTENT_TYPE: &'static str = TEXT;

    fn check_content_type(content_type: &str) -> bool {
        is_media_type(content_type, TEXT)
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T, const MAX_BYTES: usize> ParsePayload for TextJsonBody<T, MAX_BYTES>
where
    T: Type + DeserializeOwned + 'static,
{
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> Result<Self> {
        Ok(Self(
            arriving::parsed(request, body, MAX_BYTES, Nulls::Absent, |_| Ok(())).await?,
        ))
    }
}

/// A JSON body that says it is a merge patch (RFC 7396).
#[derive(Debug)]
pub struct MergePatchBody<T>(pub T);

impl<T: Type> Payload for MergePatchBody<T> {
    const CONTENT_TYPE: &'static str = MERGE_PATCH;

    fn check_content_type(content_type: &str) -> bool {
        is_media_type(content_type, MERGE_PATCH)
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: Type + DeserializeOwned + 'static> ParsePayload for MergePatchBody<T> {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> Result<Self> {
        Ok(Self(
            arriving::parsed(request, body, MAX_BODY_BYTES, Nulls::Kept, |_| Ok(())).await?,
        ))
    }
}

/// A media type, whatever its parameters.
fn is_media_type(content_type: &str, expected: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_json_whatever_its_parameters() {
        let json = <JsonBody<String> as Payload>::check_content_type;
        assert!(json("application/json") && json("Application/JSON; charset=utf-8"));
        assert!(!json("text/plain") && !json(""));
    }
}
