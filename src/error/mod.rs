//! Every way a request can fail, and the one place that says what that means in HTTP.

mod code;
mod reviews;
mod selling;

use std::{borrow::Cow, error::Error as StdError, sync::Arc};

use poem::{
    error::{MethodNotAllowedError, NotFoundError, ReadBodyError, ResponseError},
    http::StatusCode,
};
use poem_openapi::error::{
    AuthorizationError, ContentTypeError, ParseParamError, ParsePathError, ParseRequestPayloadError,
};
use souk_accounts::AccountError;
use souk_cache::LoadFailure;
use souk_commerce::CommerceError;
use souk_domain::{InvalidField, reviews::ReviewRefusal};
use souk_identity::{Permission, SellerPermission};
use souk_search::{IndexError, SearchError};
use souk_search_service::{EditError, GatewayError, ResolveError};
use souk_store::StoreError;

pub use self::code::ErrorCode;
use crate::{api_keys::KeyError, search_keys::SearchKeyFault, webhooks::WebhookError};

type Source = Box<dyn StdError + Send + Sync>;

/// `Retry-After` of a 503 response, in seconds.
const RETRY_AFTER_SECONDS: u32 = 2;
/// `Retry-After` of a client with too many live connections, in seconds.
pub const STREAM_RETRY_AFTER_SECONDS: u32 = 10;

/// Methods that an address takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllowedMethods {
    /// Those that the specification describes.
    OfSpecification,
    /// Those of an address beside the specification, as the `Allow` header lists them.
    These(&'static str),
}

impl AllowedMethods {
    /// Methods of an address that is read.
    pub const READ: Self = Self::These("GET, HEAD");
    /// Method of an address that takes a body.
    pub const POST: Self = Self::These("POST");
}

/// A request that was not answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// A parameter of the address is malformed or out of range.
    #[error(transparent)]
    Parameter(InvalidField),
    /// The address is not valid text.
    #[error("the address is not valid UTF-8 or holds a zero byte")]
    MalformedAddress,
    /// The body is not JSON of the documented shape.
    #[error(transparent)]
    MalformedBody(InvalidField),
    /// No key, or a wrong one.
    #[error(
        "send `Authorization: Bearer` with the admin key or an API key; one that is wrong, expired or revoked is none"
    )]
    Unauthorized,
    /// Nobody is signed in.
    #[error("sign in first; the session is over or there was none")]
    SignInRequired,
    /// A cookie was sent by another site's page.
    #[error(
        "a request with a cookie has to come from a page of this host, and its body be of a type that no form sends"
    )]
    CrossSite,
    /// An account refused it.
    #[error(transparent)]
    Account(AccountError),
    /// Selling refused it.
    #[error(transparent)]
    Commerce(CommerceError),
    /// A review or a vote is refused.
    #[error(transparent)]
    Review(ReviewRefusal),
    /// The sender lacks the permission of the operation.
    #[error("this needs the permission `{0}`")]
    Forbidden(Permission),
    /// The sender's role within the seller lacks the permission of the operation.
    #[error("this needs the permission `{}` within the seller", .0.name())]
    SellerForbidden(SellerPermission),
    /// A shopper's session asks for an operation of a seller's people.
    #[error(
        "sign in again: a session that began before the account had a seller's role is a shopper's"
    )]
    SellerSignInRequired,
    /// A second factor has to be proven in the session before roles of staff permit anything.
    #[error(
        "staff needs a second factor: set one up at POST /api/account/factors/totp, or prove it by POST /api/account/step-up"
    )]
    SecondFactorRequired,
    /// The sender would give permissions that they lack.
    #[error("nobody gives a key permissions that they lack themselves: {0}")]
    Ungrantable(String),
    /// The key is no tenant's, or not any more.
    #[error("this X-Api-Key is unknown, expired or revoked")]
    InvalidApiKey,
    /// The key is of another tenant than the host.
    #[error("this key is of another marketplace than this host")]
    ForeignApiKey,
    /// A search key is refused.
    #[error(transparent)]
    SearchKey(SearchKeyFault),
    /// The host is no tenant's, and no tenant is the default.
    #[error("no marketplace answers to this host; use its host name or its X-Api-Key")]
    UnknownMarketplace,
    /// Resource that does not exist.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Resource that has another slug now.
    #[error("it is `{0}` now")]
    Moved(Arc<str>),
    /// No operation has this address.
    #[error("nothing lives at this address; see /docs")]
    RouteNotFound,
    /// The address exists, but not with this method.
    #[error("this address does not take this method; see the Allow header")]
    MethodNotAllowed(AllowedMethods),
    /// The change contradicts what is stored.
    #[error(transparent)]
    Conflict(InvalidField),
    /// The resource has changed since the caller read it.
    #[error("it has changed since you read it; read it again and repeat your change")]
    PreconditionFailed,
    /// The body did not arrive in time.
    #[error("the body took too long to arrive")]
    RequestTimeout,
    /// The body is too large.
    #[error("the body has more than {0} bytes")]
    TooLarge(usize),
    /// The address is too long.
    #[error("the address has more than {0} bytes")]
    AddressTooLong(usize),
    /// The headers are too large.
    #[error("the headers have more than {0} bytes together")]
    HeadersTooLarge(usize),
    /// The body is of another media type.
    #[error("send the body as `Content-Type: application/json`")]
    UnsupportedMediaType,
    /// The body is packed in another way than gzip.
    #[error("send the body as it is or with `Content-Encoding: gzip`; no other encoding is taken")]
    UnsupportedContentEncoding,
    /// The body says that it is gzip, and is not.
    #[error("the body is not what `Content-Encoding: gzip` says")]
    BadGzip,
    /// The body has the right shape but cannot be taken.
    #[error(transparent)]
    Unprocessable(InvalidField),
    /// A change without `If-Match`.
    #[error(
        "send the ETag that you read as `If-Match`, or `If-Match: *` to overwrite whatever is there"
    )]
    PreconditionRequired,
    /// The client has asked for as much as it may for now, and may ask again after so many seconds.
    #[error("you have asked too often; ask again in {0} s")]
    LimitExceeded(u32),
    /// The client has as many live connections as it may have.
    #[error(
        "this address has {0} live connections, which is as many as it may have; close one first"
    )]
    TooManyStreams(usize),
    /// The process has as many live connections as it takes.
    #[error("there are too many live connections at the moment; try again soon")]
    NoStreamLeft,
    /// Request timeout.
    #[error("the request took too long")]
    TimedOut,
    /// More is asked than can be answered at the moment.
    #[error("there are too many searches at the moment; try again soon")]
    Overloaded,
    /// Something that is needed is away.
    #[error("a part that is needed to answer is away; try again soon")]
    Unavailable(#[source] Source),
    /// The disk is full.
    #[error("there is no room on the disk")]
    StorageFull(#[source] Source),
    /// Error shared with concurrent requests of the same cache key.
    #[error(transparent)]
    Shared(Arc<Self>),
    /// A defect on our side.
    #[error("something went wrong on our side; the request id helps to find it")]
    Internal(#[source] Source),
}

/// Error response of an [`ApiError`]: status, body and headers.
#[derive(Debug, PartialEq)]
pub struct Problem {
    /// The status.
    pub status: StatusCode,
    /// The stable code that programs go by.
    pub code: ErrorCode,
    /// The message that people read.
    pub message: String,
    /// The parameter or field at fault.
    pub field: Option<String>,
    /// Seconds until a retry may succeed.
    pub retry_after: Option<u32>,
}

impl ApiError {
    /// A defect on our side.
    pub fn internal(source: impl Into<Source>) -> Self {
        Self::Internal(source.into())
    }

    /// A parameter at fault.
    pub fn parameter(field: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::Parameter(InvalidField::new(field, message))
    }

    /// Returns status and code: the whole mapping to HTTP.
    fn meaning(&self) -> (StatusCode, ErrorCode) {
        match self {
            Self::Parameter(_) => (StatusCode::BAD_REQUEST, ErrorCode::InvalidParameter),
            Self::MalformedAddress => (StatusCode::BAD_REQUEST, ErrorCode::MalformedAddress),
            Self::MalformedBody(_) => (StatusCode::BAD_REQUEST, ErrorCode::MalformedBody),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, ErrorCode::Unauthorized),
            Self::SignInRequired => (StatusCode::UNAUTHORIZED, ErrorCode::SignInRequired),
            Self::CrossSite => (StatusCode::FORBIDDEN, ErrorCode::CrossSite),
            Self::Account(error) => account_meaning(error),
            Self::Commerce(error) => selling::meaning(error),
            Self::Review(refusal) => reviews::meaning(*refusal),
            Self::SecondFactorRequired => (StatusCode::FORBIDDEN, ErrorCode::SecondFactorRequired),
            Self::SellerSignInRequired => (StatusCode::UNAUTHORIZED, ErrorCode::SignInRequired),
            Self::Forbidden(_) | Self::SellerForbidden(_) | Self::Ungrantable(_) => {
                (StatusCode::FORBIDDEN, ErrorCode::Forbidden)
            }
            Self::InvalidApiKey => (StatusCode::UNAUTHORIZED, ErrorCode::InvalidApiKey),
            Self::ForeignApiKey => (StatusCode::FORBIDDEN, ErrorCode::ForeignApiKey),
            Self::SearchKey(fault) => search_key_meaning(fault),
            Self::UnknownMarketplace => (StatusCode::NOT_FOUND, ErrorCode::UnknownMarketplace),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, ErrorCode::NotFound),
            // Answered with a body of its own, see `http::moved`.
            Self::Moved(_) => (StatusCode::MOVED_PERMANENTLY, ErrorCode::NotFound),
            Self::RouteNotFound => (StatusCode::NOT_FOUND, ErrorCode::RouteNotFound),
            Self::MethodNotAllowed(_) => {
                (StatusCode::METHOD_NOT_ALLOWED, ErrorCode::MethodNotAllowed)
            }
            Self::Conflict(_) => (StatusCode::CONFLICT, ErrorCode::Conflict),
            Self::PreconditionFailed => (
                StatusCode::PRECONDITION_FAILED,
                ErrorCode::PreconditionFailed,
            ),
            Self::RequestTimeout => (StatusCode::REQUEST_TIMEOUT, ErrorCode::RequestTimeout),
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::TooLarge),
            Self::AddressTooLong(_) => (StatusCode::URI_TOO_LONG, ErrorCode::AddressTooLong),
            Self::HeadersTooLarge(_) => (
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                ErrorCode::HeadersTooLarge,
            ),
            Self::BadGzip => (StatusCode::BAD_REQUEST, ErrorCode::MalformedBody),
            Self::UnsupportedMediaType | Self::UnsupportedContentEncoding => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                ErrorCode::UnsupportedMediaType,
            ),
            Self::Unprocessable(_) => (StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::InvalidField),
            Self::PreconditionRequired => (
                StatusCode::PRECONDITION_REQUIRED,
                ErrorCode::PreconditionRequired,
            ),
            Self::LimitExceeded(_) | Self::TooManyStreams(_) => {
                (StatusCode::TOO_MANY_REQUESTS, ErrorCode::LimitExceeded)
            }
            Self::TimedOut => (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::TimedOut),
            Self::Overloaded | Self::NoStreamLeft => {
                (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Overloaded)
            }
            Self::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable),
            Self::StorageFull(_) => (StatusCode::INSUFFICIENT_STORAGE, ErrorCode::StorageFull),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal),
            Self::Shared(error) => error.meaning(),
        }
    }

    /// Returns the error response.
    pub fn problem(&self) -> Problem {
        if let Self::Shared(error) = self {
            return error.problem();
        }
        let (status, code) = self.meaning();
        let (message, field) = match self {
            Self::Parameter(invalid)
            | Self::MalformedBody(invalid)
            | Self::Conflict(invalid)
            | Self::Unprocessable(invalid) => {
                (invalid.message.clone(), Some(invalid.field.to_string()))
            }
            other => (other.to_string(), None),
        };
        Problem {
            status,
            code,
            message,
            field: field.filter(|field| !field.is_empty()),
            retry_after: match self {
                Self::TooManyStreams(_) => Some(STREAM_RETRY_AFTER_SECONDS),
                Self::LimitExceeded(seconds)
                | Self::Account(AccountError::Wait(seconds))
                | Self::Review(ReviewRefusal::TooMany(seconds)) => Some(*seconds),
                _ => (status == StatusCode::SERVICE_UNAVAILABLE).then_some(RETRY_AFTER_SECONDS),
            },
        }
    }

    /// Understands an error of the framework; `path_parameter` names the path's parameter of a number.
    pub fn from_framework(
        error: poem::Error,
        path_parameter: impl Fn(usize) -> Option<String>,
    ) -> Self {
        let error = match error.downcast::<Self>() {
            Ok(ours) => return ours,
            Err(error) => error,
        };
        if let Some(error) = error.downcast_ref::<ParseParamError>() {
            return Self::parameter(error.name, plain_reason(&error.reason));
        }
        if let Some(error) = error.downcast_ref::<ParsePathError>() {
            // The framework knows path parameters as param0, param1, ...
            let parameter = error
                .name
                .trim_start_matches("param")
                .parse()
                .ok()
                .and_then(path_parameter);
            let name = parameter.unwrap_or_else(|| error.name.to_owned());
            return Self::parameter(name, plain_reason(&error.reason));
        }
        if let Some(error) = error.downcast_ref::<ParseRequestPayloadError>() {
            return Self::MalformedBody(InvalidField::new("", plain_reason(&error.reason)));
        }
        if error.is::<ContentTypeError>() {
            return Self::UnsupportedMediaType;
        }
        if error.is::<AuthorizationError>() {
            return Self::Unauthorized;
        }
        if error.is::<NotFoundError>() {
            return Self::RouteNotFound;
        }
        if error.is::<MethodNotAllowedError>() {
            return Self::MethodNotAllowed(AllowedMethods::OfSpecification);
        }
        match error.downcast::<ReadBodyError>() {
            Ok(ReadBodyError::Io(_)) => {
                Self::MalformedBody(InvalidField::new("", "the body broke off"))
            }
            Ok(error) => Self::internal(error),
            Err(error) if error.status().is_client_error() => {
                Self::MalformedBody(InvalidField::new("", error.to_string()))
            }
            Err(error) => Self::internal(error.to_string()),
        }
    }
}

/// The framework wraps each reason in its own type names, which mean nothing to a caller.
fn plain_reason(reason: &str) -> &str {
    let reason = match reason.strip_prefix("failed to parse \"") {
        Some(rest) => rest.split_once("\": ").map_or(reason, |(_, inner)| inner),
        None => reason,
    };
    match reason.find(" (occurred while parsing ") {
        Some(end) => &reason[..end],
        None if reason.ends_with("expects an input value.") => "is required",
        None => reason,
    }
}

impl LoadFailure for ApiError {
    fn is_outage(&self) -> bool {
        match self {
            Self::Unavailable(_) => true,
            Self::Shared(error) => error.is_outage(),
            _ => false,
        }
    }
}

impl ResponseError for ApiError {
    fn status(&self) -> StatusCode {
        self.meaning().0
    }
}

/// Returns status and code of a refusal of a search key.
fn search_key_meaning(fault: &SearchKeyFault) -> (StatusCode, ErrorCode) {
    match fault {
        SearchKeyFault::Malformed
        | SearchKeyFault::ParentEnded
        | SearchKeyFault::WrongSignature
        | SearchKeyFault::Restrictions(_) => {
            (StatusCode::UNAUTHORIZED, ErrorCode::InvalidSearchKey)
        }
        SearchKeyFault::Expired => (StatusCode::UNAUTHORIZED, ErrorCode::SearchKeyExpired),
        SearchKeyFault::ParentLacksPermission
        | SearchKeyFault::ForeignOrigin
        | SearchKeyFault::Elsewhere => (StatusCode::FORBIDDEN, ErrorCode::SearchKeyRefused),
    }
}

/// Returns status and code of a refusal about an account.
fn account_meaning(error: &AccountError) -> (StatusCode, ErrorCode) {
    match error {
        AccountError::WrongCredentials => (StatusCode::UNAUTHORIZED, ErrorCode::WrongCredentials),
        AccountError::Wait(_) => (StatusCode::TOO_MANY_REQUESTS, ErrorCode::LimitExceeded),
        AccountError::InvalidLink => (StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::InvalidLink),
        AccountError::BeyondAuthority => (StatusCode::FORBIDDEN, ErrorCode::Forbidden),
        AccountError::Owned => (StatusCode::CONFLICT, ErrorCode::Conflict),
        AccountError::InvalidChallenge => (
            StatusCode::UNPROCESSABLE_ENTITY,
            ErrorCode::InvalidChallenge,
        ),
        AccountError::StepUpRequired => (StatusCode::FORBIDDEN, ErrorCode::StepUpRequired),
        AccountError::Busy => (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Overloaded),
        // The others are made errors of their own kind.
        _ => (StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal),
    }
}

impl From<AccountError> for ApiError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Invalid(invalid) => Self::Unprocessable(invalid),
            AccountError::WrongPassword => {
                Self::Unprocessable(InvalidField::new("password", error.to_string()))
            }
            AccountError::WrongCode(field) => {
                Self::Unprocessable(InvalidField::new(field, error.to_string()))
            }
            AccountError::FactorExists => Self::Conflict(InvalidField::new("", error.to_string())),
            AccountError::NotFound(what) => Self::NotFound(what),
            AccountError::Store(error) => error.into(),
            AccountError::Hash(error) => Self::internal(error),
            AccountError::Seed(error) => Self::internal(error),
            AccountError::QrCode(error) => Self::internal(error),
            refused => Self::Account(refused),
        }
    }
}

impl From<ResolveError> for ApiError {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::NoTenant => Self::UnknownMarketplace,
            ResolveError::InvalidKey => Self::InvalidApiKey,
            ResolveError::ForeignKey => Self::ForeignApiKey,
            ResolveError::OutdatedKeys => Self::Unavailable(Box::new(error)),
            ResolveError::Store(error) => error.into(),
        }
    }
}

impl From<SearchError> for ApiError {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::NotReady(_) | SearchError::Unavailable(_) => {
                Self::Unavailable(Box::new(error))
            }
            SearchError::Engine(_) => Self::internal(error),
        }
    }
}

impl From<GatewayError> for ApiError {
    fn from(error: GatewayError) -> Self {
        match error {
            GatewayError::Overloaded => Self::Overloaded,
            GatewayError::Search(error) => error.into(),
        }
    }
}

impl From<IndexError> for ApiError {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::Unavailable(_) => Self::Unavailable(Box::new(error)),
            error => Self::internal(error),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(what) => Self::NotFound(what),
            StoreError::Conflict { field, message } => {
                Self::Conflict(InvalidField::new(field, message))
            }
            StoreError::PreconditionFailed => Self::PreconditionFailed,
            StoreError::Invalid(invalid) => Self::Unprocessable(invalid),
            StoreError::Unavailable(_) => Self::Unavailable(Box::new(error)),
            error => Self::internal(error),
        }
    }
}

impl From<WebhookError> for ApiError {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::Invalid(invalid) => Self::Unprocessable(invalid),
            WebhookError::Store(error) => error.into(),
        }
    }
}

impl From<SearchKeyFault> for ApiError {
    fn from(fault: SearchKeyFault) -> Self {
        Self::SearchKey(fault)
    }
}

impl From<KeyError> for ApiError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Lacking(lacking) => Self::Ungrantable(lacking.names().join(", ")),
            KeyError::Store(error) => error.into(),
        }
    }
}

impl From<InvalidField> for ApiError {
    fn from(error: InvalidField) -> Self {
        Self::Parameter(error)
    }
}

impl From<EditError> for ApiError {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Invalid(invalid) => Self::Unprocessable(invalid),
            error => Self::internal(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem_of(error: impl Into<poem::Error>) -> Problem {
        ApiError::from_framework(error.into(), |index| (index == 0).then(|| "id".to_owned()))
            .problem()
    }

    #[test]
    fn the_frameworks_wrapping_is_taken_off() {
        let problem = problem_of(ParseParamError {
            name: "category",
            reason: "failed to parse \"slug\": is no slug (occurred while parsing \"list_slug\")"
                .into(),
        });
        assert_eq!(problem.message, "is no slug");
        assert_eq!(problem.field.as_deref(), Some("category"));
        assert_eq!(problem.status, StatusCode::BAD_REQUEST);
    }

    #[test]
    fn a_path_parameter_is_called_by_its_documented_name() {
        let problem = problem_of(ParsePathError {
            name: "param0",
            reason: "failed to parse \"id\": is no id".into(),
        });
        assert_eq!(problem.field.as_deref(), Some("id"));
    }

    #[test]
    fn nothing_of_the_inside_is_told() {
        let problem = problem_of(ApiError::internal("password=hunter2"));
        assert!(!format!("{problem:?}").contains("hunter2"));
        assert_eq!(problem.status, StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[test]
    fn key_that_cannot_be_checked_any_longer_is_unavailable() {
        let error = ApiError::from(ResolveError::OutdatedKeys);
        assert!(error.is_outage());
        assert_eq!(error.problem().status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(error.problem().code, ErrorCode::Unavailable);
    }

    #[test]
    fn rejection_for_load_has_retry_after() {
        let problem = problem_of(ApiError::TimedOut);
        assert_eq!(problem.retry_after, Some(RETRY_AFTER_SECONDS));
        let problem = problem_of(ApiError::LimitExceeded(7));
        assert_eq!(problem.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(problem.retry_after, Some(7));
    }
}
