//! Reviews by customers: their texts, their states, and who may write one.
//!
//! Rows and time are passed in: a decision is a function of what was bought, what was written, and when.

mod eligibility;
mod status;
#[cfg(test)]
mod tests;
mod text;

pub use eligibility::{REVIEWS_PER_DAY, ReviewRefusal, ReviewedPurchase, Reviewer};
pub use status::{ReviewStatus, UnknownReviewStatus};
pub use text::{
    MAX_REVIEW_CHARS, MAX_REVIEW_REASON_CHARS, MAX_REVIEW_TITLE_CHARS, MAX_REVIEWER_CHARS,
    ReviewChanges, ReviewDraft, ReviewText, UNNAMED_REVIEWER, checked_review_answer,
    checked_review_reason,
};
