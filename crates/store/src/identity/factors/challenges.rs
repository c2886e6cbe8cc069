//! Challenges: sign-ins whose password was right and that wait for a second factor.

use sea_orm::FromQueryResult;
use souk_domain::{AccountId, SessionId};
use souk_identity::{FactorKind, TokenHash};

use super::{Factors, confirmed, proofs, proofs::FactorProof};
use crate::{
    StoreError,
    backend::{execute, first},
    identity::{
        mails::{self, NewMail},
        sessions::{self, NewSession},
        writing::run,
    },
};

/// A challenge to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewChallenge {
    /// Account.
    pub account: AccountId,
    /// Hash of its token.
    pub hash: TokenHash,
    /// True if the browser is to keep the session as a cookie.
    pub by_cookie: bool,
    /// Time from which it is refused, in milliseconds since 1970 UTC.
    pub expires_at_ms: i64,
}

/// A challenge that can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Challenge {
    /// Account.
    pub account: AccountId,
    /// True if the browser is to keep the session as a cookie.
    pub by_cookie: bool,
}

/// Result of an answer to a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    /// The session has begun, and the challenge is over.
    Begun(SessionId),
    /// The proof cannot be taken, or not any more.
    Wrong,
    /// The challenge is over.
    Over,
}

#[derive(FromQueryResult)]
struct ChallengeRow {
    account_id: i64,
    by_cookie: bool,
}

impl Factors {
    /// Makes a challenge, and returns the factors that may answer it; none if the account has no confirmed factor, is closed,
    /// or has another password than the one whose hash was compared.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn challenge(
        &self,
        new: NewChallenge,
        compared: Option<&str>,
    ) -> Result<Vec<FactorKind>, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let accounts = self.accounts();
        let is_open = accounts
            .lock_with(&transaction, new.account, compared)
            .await?;
        if !is_open || !confirmed::are_on(&transaction, &self.scope, new.account).await? {
            return Ok(Vec::new());
        }
        let sql = "INSERT INTO sign_in_challenges (tenant_id, account_id, token_hash, by_cookie, expires_at)
             VALUES ($1, $2, $3, $4, $5)";
        let values = [
            new.hash.0.to_vec().into(),
            new.by_cookie.into(),
            new.expires_at_ms.into(),
        ];
        run(&transaction, &self.scope, sql, new.account, values).await?;
        transaction.commit().await?;
        let mut kinds = vec![FactorKind::Totp];
        if self.recovery_codes(new.account).await?.left > 0 {
            kinds.push(FactorKind::RecoveryCode);
        }
        Ok(kinds)
    }

    /// Returns a challenge that can be answered after fewer than `at_most` attempts.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn challenged(
        &self,
        hash: TokenHash,
        at_most: u32,
        now_ms: i64,
    ) -> Result<Option<Challenge>, StoreError> {
        let values = self.values(hash, at_most, now_ms);
        let statement = self.scope.store.backend().statement(FIND, values);
        let row = first::<ChallengeRow>(self.scope.store.connection(), statement).await?;
        Ok(row.map(|row| Challenge {
            account: AccountId(row.account_id),
            by_cookie: row.by_cookie,
        }))
    }

    /// Counts an attempt at a challenge before it is looked at. Returns false if the challenge is over, or has had
    /// `at_most` attempts.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn count_guess(
        &self,
        hash: TokenHash,
        at_most: u32,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let values = self.values(hash, at_most, now_ms);
        let statement = self.scope.store.backend().statement(COUNT, values);
        let counted = execute(&transaction, statement).await?;
        transaction.commit().await?;
        Ok(counted > 0)
    }

    fn values(&self, hash: TokenHash, at_most: u32, now_ms: i64) -> [sea_orm::Value; 4] {
        [
            self.scope.tenant.0.into(),
            hash.0.to_vec().into(),
            now_ms.into(),
            i64::from(at_most).into(),
        ]
    }

    /// Ends a challenge by a proof, and begins its session, in which the factor counts as proven.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn finish(
        &self,
        challenge: TokenHash,
        proof: &FactorProof,
        new: NewSession,
        notice: Option<&NewMail>,
    ) -> Result<Finished, StoreError> {
        let (account, now_ms) = (new.account, new.at_ms);
        let transaction = self.scope.store.begin().await?;
        if !self.accounts().lock(&transaction, account).await? {
            return Ok(Finished::Over);
        }
        let values = [challenge.0.to_vec().into(), now_ms.into()];
        if run(&transaction, &self.scope, FINISH, account, values).await? == 0 {
            return Ok(Finished::Over);
        }
        if !proofs::spend(&transaction, &self.scope, account, proof, now_ms).await? {
            return Ok(Finished::Wrong);
        }
        let id = sessions::insert(&transaction, &self.scope, new, Some(now_ms)).await?;
        if let Some(notice) = notice {
            mails::enqueue(&transaction, &self.scope, account, notice).await?;
        }
        transaction.commit().await?;
        Ok(Finished::Begun(id))
    }

    /// Ends a challenge, if there is one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_challenge(&self, hash: TokenHash) -> Result<(), StoreError> {
        let sql = "DELETE FROM sign_in_challenges WHERE tenant_id = $1 AND token_hash = $2";
        let values = [self.scope.tenant.0.into(), hash.0.to_vec().into()];
        let transaction = self.scope.store.begin().await?;
        let statement = self.scope.store.backend().statement(sql, values);
        execute(&transaction, statement).await?;
        Ok(transaction.commit().await?)
    }
}

pub(crate) const FIND: &str = "SELECT account_id, by_cookie FROM sign_in_challenges
     WHERE tenant_id = $1 AND token_hash = $2 AND expires_at > $3 AND attempts < $4";

pub(crate) const COUNT: &str = "UPDATE sign_in_challenges SET attempts = attempts + 1
     WHERE tenant_id = $1 AND token_hash = $2 AND expires_at > $3 AND attempts < $4";

pub(crate) const FINISH: &str = "DELETE FROM sign_in_challenges
     WHERE tenant_id = $1 AND account_id = $2 AND token_hash = $3 AND expires_at > $4";
