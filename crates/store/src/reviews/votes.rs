//! Votes for reviews that accounts found helpful, one by each account.

use souk_domain::{AccountId, ReviewId, reviews::ReviewRefusal, reviews::ReviewStatus};

use super::{Reviews, record::ReviewRecord};
use crate::{
    StoreError, Transaction,
    backend::{IdRow, all, execute},
};

/// Reviews that an account found helpful: `$1` tenant, `$2` account.
pub(crate) const OF_ACCOUNT: &str = "SELECT review_id AS id FROM review_votes
     WHERE tenant_id = $1 AND account_id = $2 ORDER BY review_id";

impl Reviews {
    /// Votes for a published review. A second vote changes nothing.
    ///
    /// # Errors
    /// If there is no such review that shoppers see, or the database fails.
    pub async fn vote(
        &self,
        account: AccountId,
        id: ReviewId,
        now_ms: i64,
    ) -> Result<Result<ReviewRecord, ReviewRefusal>, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let review = self.lock_to_vote(&transaction, account, id).await?;
        if review.account == Some(account) {
            return Ok(Err(ReviewRefusal::OwnReview));
        }
        let sql = "INSERT INTO review_votes (tenant_id, review_id, account_id, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (review_id, account_id) DO NOTHING";
        let values = [
            self.scope.tenant.0.into(),
            id.0.into(),
            account.0.into(),
            now_ms.into(),
        ];
        let statement = self.scope.store.backend().statement(sql, values);
        let added = execute(&transaction, statement).await?;
        let review = self.counted(&transaction, review, added, 1).await?;
        transaction.commit().await?;
        Ok(Ok(review))
    }

    /// Takes a vote back. Without one, nothing changes.
    ///
    /// # Errors
    /// If there is no such review that shoppers see, or the database fails.
    pub async fn take_vote(
        &self,
        account: AccountId,
        id: ReviewId,
    ) -> Result<ReviewRecord, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let review = self.lock_to_vote(&transaction, account, id).await?;
        let sql =
            "DELETE FROM review_votes WHERE tenant_id = $1 AND review_id = $2 AND account_id = $3";
        let values = [self.scope.tenant.0.into(), id.0.into(), account.0.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        let taken = execute(&transaction, statement).await?;
        let review = self.counted(&transaction, review, taken, -1).await?;
        transaction.commit().await?;
        Ok(review)
    }

    /// Returns the reviews that an account found helpful.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn voted_by(&self, account: AccountId) -> Result<Vec<ReviewId>, StoreError> {
        let values = [self.scope.tenant.0.into(), account.0.into()];
        let statement = self.scope.store.backend().statement(OF_ACCOUNT, values);
        let rows = all::<IdRow>(self.scope.store.connection(), statement).await?;
        Ok(rows.into_iter().map(|row| ReviewId(row.id)).collect())
    }

    async fn lock_to_vote(
        &self,
        transaction: &Transaction,
        account: AccountId,
        id: ReviewId,
    ) -> Result<ReviewRecord, StoreError> {
        self.lock_account(transaction, account).await?;
        let review = self.lock(transaction, id).await?;
        match review.status {
            ReviewStatus::Published => Ok(review),
            _ => Err(StoreError::NotFound("review")),
        }
    }

    /// Counts what a vote changed.
    async fn counted(
        &self,
        transaction: &Transaction,
        review: ReviewRecord,
        changed: u64,
        by: i64,
    ) -> Result<ReviewRecord, StoreError> {
        if changed == 0 {
            return Ok(review);
        }
        let helpful = (review.helpful + by).max(0);
        let sql = "UPDATE reviews SET helpful = $3 WHERE tenant_id = $1 AND id = $2";
        let values = [self.scope.tenant.0.into(), review.id.into(), helpful.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        execute(transaction, statement).await?;
        Ok(ReviewRecord { helpful, ..review })
    }
}
