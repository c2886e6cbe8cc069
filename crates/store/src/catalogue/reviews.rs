//! Customers' reviews. Their ratings reach the product by trigger.

use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use souk_domain::{InvalidField, ProductId, ReviewId};

use super::validation::checked_text;
use crate::{
    Scope, StoreError,
    backend::{all, execute, first},
    identity::audit::note,
};

const MAX_AUTHOR_CHARS: usize = 200;
const MAX_TITLE_CHARS: usize = 500;
const MAX_BODY_CHARS: usize = 20_000;

/// A review as a customer gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewInput {
    /// Author's display name.
    pub author: String,
    /// 1 to 5.
    pub rating: u8,
    /// Heading of the review.
    #[serde(default)]
    pub title: Option<String>,
    /// Plain text; may be empty.
    #[serde(default)]
    pub body: String,
}

/// A review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
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
}

/// Order of reviews.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReviewOrder {
    /// Newest first.
    #[default]
    Newest,
    /// Highest ratings first, newest first among equal ones.
    Highest,
    /// Lowest ratings first, newest first among equal ones.
    Lowest,
}

impl ReviewOrder {
    fn columns(self) -> &'static str {
        match self {
            Self::Newest => "id DESC",
            Self::Highest => "rating DESC, id DESC",
            Self::Lowest => "rating, id DESC",
        }
    }
}

/// Number of reviews with a rating.
#[derive(Debug, FromQueryResult)]
struct StarsRow {
    rating: i64,
    count: i64,
}

/// The reviews of a tenant's products.
#[derive(Debug, Clone)]
pub struct Reviews {
    scope: Scope,
}

const COLUMNS: &str = "id, product_id, author, rating, title, body, created_at AS created_at_ms";

/// Newest first: `$3` is where the page before ended.
pub(crate) const LIST: &str =
    "SELECT id, product_id, author, rating, title, body, created_at AS created_at_ms FROM reviews
     WHERE tenant_id = $1 AND product_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4";

impl Scope {
    /// Reviews of the tenant's products.
    pub fn reviews(&self) -> Reviews {
        Reviews::new(self.clone())
    }
}

impl Reviews {
    pub(crate) fn new(scope: Scope) -> Self {
        Self { scope }
    }

    /// Up to `limit` reviews of a product, newest first, that are older than the one where the last page ended.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(
        &self,
        product: ProductId,
        before: Option<ReviewId>,
        limit: u32,
    ) -> Result<Vec<ReviewRecord>, StoreError> {
        let values = [
            self.scope.tenant.0.into(),
            product.0.into(),
            before.map_or(i64::MAX, |review| review.0).into(),
            i64::from(limit).into(),
        ];
        let statement = self.scope.store.backend().statement(LIST, values);
        all(self.scope.store.connection(), statement).await
    }

    /// Returns up to `limit` reviews of a product after the first `offset`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn page(
        &self,
        product: ProductId,
        order: ReviewOrder,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<ReviewRecord>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM reviews WHERE tenant_id = $1 AND product_id = $2
             ORDER BY {} LIMIT $3 OFFSET $4",
            order.columns()
        );
        let values = [
            self.scope.tenant.0.into(),
            product.0.into(),
            i64::from(limit).into(),
            i64::from(offset).into(),
        ];
        let statement = self.scope.store.backend().statement(sql, values);
        all(self.scope.store.connection(), statement).await
    }

    /// Returns the number of a product's reviews for each rating, from 1 to 5.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn stars(&self, product: ProductId) -> Result<[u64; 5], StoreError> {
        let sql = "SELECT CAST(rating AS bigint) AS rating, count(*) AS count FROM reviews
             WHERE tenant_id = $1 AND product_id = $2 GROUP BY rating";
        let values = [self.scope.tenant.0.into(), product.0.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        let rows: Vec<StarsRow> = all(self.scope.store.connection(), statement).await?;
        let mut stars = [0; 5];
        for row in rows {
            let place = usize::try_from(row.rating - 1).ok();
            if let Some(count) = place.and_then(|place| stars.get_mut(place)) {
                *count = row.count.unsigned_abs();
            }
        }
        Ok(stars)
    }

    /// Adds one.
    ///
    /// # Errors
    /// If the input is no good, or there is no such product.
    pub async fn create(
        &self,
        product: ProductId,
        input: ReviewInput,
    ) -> Result<ReviewRecord, StoreError> {
        let input = validated(input)?;
        // From the product's row and not from values, so that another tenant's product gets none.
        let sql = format!(
            "INSERT INTO reviews (tenant_id, product_id, author, rating, title, body)
             SELECT tenant_id, id, $3, $4, $5, $6 FROM products WHERE tenant_id = $1 AND id = $2
             RETURNING {COLUMNS}"
        );
        let values = [
            self.scope.tenant.0.into(),
            product.0.into(),
            input.author.into(),
            i64::from(input.rating).into(),
            input.title.into(),
            input.body.into(),
        ];
        let transaction = self.scope.store.begin().await?;
        let statement = self.scope.store.backend().statement(sql, values);
        let record: Option<ReviewRecord> = first(&transaction, statement).await?;
        let record = record.ok_or(StoreError::NotFound("product"))?;
        note::target(|| format!("reviews/{}", record.id));
        transaction.commit().await?;
        Ok(record)
    }

    /// Deletes one.
    ///
    /// # Errors
    /// If there is none.
    pub async fn delete(&self, id: ReviewId) -> Result<(), StoreError> {
        let values = [self.scope.tenant.0.into(), id.0.into()];
        let sql = "DELETE FROM reviews WHERE tenant_id = $1 AND id = $2";
        let transaction = self.scope.store.begin().await?;
        let statement = self.scope.store.backend().statement(sql, values);
        match execute(&transaction, statement).await? {
            0 => Err(StoreError::NotFound("review")),
            _ => Ok(transaction.commit().await?),
        }
    }
}

fn validated(mut input: ReviewInput) -> Result<ReviewInput, InvalidField> {
    input.author = input.author.trim().to_owned();
    if input.author.is_empty() {
        return Err(InvalidField::new("author", "is required"));
    }
    if !(1..=5).contains(&input.rating) {
        return Err(InvalidField::new("rating", "lies between 1 and 5"));
    }
    checked_text("author", &input.author, MAX_AUTHOR_CHARS)?;
    checked_text(
        "title",
        input.title.as_deref().unwrap_or(""),
        MAX_TITLE_CHARS,
    )?;
    checked_text("body", &input.body, MAX_BODY_CHARS)?;
    Ok(input)
}
