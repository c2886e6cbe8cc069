//! Recovery codes: made as a whole set, each good once.

use sea_orm::FromQueryResult;
use souk_domain::AccountId;
use souk_identity::TokenHash;

use super::{Factors, confirmed};
use crate::{Scope, StoreError, Transaction, backend::first, identity::writing::run};

/// Recovery codes that an account has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecoveryCodes {
    /// Number of codes.
    pub left: u64,
    /// Time at which the set was made, in milliseconds since 1970 UTC; none if no code is left.
    pub created_at_ms: Option<i64>,
}

#[derive(FromQueryResult)]
struct CountRow {
    number: i64,
    created_at: Option<i64>,
}

impl Factors {
    /// Returns the recovery codes that an account has left.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn recovery_codes(&self, account: AccountId) -> Result<RecoveryCodes, StoreError> {
        let values = [self.scope.tenant.0.into(), account.0.into()];
        let statement = self.scope.store.backend().statement(COUNT, values);
        let row = first::<CountRow>(self.scope.store.connection(), statement).await?;
        Ok(RecoveryCodes {
            left: row.as_ref().map_or(0, |row| row.number.unsigned_abs()),
            created_at_ms: row.and_then(|row| row.created_at),
        })
    }

    /// Puts a new set in the place of an account's codes.
    ///
    /// # Errors
    /// If the account has no confirmed factor.
    pub async fn renew_recovery_codes(
        &self,
        account: AccountId,
        codes: &[TokenHash],
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let transaction = self.begin(account).await?;
        if !confirmed::are_on(&transaction, &self.scope, account).await? {
            return Err(StoreError::NotFound("factor"));
        }
        replace(&transaction, &self.scope, account, codes, now_ms).await?;
        Ok(transaction.commit().await?)
    }
}

/// Puts a set in the place of an account's codes.
pub(super) async fn replace(
    transaction: &Transaction,
    scope: &Scope,
    account: AccountId,
    codes: &[TokenHash],
    now_ms: i64,
) -> Result<(), StoreError> {
    run(transaction, scope, END, account, []).await?;
    let sql = "INSERT INTO recovery_codes (tenant_id, account_id, code_hash, created_at)
         VALUES ($1, $2, $3, $4)";
    for code in codes {
        let values = [code.0.to_vec().into(), now_ms.into()];
        run(transaction, scope, sql, account, values).await?;
    }
    Ok(())
}

pub(crate) const COUNT: &str =
    "SELECT count(*) AS number, min(created_at) AS created_at FROM recovery_codes
     WHERE tenant_id = $1 AND account_id = $2";

const END: &str = "DELETE FROM recovery_codes WHERE tenant_id = $1 AND account_id = $2";
