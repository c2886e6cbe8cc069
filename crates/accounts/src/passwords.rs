//! Change and reset of passwords.

use souk_domain::TenantId;
use souk_identity::{SecurityEvent, Verdict};
use souk_store::{LinkPurpose, LiveSession, Tenant};

use crate::{
    error::AccountError,
    links::{MadeLink, known_name},
    security::SecurityContext,
    service::AccountService,
    sign_in::{Client, mail_of},
};

impl AccountService {
    /// Checks the password of somebody who is signed in, before something that matters.
    pub(crate) async fn confirm(
        &self,
        tenant: TenantId,
        live: &LiveSession,
        password: String,
        client: &Client,
    ) -> Result<(), AccountError> {
        let account = live.account.id;
        let context = SecurityContext::of(tenant, account, &client.network);
        let guessers = vec![self.guess_keys.session(account)];
        let attempt = self.attempt(guessers, context).await?;
        let found = self.store.scope(tenant).accounts().get(account).await?;
        let stored = found.and_then(|found| found.password_hash);
        match self.hashing.verify(password, stored).await? {
            Verdict::Right { .. } => self.forgive(tenant, &attempt).await,
            Verdict::Wrong => {
                self.failed(SecurityEvent::SignInRefused, &attempt, context)
                    .await;
                Err(AccountError::WrongPassword)
            }
        }
    }

    /// Hashes a new password of a field, unless it is easily guessed, as one with the names of the shop or the person is.
    pub(crate) async fn choose(
        &self,
        field: &'static str,
        password: String,
        tenant: &Tenant,
        (mail, name): (&str, &str),
    ) -> Result<String, AccountError> {
        let known = vec![tenant.name.clone(), mail.to_owned(), name.to_owned()];
        let random = self.surroundings.random();
        self.hashing.choose(field, password, known, random).await
    }

    /// Changes the password. All other sessions end, and a mail tells of it. Returns how many sessions ended.
    ///
    /// # Errors
    /// If no second factor was proven lately, the current one is wrong, or the new one cannot be taken.
    pub async fn change_password(
        &self,
        tenant: &Tenant,
        live: &LiveSession,
        (current, new): (String, String),
        client: &Client,
    ) -> Result<u64, AccountError> {
        self.require_proof(tenant.id, live).await?;
        self.confirm(tenant.id, live, current, client).await?;
        let account = &live.account;
        let person = (account.mail.as_str(), account.name.as_str());
        let hash = self.choose("new_password", new, tenant, person).await?;
        let notice = self.notice(tenant, account, "password_changed")?;
        let accounts = self.store.scope(tenant.id).accounts();
        let keep = Some(live.session.id);
        let ended = accounts
            .set_password(account.id, &hash, keep, &notice)
            .await?;
        self.outdate_sessions();
        let context = SecurityContext::of(tenant.id, account.id, &client.network);
        self.report(SecurityEvent::PasswordChanged, context).await;
        Ok(ended)
    }

    /// Writes a mail with a link that sets a password, if the address is an account's; nobody else is told.
    ///
    /// # Errors
    /// If the address is none, or there were too many requests.
    pub async fn ask_reset(
        &self,
        tenant: &Tenant,
        mail: &str,
        client: &Client,
    ) -> Result<(), AccountError> {
        self.admit(&client.address).await?;
        let mail = mail_of("mail", mail)?;
        let accounts = self.store.scope(tenant.id).accounts();
        // Made for a known and an unknown address alike.
        let MadeLink { link, url } = self.make_link(tenant, LinkPurpose::Reset, None);
        let found = accounts.by_mail(&mail).await?.map(|found| found.account);
        if let Some(account) = &found {
            let template = ("reset", account.language.as_str());
            let mail = self.mail(tenant, &mail, template, (known_name(account), Some(&url)));
            accounts.send_link(account.id, &link, Some(&mail)).await?;
        }
        let context = SecurityContext {
            tenant: tenant.id,
            account: found.map(|account| account.id),
            network: &client.network,
        };
        self.report(SecurityEvent::ResetAsked, context).await;
        Ok(())
    }

    /// Sets a password by a link. All sessions end, and a mail tells of it.
    ///
    /// # Errors
    /// If the link is none any more, or the password cannot be taken; the link stays good then.
    pub async fn reset(
        &self,
        tenant: &Tenant,
        token: &str,
        password: String,
        client: &Client,
    ) -> Result<(), AccountError> {
        let purpose = LinkPurpose::Reset;
        let (hash, found) = self.of_link(tenant, purpose, token, client).await?;
        let account = found.account;
        let person = (account.mail.as_str(), account.name.as_str());
        let new = self.choose("password", password, tenant, person).await?;
        let notice = self.notice(tenant, &account, "password_changed")?;
        // Whoever has the link has the mailbox: failures of strangers do not keep them out any longer.
        let mail = mail_of("token", &account.mail)?;
        let guessers = [
            self.guess_keys.account(&mail),
            self.guess_keys.session(account.id),
        ];
        self.forget_failures(tenant.id, &guessers).await?;
        let accounts = self.store.scope(tenant.id).accounts();
        let now = self.surroundings.now_ms();
        if !accounts.reset_password(hash, &new, &notice, now).await? {
            return Err(AccountError::InvalidLink);
        }
        self.outdate_sessions();
        let context = SecurityContext::of(tenant.id, account.id, &client.network);
        self.report(SecurityEvent::PasswordReset, context).await;
        Ok(())
    }
}
