//! Registration, and the confirmation of its address.

use std::fmt;

use souk_identity::SecurityEvent;
use souk_store::{LinkPurpose, NewAccount, Registration, Tenant};

use crate::{
    error::AccountError,
    links::MadeLink,
    security::SecurityContext,
    service::AccountService,
    sign_in::{Client, SignInOutcome, mail_of},
};

/// Somebody who registers.
pub struct Registrant {
    /// Mail address.
    pub mail: String,
    /// Display name.
    pub name: String,
    /// Password.
    pub password: String,
    /// Language of mails, ISO 639-1.
    pub language: String,
}

impl fmt::Debug for Registrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registrant")
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

impl AccountService {
    /// Registers an account and writes a mail with a link that confirms its address. For an address that is known the mail
    /// says so instead, and nobody else is told.
    ///
    /// # Errors
    /// If a value cannot be taken, whoever it is of.
    pub async fn register(
        &self,
        tenant: &Tenant,
        registrant: Registrant,
        client: &Client,
    ) -> Result<(), AccountError> {
        self.admit(&client.address).await?;
        let Registrant {
            mail,
            name,
            password,
            language,
        } = registrant;
        let mail = mail_of("mail", &mail)?;
        let person = (mail.as_str(), name.as_str());
        let hash = self.choose("password", password, tenant, person).await?;
        let MadeLink { link, url } = self.make_link(tenant, LinkPurpose::Verify, None);
        let pending = self.mail(tenant, &mail, ("verify", &language), ("", Some(&url)));
        let there = self.mail(tenant, &mail, ("known", &language), ("", None));
        let account = NewAccount {
            mail,
            name,
            language,
            password_hash: Some(hash),
            memberships: vec![souk_store::Membership {
                role: souk_identity::Role::Customer,
                seller: None,
            }],
            at_ms: self.surroundings.now_ms(),
        };
        let accounts = self.store.scope(tenant.id).accounts();
        let registered = accounts.register(&account, &link, Some(&pending), Some(&there));
        let (account, event) = match registered.await? {
            Registration::Pending(id) => (id, SecurityEvent::Registered),
            Registration::Known(id) => (id, SecurityEvent::RegisteredAgain),
        };
        let context = SecurityContext::of(tenant.id, account, &client.network);
        self.report(event, context).await;
        Ok(())
    }

    /// Confirms the address of an account and signs in. Needs the password as well: else somebody could register another's
    /// address with a password of their own, and have the owner confirm it.
    ///
    /// # Errors
    /// If the link is none any more or the password is wrong; the link stays good then.
    pub async fn verify(
        &self,
        tenant: &Tenant,
        token: &str,
        password: String,
        client: &Client,
    ) -> Result<SignInOutcome, AccountError> {
        let purpose = LinkPurpose::Verify;
        let (hash, found) = self.of_link(tenant, purpose, token, client).await?;
        let (id, now) = (found.account.id, self.surroundings.now_ms());
        let stranger = self.guess_keys.link(hash);
        let outcome = self
            .prove(tenant.id, stranger, Some(found), password, client, false)
            .await?;
        let accounts = self.store.scope(tenant.id).accounts();
        if !accounts.verify(hash, now).await? {
            // Somebody was quicker with the same link: what has begun goes, too.
            let scope = self.store.scope(tenant.id);
            match &outcome {
                SignInOutcome::SignedIn(begun) => {
                    scope.sessions().end_token(begun.token.hash()).await?;
                }
                SignInOutcome::SecondFactor(pending) => {
                    scope.factors().end_challenge(pending.token.hash()).await?;
                }
            }
            return Err(AccountError::InvalidLink);
        }
        let context = SecurityContext::of(tenant.id, id, &client.network);
        self.report(SecurityEvent::Verified, context).await;
        Ok(outcome)
    }
}
