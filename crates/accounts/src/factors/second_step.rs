//! Second step of a sign-in: a challenge that is answered with a factor.

use souk_domain::{AccountId, TenantId};
use souk_identity::{SecurityEvent, Token, TokenHash, TokenKind};
use souk_store::{Account, Finished, NewChallenge, Tenant};

use super::answers::FactorAnswer;
use crate::{
    error::AccountError,
    security::SecurityContext,
    service::AccountService,
    sign_in::{Client, PendingSignIn, SignInOutcome, SignedIn},
};

/// Time in which a challenge has to be answered, in milliseconds.
const CHALLENGE_MS: i64 = 5 * 60_000;
/// Attempts after which a challenge is over.
const MAX_GUESSES: u32 = 5;

/// A challenge as it was found by its token.
#[derive(Debug, Clone, Copy)]
pub struct Challenged {
    hash: TokenHash,
    account: AccountId,
    /// True if the browser is to keep the session as a cookie.
    pub by_cookie: bool,
}

impl AccountService {
    /// Asks for a second factor, where the account has one; else it is closed.
    pub(crate) async fn challenge(
        &self,
        tenant: TenantId,
        (account, compared): (&Account, Option<&str>),
        client: &Client,
    ) -> Result<SignInOutcome, AccountError> {
        let token = Token::new(TokenKind::Challenge, self.surroundings.random());
        let new = NewChallenge {
            account: account.id,
            hash: token.hash(),
            by_cookie: client.by_cookie,
            expires_at_ms: self.surroundings.now_ms().saturating_add(CHALLENGE_MS),
        };
        let factors = self
            .store
            .scope(tenant)
            .factors()
            .challenge(new, compared)
            .await?;
        if factors.is_empty() {
            return Err(AccountError::WrongCredentials);
        }
        let context = SecurityContext::of(tenant, account.id, &client.network);
        self.report(SecurityEvent::FactorAsked, context).await;
        Ok(SignInOutcome::SecondFactor(PendingSignIn {
            token,
            factors,
            expires_at_ms: new.expires_at_ms,
        }))
    }

    /// Finds the challenge of a token that a client uses, without counting it as an attempt.
    ///
    /// # Errors
    /// If the challenge is over, or there were too many attempts of the client.
    pub async fn challenged(
        &self,
        tenant: TenantId,
        token: &str,
        client: &Client,
    ) -> Result<Challenged, AccountError> {
        self.admit(&client.address).await?;
        let token = Token::parse(TokenKind::Challenge, token);
        let hash = token.ok_or(AccountError::InvalidChallenge)?.hash();
        let now = self.surroundings.now_ms();
        let factors = self.store.scope(tenant).factors();
        let found = factors.challenged(hash, MAX_GUESSES, now).await?;
        let found = found.ok_or(AccountError::InvalidChallenge)?;
        Ok(Challenged {
            hash,
            account: found.account,
            by_cookie: found.by_cookie,
        })
    }

    /// Answers a challenge, and begins its session.
    ///
    /// # Errors
    /// If the answer is wrong, or the challenge is over.
    pub async fn answer(
        &self,
        tenant: &Tenant,
        challenged: Challenged,
        answer: &FactorAnswer,
        client: &Client,
    ) -> Result<SignedIn, AccountError> {
        let Challenged { hash, account, .. } = challenged;
        let scope = self.store.scope(tenant.id);
        let found = scope.accounts().get(account).await?;
        let account = found.ok_or(AccountError::InvalidChallenge)?.account;
        let context = SecurityContext::of(tenant.id, account.id, &client.network);
        let device = self.device_of(tenant.id, &account, client);
        // Apart from failed passwords: a right one must not forgive wrong codes.
        let guesser = match device {
            Some(nonce) => self.guess_keys.factor_of_device(&nonce),
            None => self.guess_keys.factor(account.id),
        };
        let guessers = vec![guesser, self.guess_keys.network(&client.network)];
        let attempt = self.attempt(guessers, context).await?;
        let (factors, now) = (scope.factors(), self.surroundings.now_ms());
        if !factors.count_guess(hash, MAX_GUESSES, now).await? {
            return Err(AccountError::InvalidChallenge);
        }
        let proof = self.proof_of(tenant.id, account.id, answer).await?;
        let (new, token) = self.new_session(tenant.id, account.id, client).await?;
        let (kind, at_ms) = (new.kind, new.at_ms);
        let finished = match &proof {
            Some(proof) => {
                let notice = self.notice_of(tenant, &account, answer)?;
                factors.finish(hash, proof, new, notice.as_ref()).await?
            }
            None => Finished::Wrong,
        };
        match finished {
            Finished::Over => Err(AccountError::InvalidChallenge),
            Finished::Wrong => {
                self.failed(SecurityEvent::FactorRefused, &attempt, context)
                    .await;
                Err(answer.wrong())
            }
            Finished::Begun(_) => {
                self.forgive(tenant.id, &attempt).await?;
                if answer.is_recovery_code() {
                    self.report(SecurityEvent::RecoveryCodeUsed, context).await;
                }
                self.begun(tenant.id, account, (token, kind, at_ms), client)
                    .await
            }
        }
    }
}
