//! Failed sign-ins in a row, counted before the password is compared, so that attempts at once are counted too.

use sea_orm::{ConnectionTrait, FromQueryResult};
use souk_identity::{FORGOTTEN_AFTER_MS, Failures, Guesser, TokenHash};

use crate::{
    Backend, Scope, StoreError, Transaction,
    backend::{execute, first},
};

/// A guesser, by a keyed hash of what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedGuesser {
    /// Kind, which decides what is allowed.
    pub kind: Guesser,
    /// Hash of account, device or network.
    pub key: TokenHash,
}

/// Permission to make an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// Granted, and counted as a failure until it is [forgiven](SignInFailures::forgive) or [taken back](SignInFailures::take_back).
    Counted(CountedAttempt),
    /// Denied, and not counted.
    Refused {
        /// Time of the next attempt, in milliseconds since 1970 UTC.
        until_ms: i64,
    },
}

/// An attempt that is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedAttempt {
    /// True if a failure now locks a guesser out.
    pub last: bool,
    counted: Vec<CountedFor>,
}

/// A guesser that an attempt is counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct CountedFor {
    guesser: CountedGuesser,
    /// Time in its row since the attempt.
    last_at_ms: i64,
    /// Time in its row if there had been no attempt.
    before_ms: i64,
}

/// Failed sign-ins of one tenant.
#[derive(Debug, Clone)]
pub struct SignInFailures {
    scope: Scope,
}

#[derive(FromQueryResult)]
struct FailuresRow {
    failures: i64,
    last_at: i64,
}

impl From<FailuresRow> for Failures {
    fn from(row: FailuresRow) -> Self {
        Self {
            count: u32::try_from(row.failures).unwrap_or(u32::MAX),
            last_at_ms: row.last_at,
        }
    }
}

impl Scope {
    /// Failed sign-ins of the tenant.
    pub fn sign_in_failures(&self) -> SignInFailures {
        SignInFailures {
            scope: self.clone(),
        }
    }
}

impl SignInFailures {
    /// Counts an attempt, unless one of its guessers has to wait.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn attempt(
        &self,
        guessers: &[CountedGuesser],
        now_ms: i64,
    ) -> Result<Attempt, StoreError> {
        let store = &self.scope.store;
        let mut guessers = guessers.to_vec();
        // Everybody locks in one order.
        guessers.sort_by_key(|guesser| guesser.key.0);
        // Who has to wait makes no writer wait.
        for guesser in &guessers {
            let read = self.on(store.connection(), READ, *guesser, []).await?;
            let until_ms = read.and_then(|read| read.allowed_from_ms(guesser.kind, now_ms));
            if let Some(until_ms) = until_ms {
                return Ok(Attempt::Refused { until_ms });
            }
        }
        let transaction = store.begin().await?;
        let mut known = Vec::new();
        for guesser in &guessers {
            let locked = self
                .on(&transaction, LOCK, *guesser, [now_ms.into()])
                .await?;
            let locked = locked.ok_or(StoreError::NotFound("count of failures"))?;
            known.push((*guesser, locked));
        }
        let waits = known
            .iter()
            .filter_map(|(guesser, failures)| failures.allowed_from_ms(guesser.kind, now_ms));
        if let Some(until_ms) = waits.max() {
            return Ok(Attempt::Refused { until_ms });
        }
        let mut attempt = CountedAttempt {
            last: false,
            counted: Vec::new(),
        };
        for (guesser, before) in known {
            let after = before.and_one(guesser.kind, now_ms);
            attempt.last |= after.lock_out(guesser.kind);
            let values = [i64::from(after.count).into(), after.last_at_ms.into()];
            self.change(&transaction, COUNT, guesser, values).await?;
            attempt.counted.push(CountedFor {
                guesser,
                last_at_ms: after.last_at_ms,
                before_ms: match guesser.kind {
                    Guesser::Account | Guesser::Device => before.last_at_ms,
                    Guesser::Network => after.last_at_ms,
                },
            });
        }
        transaction.commit().await?;
        Ok(Attempt::Counted(attempt))
    }

    /// Takes back an attempt that succeeded. An account or device is counted from zero again; a network keeps its other failures.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forgive(&self, attempt: &CountedAttempt) -> Result<(), StoreError> {
        let transaction = self.scope.store.begin().await?;
        for counted in &attempt.counted {
            match counted.guesser.kind {
                Guesser::Account | Guesser::Device => {
                    self.change(&transaction, FORGET, counted.guesser, [])
                        .await?
                }
                Guesser::Network => self.uncount(&transaction, counted).await?,
            }
        }
        Ok(transaction.commit().await?)
    }

    /// Takes back an attempt of which nobody knows whether it would have succeeded.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn take_back(&self, attempt: &CountedAttempt) -> Result<(), StoreError> {
        let transaction = self.scope.store.begin().await?;
        for counted in &attempt.counted {
            self.uncount(&transaction, counted).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Forgets all failures of some guessers.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget(&self, guessers: &[CountedGuesser]) -> Result<(), StoreError> {
        let mut guessers = guessers.to_vec();
        guessers.sort_by_key(|guesser| guesser.key.0);
        let transaction = self.scope.store.begin().await?;
        for guesser in guessers {
            self.change(&transaction, FORGET, guesser, []).await?;
        }
        Ok(transaction.commit().await?)
    }

    async fn uncount(
        &self,
        transaction: &Transaction,
        counted: &CountedFor,
    ) -> Result<(), StoreError> {
        let values = [counted.last_at_ms.into(), counted.before_ms.into()];
        self.change(transaction, UNCOUNT, counted.guesser, values)
            .await
    }

    /// Runs a statement that returns the failures of a guesser.
    async fn on<const N: usize>(
        &self,
        connection: &impl ConnectionTrait,
        sql: &str,
        guesser: CountedGuesser,
        values: [sea_orm::Value; N],
    ) -> Result<Option<Failures>, StoreError> {
        let row = first::<FailuresRow>(connection, self.statement(sql, guesser, values)).await?;
        Ok(row.map(Failures::from))
    }

    async fn change<const N: usize>(
        &self,
        transaction: &Transaction,
        sql: &str,
        guesser: CountedGuesser,
        values: [sea_orm::Value; N],
    ) -> Result<(), StoreError> {
        execute(transaction, self.statement(sql, guesser, values)).await?;
        Ok(())
    }

    /// A statement whose `$1` is the tenant and `$2` the guesser.
    fn statement<const N: usize>(
        &self,
        sql: &str,
        guesser: CountedGuesser,
        values: [sea_orm::Value; N],
    ) -> sea_orm::Statement {
        let ids = [self.scope.tenant.0.into(), guesser.key.0.to_vec().into()];
        let values = ids.into_iter().chain(values);
        self.scope.store.backend().statement(sql, values)
    }
}

pub(crate) const READ: &str = "SELECT failures, last_at FROM sign_in_failures
     WHERE tenant_id = $1 AND guesser = $2";

/// Locks the count of a guesser. One that is not there yet is made: what is not there cannot be locked.
const LOCK: &str = "INSERT INTO sign_in_failures (tenant_id, guesser, failures, last_at)
     VALUES ($1, $2, 0, $3)
     ON CONFLICT (tenant_id, guesser) DO UPDATE SET failures = sign_in_failures.failures
     RETURNING failures, last_at";

const COUNT: &str = "UPDATE sign_in_failures SET failures = $3, last_at = $4
     WHERE tenant_id = $1 AND guesser = $2";

const FORGET: &str = "DELETE FROM sign_in_failures WHERE tenant_id = $1 AND guesser = $2";

/// Takes one failure back, and its time if no attempt came after it.
const UNCOUNT: &str = "UPDATE sign_in_failures SET failures = failures - 1,
         last_at = CASE WHEN last_at = $3 THEN $4 ELSE last_at END
     WHERE tenant_id = $1 AND guesser = $2 AND failures > 0";

pub(crate) const PRUNE: &str = "DELETE FROM sign_in_failures WHERE last_at < $1";

/// Deletes counts that are forgotten.
pub(super) async fn prune(
    transaction: &Transaction,
    backend: Backend,
    now_ms: i64,
) -> Result<u64, StoreError> {
    let before = now_ms.saturating_sub(FORGOTTEN_AFTER_MS);
    execute(transaction, backend.statement(PRUNE, [before.into()])).await
}
