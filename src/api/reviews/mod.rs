//! Reviews as customers write them, and votes for them. Shoppers read them in `storefront/reviews`.

mod own;
pub mod request;
pub mod response;
mod votes;
mod writing;

pub use response::{OwnReview, ReviewStatusName};

/// Operations of customers on reviews.
pub type Api = (
    writing::ReviewWritingApi,
    own::OwnReviewsApi,
    votes::ReviewVotesApi,
);

/// Most bytes of a body: a review of 5,000 characters.
const MAX_BYTES: usize = 64 * 1024;

pub(super) fn api() -> Api {
    (
        writing::ReviewWritingApi,
        own::OwnReviewsApi,
        votes::ReviewVotesApi,
    )
}
