//! Proof of a factor within a session, before something that matters.

use souk_domain::TenantId;
use souk_identity::{PROOF_MS, SecurityEvent, Token, TokenKind, is_recent_proof};
use souk_store::{LiveSession, ProvenSession, Tenant};

use super::answers::FactorAnswer;
use crate::{
    error::AccountError, security::SecurityContext, service::AccountService, sign_in::Client,
};

/// A session in which a factor was proven. Its token is another one from then on, shown this once.
#[derive(Debug)]
pub struct RenewedSession {
    /// Token of the session.
    pub token: Token,
    /// Time until which the proof counts, in milliseconds since 1970 UTC.
    pub proven_until_ms: i64,
    /// End of the session, in milliseconds since 1970 UTC.
    pub expires_at_ms: i64,
}

impl AccountService {
    /// Proves a factor in a session, whose token changes.
    ///
    /// # Errors
    /// If the answer is wrong, or the account has no factor.
    pub async fn step_up(
        &self,
        tenant: &Tenant,
        live: &LiveSession,
        answer: &FactorAnswer,
        client: &Client,
    ) -> Result<RenewedSession, AccountError> {
        let account = &live.account;
        let factors = self.store.scope(tenant.id).factors();
        if !factors.are_on(account.id).await? {
            return Err(AccountError::NotFound("factor"));
        }
        let context = SecurityContext::of(tenant.id, account.id, &client.network);
        let guessers = vec![self.guess_keys.factor_of_session(account.id)];
        let attempt = self.attempt(guessers, context).await?;
        let proof = self.proof_of(tenant.id, account.id, answer).await?;
        let (renewed, proven) = self.renewed(live, self.surroundings.now_ms());
        let is_spent = match &proof {
            Some(proof) => {
                let notice = self.notice_of(tenant, account, answer)?;
                factors.step_up(&proven, proof, notice.as_ref()).await?
            }
            None => false,
        };
        if !is_spent {
            self.failed(SecurityEvent::FactorRefused, &attempt, context)
                .await;
            return Err(answer.wrong());
        }
        self.outdate_sessions();
        self.forgive(tenant.id, &attempt).await?;
        if answer.is_recovery_code() {
            self.report(SecurityEvent::RecoveryCodeUsed, context).await;
        }
        self.report(SecurityEvent::SteppedUp, context).await;
        Ok(renewed)
    }

    /// Refuses what matters to a session in which no factor was proven lately, if the account has one.
    pub async fn require_proof(
        &self,
        tenant: TenantId,
        live: &LiveSession,
    ) -> Result<(), AccountError> {
        let now = self.surroundings.now_ms();
        if is_recent_proof(live.session.factor_at_ms, now) {
            return Ok(());
        }
        let factors = self.store.scope(tenant).factors();
        match factors.are_on(live.account.id).await? {
            true => Err(AccountError::StepUpRequired),
            false => Ok(()),
        }
    }

    /// Returns a session with another token, as it is shown and as it is stored.
    pub(super) fn renewed(
        &self,
        live: &LiveSession,
        now_ms: i64,
    ) -> (RenewedSession, ProvenSession) {
        let token = Token::new(TokenKind::Session, self.surroundings.random());
        let proven = ProvenSession {
            account: live.account.id,
            id: live.session.id,
            hash: token.hash(),
            at_ms: now_ms,
        };
        let renewed = RenewedSession {
            token,
            proven_until_ms: now_ms.saturating_add(PROOF_MS),
            expires_at_ms: live.session.expires_at_ms,
        };
        (renewed, proven)
    }
}
