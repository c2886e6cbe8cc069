//! Factors of an account: listed, added, removed.

use souk_domain::TenantId;
use souk_identity::{
    Enrolment, NONCE_BYTES, RECOVERY_CODE_BYTES, RECOVERY_CODES, RecoveryCode, SEED_BYTES,
    SecurityEvent, TotpSeed,
};
use souk_store::{LiveSession, NewTotp, RecoveryCodes, Tenant, Totp};

use super::stepping_up::RenewedSession;
use crate::{
    error::AccountError, security::SecurityContext, service::AccountService, sign_in::Client,
};

/// Time in which an authenticator app has to be confirmed, in milliseconds.
const ENROLMENT_MS: i64 = 10 * 60_000;

/// Factors of an account, without their secrets.
#[derive(Debug, Clone)]
pub struct AccountFactors {
    /// Authenticator app, confirmed or about to be.
    pub totp: Option<Totp>,
    /// Recovery codes that are left.
    pub recovery_codes: RecoveryCodes,
}

/// An authenticator app that waits for its first code. Its secret is shown this once.
#[derive(Debug)]
pub struct BegunTotp {
    /// Secret and address for the app.
    pub enrolment: Enrolment,
    /// The address as a QR code in SVG.
    pub qr_code: String,
    /// Time until which it has to be confirmed, in milliseconds since 1970 UTC.
    pub expires_at_ms: i64,
}

/// An authenticator app that is asked for from now on.
#[derive(Debug)]
pub struct ConfirmedTotp {
    /// Recovery codes, shown this once.
    pub recovery_codes: Vec<RecoveryCode>,
    /// Number of other sessions that ended.
    pub ended: u64,
    /// Session in which it was confirmed.
    pub session: RenewedSession,
}

impl AccountService {
    /// Returns the factors of an account.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn factors(
        &self,
        tenant: TenantId,
        live: &LiveSession,
    ) -> Result<AccountFactors, AccountError> {
        let (factors, account) = (self.store.scope(tenant).factors(), live.account.id);
        let now = self.surroundings.now_ms();
        let is_alive = |totp: &Totp| totp.expires_at_ms.is_none_or(|end| end > now);
        Ok(AccountFactors {
            totp: factors.totp(account).await?.filter(is_alive),
            recovery_codes: factors.recovery_codes(account).await?,
        })
    }

    /// Begins to add an authenticator app, in the place of one that was not confirmed.
    ///
    /// # Errors
    /// If the password is wrong, the name cannot be taken, or there is an app already.
    pub async fn begin_totp(
        &self,
        tenant: &Tenant,
        live: &LiveSession,
        (name, password): (String, String),
        client: &Client,
    ) -> Result<BegunTotp, AccountError> {
        self.require_proof(tenant.id, live).await?;
        self.confirm(tenant.id, live, password, client).await?;
        let account = &live.account;
        let seed = TotpSeed::new(self.random_bytes::<SEED_BYTES>());
        let nonce = self.random_bytes::<NONCE_BYTES>();
        let now = self.surroundings.now_ms();
        let new = NewTotp {
            sealed_seed: self.seeds.seal((tenant.id.0, account.id.0), &seed, nonce),
            name,
            at_ms: now,
            expires_at_ms: now.saturating_add(ENROLMENT_MS),
        };
        let enrolment = Enrolment::new(&seed, &tenant.name, &account.mail);
        let qr_code = enrolment.qr_code()?;
        let factors = self.store.scope(tenant.id).factors();
        if !factors.begin_totp(account.id, &new).await? {
            return Err(AccountError::FactorExists);
        }
        Ok(BegunTotp {
            enrolment,
            qr_code,
            expires_at_ms: new.expires_at_ms,
        })
    }

    /// Confirms an authenticator app by its first code. All other sessions end, and a mail tells of it.
    ///
    /// # Errors
    /// If the code is wrong, or there is no app to be confirmed any more.
    pub async fn confirm_totp(
        &self,
        tenant: &Tenant,
        live: &LiveSession,
        code: &str,
        client: &Client,
    ) -> Result<ConfirmedTotp, AccountError> {
        let account = &live.account;
        let factors = self.store.scope(tenant.id).factors();
        let now = self.surroundings.now_ms();
        let waits = |totp: &Totp| totp.expires_at_ms.is_some_and(|end| end > now);
        let totp = factors.totp(account.id).await?.filter(waits);
        let totp = totp.ok_or(AccountError::NotFound("factor"))?;

        let context = SecurityContext::of(tenant.id, account.id, &client.network);
        let guessers = vec![self.guess_keys.factor_of_session(account.id)];
        let attempt = self.attempt(guessers, context).await?;
        let seed = self
            .seeds
            .open((tenant.id.0, account.id.0), &totp.sealed_seed)?;
        let Some(step) = seed.step_of(code, now, totp.last_step) else {
            self.failed(SecurityEvent::FactorRefused, &attempt, context)
                .await;
            return Err(AccountError::WrongCode("code"));
        };
        self.forgive(tenant.id, &attempt).await?;

        let recovery_codes = self.new_recovery_codes();
        let hash = |code: &RecoveryCode| code.hash(tenant.id.0, account.id.0);
        let hashes: Vec<_> = recovery_codes.iter().map(hash).collect();
        let notice = self.notice(tenant, account, "factor_added")?;
        let (session, proven) = self.renewed(live, now);
        let confirmed = (totp.sealed_seed.as_slice(), step);
        let ended = factors.confirm_totp(&proven, confirmed, &hashes, &notice);
        let ended = ended.await?.ok_or(AccountError::NotFound("factor"))?;
        self.outdate_sessions();
        self.report(SecurityEvent::FactorAdded, context).await;
        Ok(ConfirmedTotp {
            recovery_codes,
            ended,
            session,
        })
    }

    /// Removes the authenticator app and the recovery codes. A mail tells of it.
    ///
    /// # Errors
    /// If the password is wrong, no factor was proven lately, or there is none.
    pub async fn remove_totp(
        &self,
        tenant: &Tenant,
        live: &LiveSession,
        password: String,
        client: &Client,
    ) -> Result<(), AccountError> {
        self.require_proof(tenant.id, live).await?;
        self.confirm(tenant.id, live, password, client).await?;
        let account = &live.account;
        let notice = self.notice(tenant, account, "factor_removed")?;
        let factors = self.store.scope(tenant.id).factors();
        factors.remove_totp(account.id, &notice).await?;
        self.outdate_sessions();
        let context = SecurityContext::of(tenant.id, account.id, &client.network);
        self.report(SecurityEvent::FactorRemoved, context).await;
        Ok(())
    }

    /// Makes a new set of recovery codes; those of before are refused from then on.
    ///
    /// # Errors
    /// If the password is wrong, no factor was proven lately, or there is none.
    pub async fn renew_recovery_codes(
        &self,
        tenant: TenantId,
        live: &LiveSession,
        password: String,
        client: &Client,
    ) -> Result<Vec<RecoveryCode>, AccountError> {
        self.require_proof(tenant, live).await?;
        self.confirm(tenant, live, password, client).await?;
        let account = live.account.id;
        let codes = self.new_recovery_codes();
        let hashes: Vec<_> = codes
            .iter()
            .map(|code| code.hash(tenant.0, account.0))
            .collect();
        let factors = self.store.scope(tenant).factors();
        let now = self.surroundings.now_ms();
        factors.renew_recovery_codes(account, &hashes, now).await?;
        let context = SecurityContext::of(tenant, account, &client.network);
        self.report(SecurityEvent::RecoveryCodesMade, context).await;
        Ok(codes)
    }

    fn new_recovery_codes(&self) -> Vec<RecoveryCode> {
        let code = |_| RecoveryCode::new(self.random_bytes::<RECOVERY_CODE_BYTES>());
        (0..RECOVERY_CODES).map(code).collect()
    }

    fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        bytes.copy_from_slice(&self.surroundings.random()[..N]);
        bytes
    }
}
