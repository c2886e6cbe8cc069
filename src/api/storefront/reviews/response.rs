//! Reviews on the wire.

use poem_openapi::Object;
use serde::Serialize;
use souk_domain::{Cursor, PageRequest, ProductId, SortKey};
use souk_store::{ReviewOrder, ReviewRecord};

use crate::api::views::{PageView, Timestamp};

/// Page of a product's reviews.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct ProductReviews {
    /// Summary of all reviews of the product.
    pub summary: ReviewSummary,
    /// The reviews, in order.
    pub reviews: Vec<ReviewView>,
    /// Position of this page.
    pub page: PageView,
    /// Send it as `cursor` for the next page; absent after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Summary of a product's reviews.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct ReviewSummary {
    /// Number of reviews.
    pub count: u64,
    /// Mean rating from 1 to 5, to two decimals; absent without reviews.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// Number of reviews for each rating, from 5 to 1.
    pub stars: Vec<StarCount>,
}

/// Number of reviews with a rating.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
pub struct StarCount {
    /// Rating, 1 to 5.
    pub stars: u8,
    /// Number of reviews.
    pub count: u64,
}

/// A review as shoppers see it.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Review", skip_serializing_if_is_none)]
pub struct ReviewView {
    /// The review.
    pub id: i64,
    /// Author's display name.
    pub author: String,
    /// 1 to 5.
    pub rating: i64,
    /// Heading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Plain text; may be empty.
    pub body: String,
    /// Time of the review.
    pub created_at: Timestamp,
    /// True if the author has bought the product here.
    pub verified: bool,
    /// Number of shoppers who found it helpful.
    pub helpful: i64,
    /// Time of the author's last edit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Timestamp>,
    /// Answer of the seller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<ReviewAnswerView>,
}

/// Answer of the seller to a review.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "ReviewAnswer")]
pub struct ReviewAnswerView {
    /// Plain text.
    pub text: String,
    /// Time of the answer.
    pub answered_at: Timestamp,
}

impl ReviewAnswerView {
    /// Returns the answer to a review, if it has one.
    pub fn of(record: &ReviewRecord) -> Option<Self> {
        Some(Self {
            text: record.answer.clone()?,
            answered_at: Timestamp::from_ms(record.answered_at_ms?),
        })
    }
}

impl ProductReviews {
    /// A page of reviews in an order, of which so many have one to five stars.
    pub fn new(
        records: Vec<ReviewRecord>,
        order: ReviewOrder,
        page: &PageRequest,
        stars: [u64; 5],
    ) -> Self {
        let is_full = records.len() >= page.limit as usize;
        let last = records.last().filter(|_| is_full);
        let next = last.map(|review| Cursor {
            key: SortKey::Integer(order.key(review)),
            id: ProductId(review.id),
        });
        Self {
            next_cursor: next.map(|cursor| cursor.to_string()),
            summary: ReviewSummary::new(stars),
            reviews: records.into_iter().map(ReviewView::from).collect(),
            page: page.into(),
        }
    }
}

impl ReviewSummary {
    fn new(stars: [u64; 5]) -> Self {
        let count: u64 = stars.iter().sum();
        let rated = (1_u64..).zip(stars);
        let sum: u64 = rated.map(|(stars, count)| stars * count).sum();
        let mean = (count > 0).then(|| (sum as f64 * 100.0 / count as f64).round() / 100.0);
        let counts = (1_u8..).zip(stars);
        let mut stars: Vec<_> = counts
            .map(|(stars, count)| StarCount { stars, count })
            .collect();
        stars.reverse();
        Self { count, mean, stars }
    }
}

impl From<ReviewRecord> for ReviewView {
    fn from(record: ReviewRecord) -> Self {
        Self {
            answer: ReviewAnswerView::of(&record),
            id: record.id,
            author: record.author,
            rating: record.rating,
            title: record.title,
            body: record.body,
            created_at: Timestamp::from_ms(record.created_at_ms),
            verified: record.is_verified,
            helpful: record.helpful,
            edited_at: record.edited_at_ms.map(Timestamp::from_ms),
        }
    }
}
