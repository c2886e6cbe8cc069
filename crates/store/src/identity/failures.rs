//! Failed sign-ins in a row, counted before the password is compared, so that attempts at once are counted too.

use std::collections::HashMap;

use sea_orm::FromQueryResult;
use souk_identity::{FORGOTTEN_AFTER_MS, Failures, Guesser, TokenHash};

use crate::{
    Backend, Scope, StoreError, Transaction,
    backend::{all, execute},
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// Granted, and counted as a failure until it is [forgiven](SignInFailures::forgive).
    Counted {
        /// True if a failure now locks the guesser out.
        last: bool,
    },
    /// Denied, and not counted.
    Refused {
        /// Time of the next attempt, in milliseconds since 1970 UTC.
        until_ms: i64,
    },
}

/// Failed sign-ins of one tenant.
#[derive(Debug, Clone)]
pub struct SignInFailures {
    scope: Scope,
}

#[derive(FromQueryResult)]
struct FailuresRow {
    guesser: Vec<u8>,
    failures: i64,
    last_at: i64,
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
        let backend = self.scope.store.backend();
        let mut guessers = guessers.to_vec();
        // Everybody locks in one order.
        guessers.sort_by_key(|guesser| guesser.key.0);
        let transaction = self.scope.store.begin().await?;
        let mut known = HashMap::new();
        for guesser in &guessers {
            let sql = format!("{READ}{}", backend.for_update());
            let values = [self.scope.tenant.0.into(), guesser.key.0.to_vec().into()];
            let rows = all::<FailuresRow>(&transaction, backend.statement(sql, values)).await?;
            for row in rows {
                let failures = Failures {
                    count: u32::try_from(row.failures).unwrap_or(u32::MAX),
                    last_at_ms: row.last_at,
                };
                known.insert(row.guesser, failures);
            }
        }
        let of = |guesser: &CountedGuesser| known.get(guesser.key.0.as_slice()).copied();
        let waits = guessers
            .iter()
            .filter_map(|guesser| of(guesser)?.allowed_from_ms(guesser.kind, now_ms));
        if let Some(until_ms) = waits.max() {
            return Ok(Attempt::Refused { until_ms });
        }
        let mut last = false;
        for guesser in &guessers {
            let before = of(guesser).filter(|failures| !failures.are_forgotten(now_ms));
            let failures = Failures {
                count: before.map_or(0, |before| before.count).saturating_add(1),
                last_at_ms: now_ms,
            };
            last |= failures.lock_out(guesser.kind);
            let values = [
                self.scope.tenant.0.into(),
                guesser.key.0.to_vec().into(),
                now_ms.into(),
                now_ms.saturating_sub(FORGOTTEN_AFTER_MS).into(),
            ];
            execute(&transaction, backend.statement(COUNT, values)).await?;
        }
        transaction.commit().await?;
        Ok(Attempt::Counted { last })
    }

    /// Takes back a counted attempt that succeeded. An account or device is counted from zero again; a network keeps its other failures.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forgive(&self, guessers: &[CountedGuesser]) -> Result<(), StoreError> {
        let backend = self.scope.store.backend();
        let transaction = self.scope.store.begin().await?;
        let mut guessers = guessers.to_vec();
        guessers.sort_by_key(|guesser| guesser.key.0);
        for guesser in guessers {
            let sql = match guesser.kind {
                Guesser::Account | Guesser::Device => FORGET,
                Guesser::Network => UNCOUNT,
            };
            let values = [self.scope.tenant.0.into(), guesser.key.0.to_vec().into()];
            execute(&transaction, backend.statement(sql, values)).await?;
        }
        Ok(transaction.commit().await?)
    }
}

pub(crate) const READ: &str = "SELECT guesser, failures, last_at FROM sign_in_failures
     WHERE tenant_id = $1 AND guesser = $2";

const COUNT: &str = "INSERT INTO sign_in_failures (tenant_id, guesser, failures, last_at)
     VALUES ($1, $2, 1, $3)
     ON CONFLICT (tenant_id, guesser) DO UPDATE SET last_at = $3, failures =
         CASE WHEN sign_in_failures.last_at < $4 THEN 1 ELSE sign_in_failures.failures + 1 END";

const FORGET: &str = "DELETE FROM sign_in_failures WHERE tenant_id = $1 AND guesser = $2";

const UNCOUNT: &str = "UPDATE sign_in_failures SET failures = failures - 1
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
