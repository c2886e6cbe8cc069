//! Reviews by those who write them.

use std::collections::HashSet;

use sea_orm::FromQueryResult;
use souk_domain::{
    AccountId, OrderId, ProductId, ReviewId, SellerId,
    reviews::{REVIEWS_PER_DAY, ReviewChanges, ReviewDraft, ReviewRefusal, ReviewStatus, Reviewer},
};

use super::{
    Reviews, purchases,
    record::{self, COLUMNS, ReviewRecord},
    telling::{ReviewEvent, tell},
};
use crate::{
    StoreError, Transaction,
    backend::{IdRow, all, execute, first},
};

/// Most products that are named as waiting for a review.
const WAITING: usize = 50;
/// Most lines of orders that are looked at for them.
const WAITING_LINES: i64 = 500;

/// Somebody who writes reviews.
#[derive(Debug, Clone, Copy)]
pub struct ReviewAuthor<'a> {
    /// Account.
    pub account: AccountId,
    /// Display name of the account; may be empty.
    pub name: &'a str,
    /// Sellers whose people the account is of.
    pub sellers: &'a [SellerId],
}

/// Product that an account has bought and not reviewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingReview {
    /// Product.
    pub product: ProductId,
    /// Slug of the product.
    pub slug: String,
    /// Title of the product.
    pub title: String,
    /// Order of the purchase.
    pub order_id: i64,
    /// Time of the purchase, in milliseconds since 1970 UTC.
    pub placed_at_ms: i64,
}

#[derive(FromQueryResult)]
struct ProductRow {
    id: i64,
    seller_id: i64,
}

#[derive(FromQueryResult)]
struct TimeRow {
    at: i64,
}

#[derive(FromQueryResult)]
struct WaitingRow {
    order_id: i64,
    seller_id: i64,
    line_id: i64,
    facts: String,
    product_id: i64,
    slug: String,
    title: String,
    product_seller_id: i64,
    placed_at: i64,
}

/// Review of a product by an account: `$1` tenant, `$2` account, `$3` product.
pub(crate) const OF_AUTHOR: &str =
    "SELECT id FROM reviews WHERE tenant_id = $1 AND account_id = $2 AND product_id = $3";
/// Times of the newest reviews by an account: `$1` tenant, `$2` account, `$3` limit.
pub(crate) const TIMES: &str = "SELECT created_at AS at FROM reviews
     WHERE tenant_id = $1 AND account_id = $2 ORDER BY created_at DESC LIMIT $3";
/// Lines of products that an account bought, has not reviewed, and can still look at: `$1` tenant, `$2` account, `$3` limit.
pub(crate) const WAITING_SQL: &str =
    "SELECT o.id AS order_id, o.seller_id, l.id AS line_id, o.facts, p.id AS product_id, p.slug, p.title,
            p.seller_id AS product_seller_id, g.placed_at
     FROM order_groups g CROSS JOIN orders o CROSS JOIN order_lines l CROSS JOIN products p
     WHERE g.tenant_id = $1 AND g.account_id = $2 AND g.placed_at IS NOT NULL AND o.group_id = g.id
       AND l.order_id = o.id AND p.id = l.product_id AND p.tenant_id = $1 AND p.status = 'active'
       AND NOT EXISTS (SELECT 1 FROM reviews r
                       WHERE r.tenant_id = $1 AND r.account_id = $2 AND r.product_id = l.product_id)
     ORDER BY g.id DESC, l.id LIMIT $3";

/// Reviews by an account, newest first: `$1` tenant, `$2` account, `$3` where the page before ended, `$4` limit.
pub(crate) fn own_sql() -> String {
    format!(
        "SELECT {COLUMNS} FROM reviews
         WHERE tenant_id = $1 AND account_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4"
    )
}

impl Reviews {
    /// Writes a review of a product by an account, or says why not.
    ///
    /// # Errors
    /// If a text is no good, there is no such product or account, or the database fails.
    pub async fn write(
        &self,
        author: ReviewAuthor<'_>,
        product: ProductId,
        draft: ReviewDraft,
        now_ms: i64,
    ) -> Result<Result<ReviewRecord, ReviewRefusal>, StoreError> {
        let text = draft.check(author.name)?;
        let backend = self.scope.store.backend();
        let transaction = self.scope.store.begin().await?;
        self.lock_account(&transaction, author.account).await?;
        let sql = "SELECT id, seller_id FROM products WHERE tenant_id = $1 AND id = $2";
        let values = [self.scope.tenant.0.into(), product.0.into()];
        let row = first::<ProductRow>(&transaction, backend.statement(sql, values)).await?;
        let row = row.ok_or(StoreError::NotFound("product"))?;
        let order = match self.allowed(&transaction, author, &row, now_ms).await? {
            Ok(order) => order,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let status = ReviewStatus::first(self.are_moderated_by(&transaction).await?);
        let sql = format!(
            "INSERT INTO reviews (tenant_id, product_id, author, rating, title, body, created_at, account_id, order_id,
                 is_verified, status)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10) RETURNING {COLUMNS}"
        );
        let values = [
            self.scope.tenant.0.into(),
            product.0.into(),
            text.name.into(),
            i64::from(text.rating).into(),
            text.title.into(),
            text.body.into(),
            now_ms.into(),
            author.account.0.into(),
            order.0.into(),
            status.as_str().into(),
        ];
        let record = record::find(&transaction, backend.statement(sql, values)).await?;
        let record = record.ok_or(StoreError::NotFound("product"))?;
        let facts: &[_] = match status {
            ReviewStatus::Published => &[ReviewEvent::Written, ReviewEvent::Published],
            _ => &[ReviewEvent::Written],
        };
        let by = (actor(author.account), now_ms);
        tell(&transaction, &self.scope, &record, facts, (&by.0, by.1)).await?;
        transaction.commit().await?;
        Ok(Ok(record))
    }

    /// Changes a review of one's own. It waits for staff again where reviews are moderated, or where it was rejected.
    ///
    /// # Errors
    /// If a text is no good, there is no such review of the account, or the database fails.
    pub async fn edit(
        &self,
        account: AccountId,
        id: ReviewId,
        changes: ReviewChanges,
        now_ms: i64,
    ) -> Result<ReviewRecord, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let before = self.lock_own(&transaction, account, id).await?;
        let text = before.text();
        let changed = text.clone().changed(changes)?;
        if changed == text {
            return Ok(before);
        }
        let is_moderated = self.are_moderated_by(&transaction).await?;
        let status = before.status.after_edit(is_moderated);
        let sql = "UPDATE reviews SET author = $3, rating = $4, title = $5, body = $6, status = $7, edited_at = $8,
                 reason = NULL
             WHERE tenant_id = $1 AND id = $2";
        let values = [
            self.scope.tenant.0.into(),
            id.0.into(),
            changed.name.into(),
            i64::from(changed.rating).into(),
            changed.title.into(),
            changed.body.into(),
            status.as_str().into(),
            now_ms.into(),
        ];
        let statement = self.scope.store.backend().statement(sql, values);
        execute(&transaction, statement).await?;
        let record = self.read(&transaction, id).await?;
        let by = actor(account);
        let facts = [ReviewEvent::Written];
        tell(&transaction, &self.scope, &record, &facts, (&by, now_ms)).await?;
        transaction.commit().await?;
        Ok(record)
    }

    /// Deletes a review of one's own.
    ///
    /// # Errors
    /// If there is no such review of the account, or the database fails.
    pub async fn remove(&self, account: AccountId, id: ReviewId) -> Result<(), StoreError> {
        let transaction = self.scope.store.begin().await?;
        let sql = "DELETE FROM reviews WHERE tenant_id = $1 AND id = $2 AND account_id = $3";
        let values = [self.scope.tenant.0.into(), id.0.into(), account.0.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        match execute(&transaction, statement).await? {
            0 => Err(StoreError::NotFound("review")),
            _ => Ok(transaction.commit().await?),
        }
    }

    /// Returns reviews by an account in any state, newest first, up to `limit` before an id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn of_account(
        &self,
        account: AccountId,
        before: Option<ReviewId>,
        limit: u32,
    ) -> Result<Vec<ReviewRecord>, StoreError> {
        let values = [
            self.scope.tenant.0.into(),
            account.0.into(),
            before.map_or(i64::MAX, |review| review.0).into(),
            i64::from(limit).into(),
        ];
        let statement = self.scope.store.backend().statement(own_sql(), values);
        record::list(self.scope.store.connection(), statement).await
    }

    /// Returns products that an account has bought and may review, the newest purchase first, at most 50.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn waiting_for(
        &self,
        account: AccountId,
        sellers: &[SellerId],
    ) -> Result<Vec<WaitingReview>, StoreError> {
        let values = [
            self.scope.tenant.0.into(),
            account.0.into(),
            WAITING_LINES.into(),
        ];
        let statement = self.scope.store.backend().statement(WAITING_SQL, values);
        let rows = all::<WaitingRow>(self.scope.store.connection(), statement).await?;
        let mut seen = HashSet::new();
        let mut waiting = Vec::new();
        for row in rows {
            let purchase =
                purchases::purchase(row.order_id, row.seller_id, row.line_id, &row.facts)?;
            let reviewer = Reviewer {
                purchases: &[purchase],
                sellers,
                product_seller: SellerId(row.product_seller_id),
                has_reviewed: false,
                written_at_ms: &[],
            };
            if waiting.len() == WAITING
                || reviewer.may_write(row.placed_at).is_err()
                || !seen.insert(row.product_id)
            {
                continue;
            }
            waiting.push(WaitingReview {
                product: ProductId(row.product_id),
                slug: row.slug,
                title: row.title,
                order_id: row.order_id,
                placed_at_ms: row.placed_at,
            });
        }
        Ok(waiting)
    }

    /// Decides whether an account may review a product now.
    async fn allowed(
        &self,
        transaction: &Transaction,
        author: ReviewAuthor<'_>,
        product: &ProductRow,
        now_ms: i64,
    ) -> Result<Result<OrderId, ReviewRefusal>, StoreError> {
        let backend = self.scope.store.backend();
        let (tenant, account) = (self.scope.tenant.0, author.account);
        let purchases =
            purchases::of_product(transaction, &self.scope, account, ProductId(product.id)).await?;
        let values = [tenant.into(), account.0.into(), product.id.into()];
        let written = first::<IdRow>(transaction, backend.statement(OF_AUTHOR, values)).await?;
        let most = i64::try_from(REVIEWS_PER_DAY).unwrap_or(i64::MAX);
        let values = [tenant.into(), account.0.into(), most.into()];
        let times = all::<TimeRow>(transaction, backend.statement(TIMES, values)).await?;
        let times: Vec<i64> = times.into_iter().map(|row| row.at).collect();
        let reviewer = Reviewer {
            purchases: &purchases,
            sellers: author.sellers,
            product_seller: SellerId(product.seller_id),
            has_reviewed: written.is_some(),
            written_at_ms: &times,
        };
        Ok(reviewer.may_write(now_ms))
    }

    async fn lock_own(
        &self,
        transaction: &Transaction,
        account: AccountId,
        id: ReviewId,
    ) -> Result<ReviewRecord, StoreError> {
        let record = self.lock(transaction, id).await?;
        match record.account == Some(account) {
            true => Ok(record),
            false => Err(StoreError::NotFound("review")),
        }
    }
}

fn actor(account: AccountId) -> String {
    format!("account:{account}")
}
