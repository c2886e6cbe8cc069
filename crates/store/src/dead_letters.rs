//! Changes that were given up: an admin sees them, tries them again or drops them.

use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Serialize;

use crate::{
    Scope, StoreError,
    backend::{all, execute},
};

/// Number of rows put back per statement.
const PAGE: u32 = 1_000;

/// A dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct DeadLetterId(pub i64);

/// A change that could not be brought to the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct DeadLetter {
    /// Id of the dead letter.
    pub id: i64,
    /// Kind of entity: `product`, `category`, `fandom` or `seller`.
    pub entity: String,
    /// The id of what changed.
    pub entity_id: i64,
    /// Time of the change, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Time of the last attempt, in milliseconds since 1970 UTC.
    pub parked_at_ms: i64,
    /// Number of attempts.
    pub attempts: i64,
    /// Error of the last attempt.
    pub last_error: String,
}

/// A tenant's dead letters.
#[derive(Debug, Clone)]
pub struct DeadLetters {
    scope: Scope,
}

impl Scope {
    /// Changes of the tenant that the index rejected too often.
    pub fn dead_letters(&self) -> DeadLetters {
        DeadLetters::new(self.clone())
    }
}

impl DeadLetters {
    pub(crate) fn new(scope: Scope) -> Self {
        Self { scope }
    }

    /// Up to `limit` of them that come after one, oldest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(
        &self,
        after: Option<DeadLetterId>,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        let sql = "SELECT id, entity, entity_id, created_at AS created_at_ms, parked_at AS parked_at_ms, attempts, last_error
             FROM dead_letters WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3";
        let values = [
            self.scope.tenant.0.into(),
            after.map_or(0, |id| id.0).into(),
            i64::from(limit).into(),
        ];
        let statement = self.scope.store.backend().statement(sql, values);
        all(self.scope.store.connection(), statement).await
    }

    /// Puts them back into the outbox as if new, and says how many there were.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn retry(&self, letters: &[DeadLetterId]) -> Result<u64, StoreError> {
        let backend = self.scope.store.backend();
        let sql = format!(
            "INSERT INTO outbox (tenant_id, entity, entity_id)
             SELECT tenant_id, entity, entity_id FROM dead_letters WHERE tenant_id = $1 AND {} ORDER BY id",
            backend.among_ids("id", "$2")
        );
        let values = [
            self.scope.tenant.0.into(),
            backend.ids(letters.iter().map(|letter| letter.0)),
        ];
        let transaction = self.scope.store.begin().await?;
        // Deleted by the same list: one that another admin retries at once may be brought twice, which is harmless.
        let retried = execute(&transaction, backend.statement(sql, values)).await?;
        self.delete(&transaction, letters).await?;
        transaction.commit().await?;
        Ok(retried)
    }

    /// Puts all that there are now back into the outbox as if new, and says how many there were.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn retry_all(&self) -> Result<u64, StoreError> {
        let mut retried = 0;
        let mut after = None;
        let background = Self::new(self.scope.in_bulk());
        loop {
            let page = self.list(after, PAGE).await?;
            let ids: Vec<_> = page.iter().map(|letter| DeadLetterId(letter.id)).collect();
            let Some(&last) = ids.last() else {
                return Ok(retried);
            };
            retried += background.retry(&ids).await?;
            after = Some(last);
        }
    }

    /// Forgets them, and says how many there were.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn drop(&self, letters: &[DeadLetterId]) -> Result<u64, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let dropped = self.delete(&transaction, letters).await?;
        transaction.commit().await?;
        Ok(dropped)
    }

    async fn delete(
        &self,
        transaction: &impl ConnectionTrait,
        letters: &[DeadLetterId],
    ) -> Result<u64, StoreError> {
        let backend = self.scope.store.backend();
        let sql = format!(
            "DELETE FROM dead_letters WHERE tenant_id = $1 AND {}",
            backend.among_ids("id", "$2")
        );
        let values = [
            self.scope.tenant.0.into(),
            backend.ids(letters.iter().map(|letter| letter.0)),
        ];
        execute(transaction, backend.statement(sql, values)).await
    }
}
