//! The answers of every operation, as one documented enum each.

use poem_openapi::{
    ApiResponse,
    registry::{MetaResponses, Registry},
};

use crate::error::ApiError;

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
///         200 "One page of hits." => Page(JsonResponse<SearchResults>),
///     } or BadRequest, NotFound
/// }
/// ```
///
/// It makes an ordinary `#[derive(ApiResponse)]` enum; the errors named after `or` are spelt out as
/// documented variants, and every operation may answer 403, 414, 429, 431, 500 and 503 besides. Handlers answer
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
        answers!(@error $head $done $($error)+ Forbidden AddressTooLong LimitExceeded HeadersTooLarge Internal Unavailable);
    };

    (@error $head:tt [$($done:tt)*] NotModified $($rest:ident)*) => {
        answers!(@error $head [
            $($done)*
            /// It is what the entity tag in `If-None-Match` stands for.
            #[oai(status = 304)]
            NotModified,
        ] $($rest)*);
    };
    (@error $head:tt [$($done:tt)*] Moved $($rest:ident)*) => {
        answers!(@error $head [
            $($done)*
            /// The slug is a former one: `Location` has the present one.
            #[oai(status = 301)]
            Moved(
                $crate::http::JsonResponse<$crate::http::MovedBody>,
                /// Address with the present slug.
                #[oai(header = "Location")] String,
            ),
        ] $($rest)*);
    };
    (@error $head:tt $done:tt BadRequest $($rest:ident)*) => {
        answers!(@add $head $done 400 BadRequest "The request is malformed: `field` names the parameter or field at fault.", $($rest)*);
    };
    (@error $head:tt $done:tt Unauthorized $($rest:ident)*) => {
        answers!(@add $head $done 401 Unauthorized "No key where one is needed, or one that is wrong, expired or revoked, or an `X-Api-Key` that is no marketplace's.", $($rest)*);
    };
    (@error $head:tt $done:tt Forbidden $($rest:ident)*) => {
        answers!(@add $head $done 403 Forbidden "The key lacks the permission that the operation needs, or is of another marketplace than the host.", $($rest)*);
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
            /// Rate limit exceeded; retry after `Retry-After` seconds.
            #[oai(status = 429)]
            LimitExceeded(
                $crate::http::JsonResponse<$crate::http::ErrorBody>,
                /// Seconds until a retry may succeed.
                #[oai(header = "Retry-After")] u32,
                /// The quota, such as `"default";q=100;w=60`.
                #[oai(header = "RateLimit-Policy")] String,
                /// Remaining quota, such as `"default";r=0;t=60`.
                #[oai(header = "RateLimit")] String,
            ),
        ] $($rest)*);
    };
    (@error $head:tt $done:tt TooLarge $($rest:ident)*) => {
        answers!(@add $head $done 413 TooLarge "The body is too large.", $($rest)*);
    };
    (@error $head:tt $done:tt UnsupportedMediaType $($rest:ident)*) => {
        answers!(@add $head $done 415 UnsupportedMediaType "The body is not `application/json`, or packed in another way than gzip.", $($rest)*);
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
    (@error $head:tt $done:tt StorageFull $($rest:ident)*) => {
        answers!(@add $head $done 507 StorageFull "There is no room on the disk.", $($rest)*);
    };
    (@error $head:tt [$($done:tt)*] Unavailable $($rest:ident)*) => {
        answers!(@error $head [
            $($done)*
            /// Timeout, overload, or an unavailable dependency; retry after `Retry-After` seconds.
            #[oai(status = 503)]
            Unavailable(
                $crate::http::JsonResponse<$crate::http::ErrorBody>,
                /// Seconds until a retry may succeed.
                #[oai(header = "Retry-After")] u32,
            ),
        ] $($rest)*);
    };
    (@add $head:tt [$($done:tt)*] $status:tt $variant:ident $doc:tt, $($rest:ident)*) => {
        answers!(@error $head [
            $($done)*
            #[doc = $doc] #[oai(status = $status)] $variant($crate::http::JsonResponse<$crate::http::ErrorBody>),
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
