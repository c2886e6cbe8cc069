//! Meaning of refusals of reviews in HTTP.

use poem::http::StatusCode;
use souk_domain::reviews::ReviewRefusal;

use super::ErrorCode;

/// Returns status and code of a refusal.
pub(super) fn meaning(refusal: ReviewRefusal) -> (StatusCode, ErrorCode) {
    match refusal {
        ReviewRefusal::NotBought => (StatusCode::FORBIDDEN, ErrorCode::NotBought),
        ReviewRefusal::OwnGoods | ReviewRefusal::OwnReview => {
            (StatusCode::FORBIDDEN, ErrorCode::OwnGoods)
        }
        ReviewRefusal::AlreadyReviewed => (StatusCode::CONFLICT, ErrorCode::AlreadyReviewed),
        ReviewRefusal::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, ErrorCode::LimitExceeded),
    }
}
