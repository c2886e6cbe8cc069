//! Authenticator apps: begun, confirmed, removed.

use sea_orm::FromQueryResult;
use souk_domain::AccountId;
use souk_identity::TokenHash;

use super::{Factors, proofs, proofs::ProvenSession, recovery_codes};
use crate::{
    StoreError,
    backend::first,
    identity::{
        accounts::END_CHALLENGES,
        mails::{self, NewMail},
        writing::{checked_name, run},
    },
};

/// Longest name, in characters.
const MAX_NAME_CHARS: usize = 100;

/// An authenticator app of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totp {
    /// Encrypted seed.
    pub sealed_seed: Vec<u8>,
    /// Name that the person gave it; may be empty.
    pub name: String,
    /// Step of the newest code that was taken; -1 if none was.
    pub last_step: i64,
    /// Time at which it was begun, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Time at which it was confirmed with a code, in milliseconds since 1970 UTC.
    pub confirmed_at_ms: Option<i64>,
    /// End, unless it is confirmed before, in milliseconds since 1970 UTC.
    pub expires_at_ms: Option<i64>,
    /// Time at which a code was taken last, in milliseconds since 1970 UTC.
    pub last_used_at_ms: Option<i64>,
}

/// An authenticator app to be added.
#[derive(Debug, Clone)]
pub struct NewTotp {
    /// Encrypted seed.
    pub sealed_seed: Vec<u8>,
    /// Name; may be empty.
    pub name: String,
    /// Time, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// End, unless it is confirmed before, in milliseconds since 1970 UTC.
    pub expires_at_ms: i64,
}

#[derive(FromQueryResult)]
struct TotpRow {
    seed: Vec<u8>,
    name: String,
    last_step: i64,
    created_at: i64,
    confirmed_at: Option<i64>,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
}

impl From<TotpRow> for Totp {
    fn from(row: TotpRow) -> Self {
        Self {
            sealed_seed: row.seed,
            name: row.name,
            last_step: row.last_step,
            created_at_ms: row.created_at,
            confirmed_at_ms: row.confirmed_at,
            expires_at_ms: row.expires_at,
            last_used_at_ms: row.last_used_at,
        }
    }
}

impl Factors {
    /// Returns the authenticator app of an account, confirmed or not.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn totp(&self, account: AccountId) -> Result<Option<Totp>, StoreError> {
        let values = [self.scope.tenant.0.into(), account.0.into()];
        let statement = self.scope.store.backend().statement(OF_ACCOUNT, values);
        let row = first::<TotpRow>(self.scope.store.connection(), statement).await?;
        Ok(row.map(Totp::from))
    }

    /// Adds an authenticator app, in the place of one that was never confirmed. Returns false if there is a confirmed one.
    ///
    /// # Errors
    /// If the name is invalid or there is no such account.
    pub async fn begin_totp(&self, account: AccountId, new: &NewTotp) -> Result<bool, StoreError> {
        let name = checked_name(&new.name, MAX_NAME_CHARS)?;
        let transaction = self.begin(account).await?;
        let values = [
            new.sealed_seed.clone().into(),
            name.into(),
            new.at_ms.into(),
            new.expires_at_ms.into(),
        ];
        let begun = run(&transaction, &self.scope, BEGIN, account, values).await?;
        transaction.commit().await?;
        Ok(begun > 0)
    }

    /// Confirms an authenticator app by the step of its first code, with a set of recovery codes. The session counts as
    /// proven and all others end. Returns how many ended; `None` if it is confirmed, replaced or too old by now.
    ///
    /// # Errors
    /// If the account or session is over.
    pub async fn confirm_totp(
        &self,
        session: &ProvenSession,
        (sealed_seed, step): (&[u8], i64),
        codes: &[TokenHash],
        notice: &NewMail,
    ) -> Result<Option<u64>, StoreError> {
        let ProvenSession { account, at_ms, .. } = *session;
        let transaction = self.begin(account).await?;
        let values = [at_ms.into(), step.into(), sealed_seed.to_vec().into()];
        if run(&transaction, &self.scope, CONFIRM, account, values).await? == 0 {
            return Ok(None);
        }
        recovery_codes::replace(&transaction, &self.scope, account, codes, at_ms).await?;
        run(&transaction, &self.scope, END_CHALLENGES, account, []).await?;
        let others = "DELETE FROM account_sessions
             WHERE tenant_id = $1 AND account_id = $2 AND id <> $3";
        let ended = run(
            &transaction,
            &self.scope,
            others,
            account,
            [session.id.0.into()],
        )
        .await?;
        proofs::renew(&transaction, &self.scope, session).await?;
        mails::enqueue(&transaction, &self.scope, account, notice).await?;
        transaction.commit().await?;
        Ok(Some(ended))
    }

    /// Removes the authenticator app and all recovery codes. No session counts as proven any more.
    ///
    /// # Errors
    /// If there is no confirmed one.
    pub async fn remove_totp(
        &self,
        account: AccountId,
        notice: &NewMail,
    ) -> Result<(), StoreError> {
        let transaction = self.begin(account).await?;
        if run(&transaction, &self.scope, REMOVE, account, []).await? == 0 {
            return Err(StoreError::NotFound("factor"));
        }
        recovery_codes::replace(&transaction, &self.scope, account, &[], 0).await?;
        run(&transaction, &self.scope, END_CHALLENGES, account, []).await?;
        let proofs = "UPDATE account_sessions SET factor_at = NULL
             WHERE tenant_id = $1 AND account_id = $2 AND factor_at IS NOT NULL";
        run(&transaction, &self.scope, proofs, account, []).await?;
        mails::enqueue(&transaction, &self.scope, account, notice).await?;
        Ok(transaction.commit().await?)
    }
}

pub(crate) const OF_ACCOUNT: &str =
    "SELECT seed, name, last_step, created_at, confirmed_at, expires_at, last_used_at
     FROM account_totp WHERE tenant_id = $1 AND account_id = $2";

const BEGIN: &str =
    "INSERT INTO account_totp (tenant_id, account_id, seed, name, last_step, created_at, expires_at)
     VALUES ($1, $2, $3, $4, -1, $5, $6)
     ON CONFLICT (tenant_id, account_id) DO UPDATE SET seed = excluded.seed, name = excluded.name,
         created_at = excluded.created_at, expires_at = excluded.expires_at
     WHERE account_totp.confirmed_at IS NULL";

pub(crate) const CONFIRM: &str = "UPDATE account_totp
     SET confirmed_at = $3, last_used_at = $3, expires_at = NULL, last_step = $4
     WHERE tenant_id = $1 AND account_id = $2 AND seed = $5 AND confirmed_at IS NULL AND expires_at > $3";

pub(crate) const REMOVE: &str = "DELETE FROM account_totp
     WHERE tenant_id = $1 AND account_id = $2 AND confirmed_at IS NOT NULL";
