//! Answers to requests with an `Idempotency-Key`: the same request gets the same answer for a day.

use sea_orm::FromQueryResult;
use souk_domain::OrderGroupId;

use crate::{
    Scope, Store, StoreError, Transaction,
    backend::{execute, first},
};

/// Time for which an answer is kept, in milliseconds.
const KEPT_MS: i64 = 24 * 3_600_000;
/// Time after which a request that has no answer counts as dead, in milliseconds: longer than any request may take.
const CLAIMED_MS: i64 = 60_000;

/// Request with an idempotency key.
#[derive(Debug, Clone, Copy)]
pub struct IdempotentRequest<'a> {
    /// The key, with its caller and this attempt.
    pub key: &'a HeldKey,
    /// Hash of all that decides what the request does.
    pub hash: &'a str,
}

/// Key of a request that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldKey {
    /// Caller: another one's key is another key.
    pub caller: String,
    /// The key.
    pub key: String,
    /// Name of this attempt, which no other one has.
    pub attempt: String,
}

/// State of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Nobody works on it: the caller does from now on.
    Begun {
        /// Purchase that an attempt made which died.
        group: Option<OrderGroupId>,
    },
    /// It was answered.
    Answered(String),
    /// Somebody works on it.
    UnderWay,
    /// The key was used for another request.
    OtherRequest,
}

/// Idempotency keys of a tenant.
#[derive(Debug, Clone)]
pub struct IdempotencyKeys {
    scope: Scope,
}

#[derive(FromQueryResult)]
struct KeyRow {
    request: String,
    answer: Option<String>,
    claimed_by: String,
    group_id: Option<i64>,
}

pub(crate) const CLAIM: &str =
    "INSERT INTO idempotency_keys (tenant_id, caller, key, request, claimed_by, claimed_until, expires_at)
     VALUES ($1, $2, $3, $4, $5, $7, $8)
     ON CONFLICT (tenant_id, caller, key) DO UPDATE
     SET request = CASE WHEN idempotency_keys.expires_at <= $6 THEN excluded.request ELSE idempotency_keys.request END,
         status = CASE WHEN idempotency_keys.expires_at <= $6 THEN NULL ELSE idempotency_keys.status END,
         answer = CASE WHEN idempotency_keys.expires_at <= $6 THEN NULL ELSE idempotency_keys.answer END,
         group_id = CASE WHEN idempotency_keys.expires_at <= $6 THEN NULL ELSE idempotency_keys.group_id END,
         claimed_by = CASE WHEN idempotency_keys.expires_at <= $6
                             OR idempotency_keys.status IS NULL AND idempotency_keys.claimed_until <= $6
                                AND idempotency_keys.request = excluded.request
                           THEN excluded.claimed_by ELSE idempotency_keys.claimed_by END,
         claimed_until = CASE WHEN idempotency_keys.expires_at <= $6
                                OR idempotency_keys.status IS NULL AND idempotency_keys.claimed_until <= $6
                              THEN excluded.claimed_until ELSE idempotency_keys.claimed_until END,
         expires_at = CASE WHEN idempotency_keys.expires_at <= $6 THEN excluded.expires_at ELSE idempotency_keys.expires_at END
     RETURNING request, answer, claimed_by, group_id";
pub(crate) const PRUNE: &str = "DELETE FROM idempotency_keys WHERE expires_at <= $1";

impl Scope {
    /// Idempotency keys of the tenant.
    pub fn idempotency_keys(&self) -> IdempotencyKeys {
        IdempotencyKeys {
            scope: self.clone(),
        }
    }
}

impl IdempotencyKeys {
    /// Begins a request, or says what is known of it. An attempt that died is taken over after a minute.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn claim(
        &self,
        request: IdempotentRequest<'_>,
        now_ms: i64,
    ) -> Result<Claim, StoreError> {
        let values = [
            self.scope.tenant.0.into(),
            request.key.caller.as_str().into(),
            request.key.key.as_str().into(),
            request.hash.into(),
            request.key.attempt.as_str().into(),
            now_ms.into(),
            now_ms.saturating_add(CLAIMED_MS).into(),
            now_ms.saturating_add(KEPT_MS).into(),
        ];
        let transaction = self.scope.store.begin().await?;
        let statement = self.scope.store.backend().statement(CLAIM, values);
        let row = first::<KeyRow>(&transaction, statement).await?;
        transaction.commit().await?;
        let row = row.ok_or(StoreError::NotFound("tenant"))?;
        if row.request != request.hash {
            return Ok(Claim::OtherRequest);
        }
        if let Some(answer) = row.answer {
            return Ok(Claim::Answered(answer));
        }
        match row.claimed_by == request.key.attempt {
            true => Ok(Claim::Begun {
                group: row.group_id.map(OrderGroupId),
            }),
            false => Ok(Claim::UnderWay),
        }
    }

    /// Keeps the answer to a request.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn answer(
        &self,
        request: IdempotentRequest<'_>,
        status: u16,
        answer: &str,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE idempotency_keys SET status = $5, answer = $6
             WHERE tenant_id = $1 AND caller = $2 AND key = $3 AND claimed_by = $4";
        let values = [
            self.scope.tenant.0.into(),
            request.key.caller.as_str().into(),
            request.key.key.as_str().into(),
            request.key.attempt.as_str().into(),
            i64::from(status).into(),
            answer.into(),
        ];
        let transaction = self.scope.store.begin().await?;
        execute(
            &transaction,
            self.scope.store.backend().statement(sql, values),
        )
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Forgets a request that failed for a reason that may be over soon, so that it can be sent again. One that made a purchase
    /// stays known, and goes on with that when it is sent again.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget(&self, request: IdempotentRequest<'_>) -> Result<(), StoreError> {
        let sql = "DELETE FROM idempotency_keys
             WHERE tenant_id = $1 AND caller = $2 AND key = $3 AND claimed_by = $4 AND status IS NULL AND group_id IS NULL";
        let let_go = "UPDATE idempotency_keys SET claimed_until = 0
             WHERE tenant_id = $1 AND caller = $2 AND key = $3 AND claimed_by = $4 AND status IS NULL";
        let values = [
            self.scope.tenant.0.into(),
            request.key.caller.as_str().into(),
            request.key.key.as_str().into(),
            request.key.attempt.as_str().into(),
        ];
        let transaction = self.scope.store.begin().await?;
        for sql in [sql, let_go] {
            let statement = self.scope.store.backend().statement(sql, values.clone());
            execute(&transaction, statement).await?;
        }
        Ok(transaction.commit().await?)
    }
}

/// Notes which purchase a request makes. Returns false if another attempt has taken the request over.
pub(super) async fn made(
    transaction: &Transaction,
    scope: &Scope,
    key: &HeldKey,
    group: OrderGroupId,
) -> Result<bool, StoreError> {
    let sql = "UPDATE idempotency_keys SET group_id = $5
         WHERE tenant_id = $1 AND caller = $2 AND key = $3 AND claimed_by = $4 AND status IS NULL";
    let values = [
        scope.tenant.0.into(),
        key.caller.as_str().into(),
        key.key.as_str().into(),
        key.attempt.as_str().into(),
        group.0.into(),
    ];
    let noted = execute(transaction, scope.store.backend().statement(sql, values)).await?;
    Ok(noted > 0)
}

impl Store {
    /// Deletes idempotency keys that are a day old, of all tenants, and returns how many.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn prune_idempotency_keys(&self, now_ms: i64) -> Result<u64, StoreError> {
        let transaction = self.begin().await?;
        let statement = self.backend().statement(PRUNE, [now_ms.into()]);
        let pruned = execute(&transaction, statement).await?;
        transaction.commit().await?;
        Ok(pruned)
    }
}
