//! Reviews on the wire.

use poem_openapi::Object;
use serde::Serialize;
use souk_domain::PageRequest;
use souk_store::ReviewRecord;

use crate::api::views::{PageView, Timestamp};

/// Page of a product's reviews.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
pub struct ProductReviews {
    /// Summary of all reviews of the product.
    pub summary: ReviewSummary,
    /// The reviews, in order.
    pub reviews: Vec<ReviewView>,
    /// Position of this page.
    pub page: PageView,
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
}

impl ProductReviews {
    /// A page of reviews, of which so many have one to five stars.
    pub fn new(records: Vec<ReviewRecord>, page: &PageRequest, stars: [u64; 5]) -> Self {
        Self {
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
            id: record.id,
            author: record.author,
            rating: record.rating,
            title: record.title,
            body: record.body,
            created_at: Timestamp::from_ms(record.created_at_ms),
        }
    }
}
