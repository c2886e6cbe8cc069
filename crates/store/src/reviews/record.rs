//! Reviews as they are stored.

use sea_orm::{ConnectionTrait, FromQueryResult, Statement};
use souk_domain::{
    AccountId,
    reviews::{ReviewStatus, ReviewText},
};

use crate::{StoreError, backend::all};

/// A review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRecord {
    /// Primary key.
    pub id: i64,
    /// The product it is about.
    pub product_id: i64,
    /// Author's display name.
    pub author: String,
    /// 1 to 5.
    pub rating: i64,
    /// Heading of the review.
    pub title: Option<String>,
    /// Plain text; may be empty.
    pub body: String,
    /// Creation time, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Account of the author; none if staff added it, or the account was erased.
    pub account: Option<AccountId>,
    /// Order that proves the purchase; none if there is none, or the account was erased.
    pub order_id: Option<i64>,
    /// True if the author has bought the product here.
    pub is_verified: bool,
    /// State.
    pub status: ReviewStatus,
    /// Reason for which it was rejected.
    pub reason: Option<String>,
    /// The seller's answer.
    pub answer: Option<String>,
    /// Time of the answer, in milliseconds since 1970 UTC.
    pub answered_at_ms: Option<i64>,
    /// Number of accounts that found it helpful.
    pub helpful: i64,
    /// Time of the author's last edit, in milliseconds since 1970 UTC.
    pub edited_at_ms: Option<i64>,
}

#[derive(FromQueryResult)]
struct ReviewRow {
    id: i64,
    product_id: i64,
    author: String,
    rating: i64,
    title: Option<String>,
    body: String,
    created_at: i64,
    account_id: Option<i64>,
    order_id: Option<i64>,
    is_verified: i64,
    status: String,
    reason: Option<String>,
    answer: Option<String>,
    answered_at: Option<i64>,
    helpful: i64,
    edited_at: Option<i64>,
}

/// Columns of a record.
pub(super) const COLUMNS: &str =
    "id, product_id, author, rating, title, body, created_at, account_id, order_id, is_verified,
        status, reason, answer, answered_at, helpful, edited_at";

/// Statement of a review: `$1` tenant, `$2` id.
pub(super) fn get_sql() -> String {
    format!("SELECT {COLUMNS} FROM reviews WHERE tenant_id = $1 AND id = $2")
}

/// Runs a statement that returns [`COLUMNS`].
pub(super) async fn list(
    connection: &impl ConnectionTrait,
    statement: Statement,
) -> Result<Vec<ReviewRecord>, StoreError> {
    let rows = all::<ReviewRow>(connection, statement).await?;
    Ok(rows.into_iter().map(ReviewRecord::from).collect())
}

/// Runs a statement that returns [`COLUMNS`], and returns the first row.
pub(super) async fn find(
    connection: &impl ConnectionTrait,
    statement: Statement,
) -> Result<Option<ReviewRecord>, StoreError> {
    Ok(list(connection, statement).await?.into_iter().next())
}

impl ReviewRecord {
    /// Returns its texts, with a rating that the database has checked.
    pub(super) fn text(&self) -> ReviewText {
        ReviewText {
            rating: u8::try_from(self.rating).unwrap_or(1),
            title: self.title.clone(),
            body: self.body.clone(),
            name: self.author.clone(),
        }
    }
}

impl From<ReviewRow> for ReviewRecord {
    fn from(row: ReviewRow) -> Self {
        Self {
            id: row.id,
            product_id: row.product_id,
            author: row.author,
            rating: row.rating,
            title: row.title,
            body: row.body,
            created_at_ms: row.created_at,
            account: row.account_id.map(AccountId),
            order_id: row.order_id,
            is_verified: row.is_verified == 1,
            // A state that a later version knows is shown to nobody here.
            status: row.status.parse().unwrap_or(ReviewStatus::Pending),
            reason: row.reason,
            answer: row.answer,
            answered_at_ms: row.answered_at,
            helpful: row.helpful,
            edited_at_ms: row.edited_at,
        }
    }
}
