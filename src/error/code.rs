//! Stable error codes of the API.

use poem_openapi::Enum;
use serde::Serialize;

/// Stable error code.
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
    /// 401: no key, or one that is wrong, expired or revoked.
    Unauthorized,
    /// 401: nobody is signed in, or the session is over.
    SignInRequired,
    /// 401: mail address or password is wrong.
    WrongCredentials,
    /// 403: a page of another site sent the request with a cookie.
    CrossSite,
    /// 403: people of staff have to prove a second factor first.
    SecondFactorRequired,
    /// 403: a second factor has to be proven first.
    StepUpRequired,
    /// 403: the sender lacks the permission that the operation needs.
    Forbidden,
    /// 401: no tenant has this key, or it was revoked or has expired.
    InvalidApiKey,
    /// 403: the key is another tenant's than the host.
    ForeignApiKey,
    /// 401: the search key is malformed, or its signature wrong, or its API key not in force.
    InvalidSearchKey,
    /// 401: the search key has expired.
    SearchKeyExpired,
    /// 403: the search key is not for this address or origin.
    SearchKeyRefused,
    /// 404: no tenant has this host, and none is the default.
    UnknownMarketplace,
    /// 404: the resource does not exist.
    NotFound,
    /// 404: no operation has this path.
    RouteNotFound,
    /// 405: not with this method.
    MethodNotAllowed,
    /// 408: the body took too long to arrive.
    RequestTimeout,
    /// 409: the change contradicts what is stored.
    Conflict,
    /// 409: there is nothing to buy in the cart.
    CartEmpty,
    /// 409: the cart has changed since the shopper saw it.
    CartChanged,
    /// 409: the total is another than the shopper was shown.
    TotalChanged,
    /// 409: there are fewer units than are wanted.
    OutOfStock,
    /// 409: a promotion has been used as often as it may be.
    PromotionUsedUp,
    /// 409: the state of the order does not allow the step.
    StepRefused,
    /// 409: the purchase is over.
    CheckoutEnded,
    /// 409: the payment is done already.
    AlreadyPaid,
    /// 409: the account has applied with as many sellers as it may.
    TooManyApplications,
    /// 409: the seller has not handed in all that the checklist asks for.
    ChecklistIncomplete,
    /// 409: the seller has no bank account for payouts.
    PayoutAccountMissing,
    /// 409: no such amount can be paid out.
    NotPayable,
    /// 403: only who bought the product reviews it.
    NotBought,
    /// 403: nobody reviews what they sell, or votes for their own review.
    OwnGoods,
    /// 409: there is a review of the product by this account.
    AlreadyReviewed,
    /// 412: it has changed since it was read.
    PreconditionFailed,
    /// 413: the body is too large.
    TooLarge,
    /// 414: the URL is too long.
    AddressTooLong,
    /// 415: the body is not JSON.
    UnsupportedMediaType,
    /// 422: the body has the right shape, but a value cannot be taken.
    InvalidField,
    /// 422: the link of a mail is not valid any more.
    InvalidLink,
    /// 422: the first step of a sign-in is not valid any more.
    InvalidChallenge,
    /// 428: a change without `If-Match`.
    PreconditionRequired,
    /// 429: the rate limit is exceeded.
    LimitExceeded,
    /// 431: the headers are too large.
    HeadersTooLarge,
    /// 503: it took too long.
    TimedOut,
    /// 503: there are too many searches at the moment.
    Overloaded,
    /// 503: a dependency is unavailable.
    Unavailable,
    /// 507: the disk is full.
    StorageFull,
    /// 500: a defect on our side.
    Internal,
}
