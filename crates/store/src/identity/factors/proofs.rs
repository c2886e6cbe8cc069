//! Proofs of second factors: each is spent once, by one conditional statement, so that two at once cannot both pass.

use souk_domain::{AccountId, SessionId};
use souk_identity::TokenHash;

use super::Factors;
use crate::{
    Scope, StoreError, Transaction,
    identity::{
        mails::{self, NewMail},
        writing::run,
    },
};

/// Proof of a factor, as it was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactorProof {
    /// Code of an authenticator app.
    Totp {
        /// Encrypted seed that the code is of.
        sealed_seed: Vec<u8>,
        /// Step of the code.
        step: i64,
    },
    /// Recovery code, by its hash.
    RecoveryCode(TokenHash),
}

/// A session in which a factor was proven. Its token is another one from then on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProvenSession {
    /// Account.
    pub account: AccountId,
    /// Session id.
    pub id: SessionId,
    /// Hash of the new token.
    pub hash: TokenHash,
    /// Time, in milliseconds since 1970 UTC.
    pub at_ms: i64,
}

impl Factors {
    /// Spends a proof in a session. Returns false if it cannot be taken, or not any more.
    ///
    /// # Errors
    /// If the account or session is over.
    pub async fn step_up(
        &self,
        session: &ProvenSession,
        proof: &FactorProof,
        notice: Option<&NewMail>,
    ) -> Result<bool, StoreError> {
        let ProvenSession { account, at_ms, .. } = *session;
        let transaction = self.begin(account).await?;
        if !spend(&transaction, &self.scope, account, proof, at_ms).await? {
            return Ok(false);
        }
        renew(&transaction, &self.scope, session).await?;
        if let Some(notice) = notice {
            mails::enqueue(&transaction, &self.scope, account, notice).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }
}

/// Notes a proof in a session, and gives it another token.
pub(super) async fn renew(
    transaction: &Transaction,
    scope: &Scope,
    session: &ProvenSession,
) -> Result<(), StoreError> {
    let sql = "UPDATE account_sessions SET factor_at = $3, token_hash = $4
         WHERE tenant_id = $1 AND account_id = $2 AND id = $5";
    let values = [
        session.at_ms.into(),
        session.hash.0.to_vec().into(),
        session.id.0.into(),
    ];
    match run(transaction, scope, sql, session.account, values).await? {
        0 => Err(StoreError::NotFound("session")),
        _ => Ok(()),
    }
}

/// Spends a proof; false if it cannot be taken, or not any more.
pub(super) async fn spend(
    transaction: &Transaction,
    scope: &Scope,
    account: AccountId,
    proof: &FactorProof,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let spent = match proof {
        FactorProof::Totp { sealed_seed, step } => {
            let sql = "UPDATE account_totp SET last_step = $3, last_used_at = $4
                 WHERE tenant_id = $1 AND account_id = $2 AND seed = $5 AND confirmed_at IS NOT NULL
                     AND last_step < $3";
            let values = [(*step).into(), now_ms.into(), sealed_seed.clone().into()];
            run(transaction, scope, sql, account, values).await?
        }
        FactorProof::RecoveryCode(hash) => {
            let sql = "DELETE FROM recovery_codes
                 WHERE tenant_id = $1 AND account_id = $2 AND code_hash = $3";
            run(transaction, scope, sql, account, [hash.0.to_vec().into()]).await?
        }
    };
    Ok(spent > 0)
}
