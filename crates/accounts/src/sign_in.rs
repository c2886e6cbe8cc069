//! Signing in and out.

use std::fmt;

use souk_domain::{AccountId, InvalidField, TenantId};
use souk_identity::{
    FactorKind, MailAddress, SecurityEvent, SessionKind, Token, TokenHash, TokenKind, Verdict,
};
use souk_store::{Account, CountedGuesser, Credentials, NewSession, Tenant};

use crate::{error::AccountError, security::SecurityContext, service::AccountService};

/// Client of a request.
#[derive(Clone, Default)]
pub struct Client {
    /// Address that quotas are counted by; empty if it is not known, and nothing is counted then.
    pub address: String,
    /// Network of the address, which is kept with a session; empty if it is not known, and no failures are counted by it then.
    pub network: String,
    /// Description that the client gives of itself.
    pub user_agent: String,
    /// Token of a device that signed in before.
    pub device: Option<String>,
    /// Session that a new one takes the place of.
    pub previous: Option<TokenHash>,
    /// True if the browser is to keep the session as a cookie.
    pub by_cookie: bool,
}

/// A session that has begun. Its secrets are shown this once.
pub struct SignedIn {
    /// Account.
    pub account: Account,
    /// Token of the session.
    pub token: Token,
    /// Token by which the device is known.
    pub device: String,
    /// Kind of the session.
    pub kind: SessionKind,
    /// End of the session, in milliseconds since 1970 UTC.
    pub expires_at_ms: i64,
}

/// Leaves the device's token out.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("address", &self.address)
            .field("network", &self.network)
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}

/// Leaves the secrets out.
impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedIn")
            .field("account", &self.account.id)
            .field("kind", &self.kind)
            .field("expires_at_ms", &self.expires_at_ms)
            .finish_non_exhaustive()
    }
}

/// A sign-in that waits for its second factor. Its token is shown this once.
#[derive(Debug)]
pub struct PendingSignIn {
    /// Token of the challenge.
    pub token: Token,
    /// Factors that may answer it.
    pub factors: Vec<FactorKind>,
    /// Time until which it has to be answered, in milliseconds since 1970 UTC.
    pub expires_at_ms: i64,
}

/// Result of a right password.
#[derive(Debug)]
pub enum SignInOutcome {
    /// The session has begun.
    SignedIn(Box<SignedIn>),
    /// A second factor is asked for.
    SecondFactor(PendingSignIn),
}

/// Reads a mail address of a field.
pub(crate) fn mail_of(field: &'static str, text: &str) -> Result<MailAddress, InvalidField> {
    let mail = MailAddress::parse(text);
    mail.map_err(|error| InvalidField::new(field, error.to_string()))
}

impl AccountService {
    /// Signs in. Whether there is such an account is neither told nor shown by the work: a hash is computed either way.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn sign_in(
        &self,
        tenant: &Tenant,
        mail: &str,
        password: String,
        client: &Client,
    ) -> Result<SignInOutcome, AccountError> {
        self.admit(&client.address).await?;
        let mail = mail_of("mail", mail)?;
        let found = self
            .store
            .scope(tenant.id)
            .accounts()
            .by_mail(&mail)
            .await?;
        let stranger = self.guess_keys.account(&mail);
        self.prove(tenant.id, stranger, found, password, client, true)
            .await
    }

    /// Compares the password, and begins a session or asks for a second factor. `stranger` is what a client without a known
    /// device is counted as.
    pub(crate) async fn prove(
        &self,
        tenant: TenantId,
        stranger: CountedGuesser,
        found: Option<Credentials>,
        password: String,
        client: &Client,
        must_be_verified: bool,
    ) -> Result<SignInOutcome, AccountError> {
        let account = found.as_ref().map(|found| &found.account);
        let context = SecurityContext {
            tenant,
            account: account.map(|account| account.id),
            network: &client.network,
        };
        let device = account.and_then(|account| self.device_of(tenant, account, client));
        let guessers = match device {
            // Its neighbours cannot keep it out.
            Some(nonce) => vec![self.guess_keys.device(&nonce)],
            None if client.network.is_empty() => vec![stranger],
            None => vec![stranger, self.guess_keys.network(&client.network)],
        };
        let attempt = self.attempt(guessers, context).await?;

        let stored = found.as_ref().and_then(|found| found.password_hash.clone());
        let verdict = self
            .hashing
            .verify(password.clone(), stored.clone())
            .await?;
        let (Some(found), Verdict::Right { outdated }) = (found, verdict) else {
            self.failed(SecurityEvent::SignInRefused, &attempt, context)
                .await;
            return Err(AccountError::WrongCredentials);
        };
        let account = found.account;
        let is_closed = account.disabled_at_ms.is_some() || account.erased_at_ms.is_some();
        if is_closed || (must_be_verified && account.verified_at_ms.is_none()) {
            self.failed(SecurityEvent::SignInRefused, &attempt, context)
                .await;
            return Err(AccountError::WrongCredentials);
        }
        self.forgive(tenant, &attempt).await?;
        let compared = match outdated {
            true => self.rehash(tenant, account.id, stored, password).await?,
            false => stored,
        };
        let compared = compared.as_deref();
        let (new, token) = self.new_session(tenant, account.id, client).await?;
        let begins = (token, new.kind, new.at_ms);
        match self
            .store
            .scope(tenant)
            .sessions()
            .begin(new, compared)
            .await?
        {
            Some(_) => {
                let begun = self.begun(tenant, account, begins, client).await?;
                Ok(SignInOutcome::SignedIn(Box::new(begun)))
            }
            None => self.challenge(tenant, (&account, compared), client).await,
        }
    }

    /// Returns the number of the client's device if it signed in to the account before.
    pub(crate) fn device_of(
        &self,
        tenant: TenantId,
        account: &Account,
        client: &Client,
    ) -> Option<[u8; 16]> {
        let device = client.device.as_deref()?;
        let now_ms = self.surroundings.now_ms();
        self.devices.device(tenant.0, account.id.0, device, now_ms)
    }

    /// Stores a new hash of a password that was right, and returns the one that is stored.
    async fn rehash(
        &self,
        tenant: TenantId,
        account: AccountId,
        stored: Option<String>,
        password: String,
    ) -> Result<Option<String>, AccountError> {
        let random = self.surroundings.random();
        let renewed = self.hashing.renew(password.clone(), random).await?;
        let (Some(old), Some(new)) = (stored, renewed) else {
            return Ok(None);
        };
        let accounts = self.store.scope(tenant).accounts();
        if accounts.rehash(account, &old, &new).await? {
            return Ok(Some(new));
        }
        // Another sign-in was quicker, or the password is another one by now.
        let present = accounts.get(account).await?;
        let present = present.and_then(|found| found.password_hash);
        match self.hashing.verify(password, present.clone()).await? {
            Verdict::Right { .. } => Ok(present),
            Verdict::Wrong => Err(AccountError::WrongCredentials),
        }
    }

    /// Returns a session to be begun, and its token.
    pub(crate) async fn new_session(
        &self,
        tenant: TenantId,
        account: AccountId,
        client: &Client,
    ) -> Result<(NewSession, Token), AccountError> {
        let accounts = self.store.scope(tenant).accounts();
        let memberships = accounts.memberships(account).await?;
        let kind = SessionKind::of(memberships.iter().map(|membership| membership.role));
        let token = Token::new(TokenKind::Session, self.surroundings.random());
        let new = NewSession {
            account,
            hash: token.hash(),
            kind,
            network: client.network.clone(),
            user_agent: client.user_agent.clone(),
            at_most: self.options.sessions_of(kind),
            at_ms: self.surroundings.now_ms(),
        };
        Ok((new, token))
    }

    /// Returns a session that has begun, after the one before it has ended.
    pub(crate) async fn begun(
        &self,
        tenant: TenantId,
        account: Account,
        (token, kind, at_ms): (Token, SessionKind, i64),
        client: &Client,
    ) -> Result<SignedIn, AccountError> {
        if let Some(previous) = client.previous {
            let sessions = self.store.scope(tenant).sessions();
            sessions.end_token(previous).await?;
        }
        // The oldest may have ended.
        self.outdate_sessions();
        let known_device = self.device_of(tenant, &account, client).is_some();
        let context = SecurityContext::of(tenant, account.id, &client.network);
        self.report(SecurityEvent::SignedIn { known_device }, context)
            .await;
        Ok(SignedIn {
            device: self.devices.sign(
                tenant.0,
                account.id.0,
                &self.surroundings.random(),
                self.surroundings.now_ms(),
            ),
            expires_at_ms: at_ms.saturating_add(kind.lifetime_ms()),
            account,
            token,
            kind,
        })
    }

    /// Ends a session.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sign_out(
        &self,
        tenant: TenantId,
        live: &souk_store::LiveSession,
        network: &str,
    ) -> Result<(), AccountError> {
        let account = live.account.id;
        let sessions = self.store.scope(tenant).sessions();
        sessions.end(account, live.session.id).await?;
        self.outdate_sessions();
        let context = SecurityContext::of(tenant, account, network);
        self.report(SecurityEvent::SignedOut, context).await;
        Ok(())
    }
}
