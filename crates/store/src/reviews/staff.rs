//! Reviews that staff adds, lists and deletes.

use serde::{Deserialize, Serialize};
use souk_domain::{InvalidField, ProductId, ReviewId};

use super::{
    Reviews,
    record::{self, COLUMNS, ReviewRecord},
};
use crate::{
    StoreError, backend::execute, catalogue::validation::checked_text, identity::audit::note,
};

const MAX_AUTHOR_CHARS: usize = 200;
const MAX_TITLE_CHARS: usize = 500;
const MAX_BODY_CHARS: usize = 20_000;

/// A review that was collected elsewhere.
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

/// Reviews of a product in any state, newest first: `$1` tenant, `$2` product, `$3` where the page before ended, `$4` limit.
pub(crate) fn list_sql() -> String {
    format!(
        "SELECT {COLUMNS} FROM reviews
         WHERE tenant_id = $1 AND product_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4"
    )
}

impl Reviews {
    /// Up to `limit` reviews of a product in any state, newest first, that are older than the one where the last page ended.
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
        let statement = self.scope.store.backend().statement(list_sql(), values);
        record::list(self.scope.store.connection(), statement).await
    }

    /// Adds one, which is published at once.
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
        let record = record::find(&transaction, statement).await?;
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
