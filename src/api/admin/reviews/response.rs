//! Reviews as admins see them.

use poem_openapi::Object;
use serde::Serialize;
use souk_store::ReviewRecord;

use crate::api::{
    admin::next_id, reviews::ReviewStatusName, storefront::reviews::response::ReviewAnswerView,
    views::Timestamp,
};

/// A review as admins see it.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct AdminReview {
    /// The review.
    pub id: i64,
    /// The product it is about.
    pub product_id: i64,
    /// Author.
    pub author: String,
    /// 1 to 5.
    pub rating: i64,
    /// Title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Plain text.
    pub body: String,
    /// Time of the review.
    pub created_at: Timestamp,
    /// State. Shoppers see published ones alone.
    pub status: ReviewStatusName,
    /// Reason for which it was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// True if the author has bought the product here.
    pub verified: bool,
    /// Account of the author; absent if staff added it, or the account is erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<i64>,
    /// Order that proves the purchase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<i64>,
    /// Number of shoppers who found it helpful.
    pub helpful: i64,
    /// Time of the author's last edit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Timestamp>,
    /// Answer of the seller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<ReviewAnswerView>,
}

/// A page of reviews.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct AdminReviews {
    /// The reviews, newest first.
    pub reviews: Vec<AdminReview>,
    /// Give it as `before` for the next page; absent after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_before: Option<i64>,
}

impl AdminReviews {
    /// A page of at most `limit`.
    pub fn new(records: Vec<ReviewRecord>, limit: u32) -> Self {
        let reviews: Vec<AdminReview> = records.into_iter().map(AdminReview::from).collect();
        Self {
            next_before: next_id(&reviews, limit, |review| review.id),
            reviews,
        }
    }
}

impl From<ReviewRecord> for AdminReview {
    fn from(record: ReviewRecord) -> Self {
        Self {
            answer: ReviewAnswerView::of(&record),
            id: record.id,
            product_id: record.product_id,
            author: record.author,
            rating: record.rating,
            title: record.title,
            body: record.body,
            created_at: Timestamp::from_ms(record.created_at_ms),
            status: record.status.into(),
            reason: record.reason,
            verified: record.is_verified,
            account: record.account.map(|account| account.0),
            order: record.order_id,
            helpful: record.helpful,
            edited_at: record.edited_at_ms.map(Timestamp::from_ms),
        }
    }
}
