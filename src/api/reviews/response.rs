//! Reviews as their authors see them.

use poem_openapi::{Enum, Object};
use serde::Serialize;
use souk_domain::reviews::ReviewStatus;
use souk_store::{ReviewRecord, WaitingReview};

use crate::api::{storefront::reviews::response::ReviewAnswerView, views::Timestamp};

/// State of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename = "ReviewStatus", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ReviewStatusName {
    /// Waits for the marketplace to decide.
    Pending,
    /// Shown to everybody.
    Published,
    /// Refused by the marketplace.
    Rejected,
}

/// A review of one's own.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct OwnReview {
    /// The review.
    pub id: i64,
    /// The product it is about.
    pub product_id: i64,
    /// Display name, which everybody sees.
    pub name: String,
    /// 1 to 5.
    pub rating: i64,
    /// Title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Plain text; may be empty.
    pub body: String,
    /// State. Shoppers see published ones alone.
    pub status: ReviewStatusName,
    /// Reason for which it was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// True if the product was bought here.
    pub verified: bool,
    /// Number of shoppers who found it helpful.
    pub helpful: i64,
    /// Time of the review.
    pub created_at: Timestamp,
    /// Time of the last edit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Timestamp>,
    /// Answer of the seller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<ReviewAnswerView>,
}

/// Product that was bought and waits for a review.
#[derive(Debug, Object, Serialize)]
pub struct ReviewableProduct {
    /// The product.
    pub product_id: i64,
    /// Slug of the product.
    pub slug: String,
    /// Title of the product.
    pub title: String,
    /// Order of the purchase.
    pub order: i64,
    /// Time of the purchase.
    pub bought_at: Timestamp,
}

/// Reviews of one's own, and what waits for one.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct OwnReviews {
    /// Reviews in any state, the newest first.
    pub reviews: Vec<OwnReview>,
    /// Products that were bought, sent and kept, and have no review, the newest purchase first; at most 50.
    pub waiting: Vec<ReviewableProduct>,
    /// Send it as `before` for the next page; absent after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_before: Option<i64>,
}

/// Vote for a review.
#[derive(Debug, Object, Serialize)]
pub struct ReviewVote {
    /// True if one found it helpful.
    pub voted: bool,
    /// Number of shoppers who found it helpful.
    pub helpful: i64,
}

impl From<ReviewStatus> for ReviewStatusName {
    fn from(status: ReviewStatus) -> Self {
        match status {
            ReviewStatus::Pending => Self::Pending,
            ReviewStatus::Published => Self::Published,
            ReviewStatus::Rejected => Self::Rejected,
        }
    }
}

impl From<ReviewRecord> for OwnReview {
    fn from(record: ReviewRecord) -> Self {
        Self {
            answer: ReviewAnswerView::of(&record),
            id: record.id,
            product_id: record.product_id,
            name: record.author,
            rating: record.rating,
            title: record.title,
            body: record.body,
            status: record.status.into(),
            reason: record.reason,
            verified: record.is_verified,
            helpful: record.helpful,
            created_at: Timestamp::from_ms(record.created_at_ms),
            edited_at: record.edited_at_ms.map(Timestamp::from_ms),
        }
    }
}

impl From<WaitingReview> for ReviewableProduct {
    fn from(waiting: WaitingReview) -> Self {
        Self {
            product_id: waiting.product.0,
            slug: waiting.slug,
            title: waiting.title,
            order: waiting.order_id,
            bought_at: Timestamp::from_ms(waiting.placed_at_ms),
        }
    }
}
