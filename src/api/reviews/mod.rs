//! Reviews that are one's own, and votes. Those of a product are read and written in `storefront/reviews`.

mod own;
pub mod request;
pub mod response;
mod votes;

use souk_domain::SellerId;
use souk_store::LiveSession;

pub use response::{OwnReview, ReviewStatusName};

/// Operations of customers on reviews.
pub type Api = (own::OwnReviewsApi, votes::ReviewVotesApi);

/// Most bytes of a body: a review of 5,000 characters.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

pub(super) fn api() -> Api {
    (own::OwnReviewsApi, votes::ReviewVotesApi)
}

/// Returns the sellers whose people an account is of.
pub(crate) fn sellers_of(live: &LiveSession) -> Vec<SellerId> {
    let memberships = live.memberships.iter();
    memberships
        .filter_map(|membership| membership.seller)
        .collect()
}
