//! Decisions of staff on reviews, and answers to them.

use serde_json::json;
use souk_domain::{
    ReviewId,
    reviews::{ReviewStatus, checked_review_answer, checked_review_reason},
};

use super::{
    Reviews,
    record::{self, COLUMNS, ReviewRecord},
    telling::{ReviewEvent, tell},
};
use crate::{StoreError, Transaction, backend::execute, identity::audit::note};

/// Reviews of all products in a state, newest first: `$1` tenant, `$2` state, `$3` where the page before ended, `$4` limit.
pub(crate) fn in_status_sql() -> String {
    format!(
        "SELECT {COLUMNS} FROM reviews
         WHERE tenant_id = $1 AND status = $2 AND id < $3 ORDER BY id DESC LIMIT $4"
    )
}

impl Reviews {
    /// Returns reviews of all products in a state, newest first, up to `limit` before an id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn in_status(
        &self,
        status: ReviewStatus,
        before: Option<ReviewId>,
        limit: u32,
    ) -> Result<Vec<ReviewRecord>, StoreError> {
        let values = [
            self.scope.tenant.0.into(),
            status.as_str().into(),
            before.map_or(i64::MAX, |review| review.0).into(),
            i64::from(limit).into(),
        ];
        let statement = self
            .scope
            .store
            .backend()
            .statement(in_status_sql(), values);
        record::list(self.scope.store.connection(), statement).await
    }

    /// Publishes a review. One that is published stays as it is.
    ///
    /// # Errors
    /// If there is none, or the database fails.
    pub async fn publish(&self, id: ReviewId, by: (&str, i64)) -> Result<ReviewRecord, StoreError> {
        let fact = ReviewEvent::Published;
        self.decide(id, (ReviewStatus::Published, None), fact, by)
            .await
    }

    /// Rejects a review for a reason that its author sees.
    ///
    /// # Errors
    /// If the reason is empty or too long, there is no such review, or the database fails.
    pub async fn reject(
        &self,
        id: ReviewId,
        reason: &str,
        by: (&str, i64),
    ) -> Result<ReviewRecord, StoreError> {
        let reason = checked_review_reason(reason)?;
        let fact = ReviewEvent::Rejected;
        self.decide(id, (ReviewStatus::Rejected, Some(reason)), fact, by)
            .await
    }

    /// Sets the answer to a review, in place of one that is there.
    ///
    /// # Errors
    /// If the answer is empty or too long, there is no such review, or the database fails.
    pub async fn answer(
        &self,
        id: ReviewId,
        text: &str,
        by: (&str, i64),
    ) -> Result<ReviewRecord, StoreError> {
        let text = checked_review_answer(text)?;
        let transaction = self.scope.store.begin().await?;
        let before = self.lock(&transaction, id).await?;
        note_before(&before);
        if before.answer.as_ref() == Some(&text) {
            transaction.commit().await?;
            return Ok(before);
        }
        self.set_answer(&transaction, id, Some(text), Some(by.1))
            .await?;
        let record = self.read(&transaction, id).await?;
        let facts = [ReviewEvent::Answered];
        tell(&transaction, &self.scope, &record, &facts, by).await?;
        transaction.commit().await?;
        Ok(record)
    }

    /// Takes the answer to a review away.
    ///
    /// # Errors
    /// If there is no such review, or it has no answer, or the database fails.
    pub async fn remove_answer(&self, id: ReviewId) -> Result<(), StoreError> {
        let transaction = self.scope.store.begin().await?;
        let before = self.lock(&transaction, id).await?;
        if before.answer.is_none() {
            return Err(StoreError::NotFound("answer"));
        }
        note_before(&before);
        self.set_answer(&transaction, id, None, None).await?;
        Ok(transaction.commit().await?)
    }

    async fn decide(
        &self,
        id: ReviewId,
        (status, reason): (ReviewStatus, Option<String>),
        fact: ReviewEvent,
        by: (&str, i64),
    ) -> Result<ReviewRecord, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let before = self.lock(&transaction, id).await?;
        note_before(&before);
        let sql = "UPDATE reviews SET status = $3, reason = $4 WHERE tenant_id = $1 AND id = $2";
        let values = [
            self.scope.tenant.0.into(),
            id.0.into(),
            status.as_str().into(),
            reason.into(),
        ];
        let statement = self.scope.store.backend().statement(sql, values);
        execute(&transaction, statement).await?;
        let record = self.read(&transaction, id).await?;
        let facts = [fact];
        let facts = match before.status == status {
            true => &[],
            false => &facts[..],
        };
        tell(&transaction, &self.scope, &record, facts, by).await?;
        transaction.commit().await?;
        Ok(record)
    }

    async fn set_answer(
        &self,
        transaction: &Transaction,
        id: ReviewId,
        answer: Option<String>,
        at_ms: Option<i64>,
    ) -> Result<(), StoreError> {
        let sql =
            "UPDATE reviews SET answer = $3, answered_at = $4 WHERE tenant_id = $1 AND id = $2";
        let values = [
            self.scope.tenant.0.into(),
            id.0.into(),
            answer.into(),
            at_ms.into(),
        ];
        let statement = self.scope.store.backend().statement(sql, values);
        execute(transaction, statement).await?;
        Ok(())
    }
}

/// Notes in the audit log what is decided on.
fn note_before(review: &ReviewRecord) {
    note::target(|| format!("reviews/{}", review.id));
    note::detail("before", || json!(review.status.as_str()));
}
