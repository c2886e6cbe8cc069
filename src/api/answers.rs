//! The answers of every operation, as one documented enum each.

use poem_openapi::{
    ApiResponse, Enum, Object,
    registry::{MetaResponses, Registry},
};
use serde::Serialize;

use crate::error::ApiError;

/// The one error_handling of all errors.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(rename = "Error")]
pub struct ErrorBody {
    /// What went wrong, stable, for programs.
    pub code: ErrorCode,
    /// What went wrong and what to do, for people.
    pub message: String,
    /// The parameter or field at fault, such as `price_min` or `variants[2].price`.
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The request, as the logs know it; also in the `X-Request-Id` header.
    pub request_id: String,
}

/// What went wrong, stable, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// 400: a parameter is malformed or out of range.
    InvalidParameter,
    /// 400: the address is not valid UTF-8 or holds a zero byte.
    MalformedAddress,
    /// 400: the body is not JSON of the documented shape.
    MalformedBody,
    /// 401: no admin key, or a wrong one.
    Unauthorized,
    /// 404: no marketplace answers to this host or key.
    UnknownMarketplace,
    /// 404: what the address names does not exist.
    NotFound,
    /// 404: no operation has this address.
    RouteNotFound,
    /// 405: not with this method.
    MethodNotAllowed,
    /// 408: the body took too long to arrive.
    RequestTimeout,
    /// 409: the change contradicts what is stored.
    Conflict,
    /// 412: it has changed since it was read.
    PreconditionFailed,
    /// 413: the body is too large.
    TooLarge,
    /// 414: the address is too long.
    AddressTooLong,
    /// 415: the body is not JSON.
    UnsupportedMediaType,
    /// 422: the body has the right shape, but a value cannot be taken.
    InvalidField,
    /// 428: a change without `If-Match`.
    PreconditionRequired,
    /// 429: the client has asked for as much as it may for now.
    LimitExceeded,
    /// 431: the headers are too large.
    HeadersTooLarge,
    /// 503: it took too long.
    TimedOut,
    /// 503: there are too many searches at the moment.
    Overloaded,
    /// 503: a part that is needed is away.
    Unavailable,
    /// 500: a defect on our side.
    Internal,
}

/// An error documents nothing itself: each operation's own enum names those it may answer.
impl ApiResponse for ApiError {
    fn meta() -> MetaResponses {
        MetaResponses { responses: vec![] }
    }

    fn register(_registry: &mut Registry) {}
}

/// Declares the answers of operations: what success looks like, and which errors are possible.
///
/// ```ignore
/// answers! {
///     /// Answers of `search`.
///     SearchAnswer {
///         200 "One page of hits." => Page(Answer<SearchResults>),
///     } or BadRequest, NotFound
/// }
/// ```
///
/// It makes an ordinary `#[derive(ApiResponse)]` enum; the errors named after `or` are spelt out as
/// documented variants, and every operation may answer 414, 429, 431, 500 and 503 besides. Handlers answer
/// `Result<SearchAnswer, ApiError>`; an error becomes its error_handling in `http::error_handling`.
macro_rules! answers {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($success:tt)* } or $($error:ident),+
    )+) => {$(
        answers!(@success [$(#[$doc])* $name] [$($error)+] [] $($success)*);
    )+};

    (@success $head:tt $errors:tt [$($done:tt)*]
        $status:tt $doc:tt => $variant:ident $(($($field:tt)*))?, $($rest:tt)*
    ) => {
        answers!(@success $head $errors [
            $($done)*
            #[doc = $doc] #[oai(status = $status)] $variant $(($($field)*))?,
        ] $($rest)*);
    };
    (@success $head:tt [$($error:ident)+] $done:tt) => {
        answers!(@error $head $done $($error)+ AddressTooLong LimitExceeded HeadersTooLarge Internal Unavailable);
    };

    (@error $head:tt [$($done:tt)*] NotModified $($rest:ident)*) => {
        answers!(@error $head [
            $($done)*
            /// It is what the entity tag in `If-None-Match` stands for.
            #[oai(status = 304)]
            NotModified,
        ] $($rest)*);
    };
    (@error $head:tt $done:tt BadRequest $($rest:ident)*) => {
        answers!(@add $head $done 400 BadRequest "The request is malformed: `field` names the parameter or field at fault.", $($rest)*);
    };
    (@error $head:tt $done:tt Unauthorized $($rest:ident)*) => {
        answers!(@add $head $done 401 Unauthorized "No admin key, or a wrong one.", $($rest)*);
    };
    (@error $head:tt $done:tt NotFound $($rest:ident)*) => {
        answers!(@add $head $done 404 NotFound "There is no such thing, or no marketplace answers to this host or key.", $($rest)*);
    };
    (@error $head:tt $done:tt Conflict $($rest:ident)*) => {
        answers!(@add $head $done 409 Conflict "The change contradicts what is stored, such as a slug that is taken or something still in use.", $($rest)*);
    };
    (@error $head:tt $done:tt PreconditionFailed $($rest:ident)*) => {
        answers!(@add $head $done 412 PreconditionFailed "It has changed since it was read: `If-Match` names another state.", $($rest)*);
    };
    (@error $head:tt $done:tt RequestTimeout $($rest:ident)*) => {
        answers!(@add $head $done 408 RequestTimeout "The body took too long to arrive.", $($rest)*);
    };
    (@error $head:tt $done:tt AddressTooLong $($rest:ident)*) => {
        answers!(@add $head $done 414 AddressTooLong "The address is too long.", $($rest)*);
    };
    (@error $head:tt $done:tt HeadersTooLarge $($rest:ident)*) => {
        answers!(@add $head $done 431 HeadersTooLarge "The headers are too large.", $($rest)*);
    };
    (@error $head:tt [$($done:tt)*] LimitExceeded $($rest:ident)*) => {
        answers!(@error $head [
            $($done)*
            /// The client has asked for as much as it may for now; come back after `Retry-After` seconds.
            #[oai(status = 429)]
            LimitExceeded(
                $crate::api::Answer<$crate::api::ErrorBody>,
                /// Seconds after which asking again makes sense.
                #[oai(header = "Retry-After")] u32,
                /// The quota, such as `"default";q=100;w=60`.
                #[oai(header = "RateLimit-Policy")] String,
                /// What is left of it, such as `"default";r=0;t=60`.
                #[oai(header = "RateLimit")] String,
            ),
        ] $($rest)*);
    };
    (@error $head:tt $done:tt TooLarge $($rest:ident)*) => {
        answers!(@add $head $done 413 TooLarge "The body is too large.", $($rest)*);
    };
    (@error $head:tt $done:tt UnsupportedMediaType $($rest:ident)*) => {
        answers!(@add $head $done 415 UnsupportedMediaType "The body is not `application/json`.", $($rest)*);
    };
    (@error $head:tt $done:tt InvalidField $($rest:ident)*) => {
        answers!(@add $head $done 422 InvalidField "The body has the right shape, but the value of `field` cannot be taken.", $($rest)*);
    };
    (@error $head:tt $done:tt PreconditionRequired $($rest:ident)*) => {
        answers!(@add $head $done 428 PreconditionRequired "A change needs `If-Match`.", $($rest)*);
    };
    (@error $head:tt $done:tt Internal $($rest:ident)*) => {
        answers!(@add $head $done 500 Internal "A defect on our side; `request_id` helps to find it.", $($rest)*);
    };
    (@error $head:tt [$($done:tt)*] Unavailable $($rest:ident)*) => {
        answers!(@error $head [
            $($done)*
            /// It took too long, there is no room, or a part that is needed is away; come back after `Retry-After` seconds.
            #[oai(status = 503)]
            Unavailable(
                $crate::api::Answer<$crate::api::ErrorBody>,
                /// Seconds after which trying again makes sense.
                #[oai(header = "Retry-After")] u32,
            ),
        ] $($rest)*);
    };
    (@add $head:tt [$($done:tt)*] $status:tt $variant:ident $doc:tt, $($rest:ident)*) => {
        answers!(@error $head [
            $($done)*
            #[doc = $doc] #[oai(status = $status)] $variant($crate::api::Answer<$crate::api::ErrorBody>),
        ] $($rest)*);
    };
    (@error [$(#[$doc:meta])* $name:ident] [$($variants:tt)*]) => {
        $(#[$doc])*
        // An answer is made and written at once: boxing the larger ones would only add an allocation.
        #[allow(clippy::large_enum_variant)]
        #[derive(poem_openapi::ApiResponse)]
        pub enum $name { $($variants)* }
    };
}

pub(crate) use answers;
