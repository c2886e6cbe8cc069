//! Change of the mail address: confirmed at the new one, told to the old one.

use souk_identity::SecurityEvent;
use souk_store::{LinkPurpose, LiveSession, Tenant};

use crate::{
    error::AccountError,
    links::MadeLink,
    security::SecurityContext,
    service::AccountService,
    sign_in::{Client, mail_of},
};

impl AccountService {
    /// Writes a mail to a new address with a link that makes it the account's, and one that tells the old address. An address that is another account's is not
    /// told from a free one: its link does nothing.
    ///
    /// # Errors
    /// If no second factor was proven lately, the password is wrong, or the address is none.
    pub async fn ask_address(
        &self,
        tenant: &Tenant,
        live: &LiveSession,
        (mail, password): (&str, String),
        client: &Client,
    ) -> Result<(), AccountError> {
        self.admit(&client.address).await?;
        self.require_proof(tenant.id, live).await?;
        let mail = mail_of("mail", mail)?;
        self.confirm(tenant.id, live, password, client).await?;
        let account = &live.account;
        let purpose = LinkPurpose::Address;
        let MadeLink { link, url } = self.make_link(tenant, purpose, Some(mail.clone()));
        let template = ("address", account.language.as_str());
        let letter = self.mail(tenant, &mail, template, ("", Some(&url)));
        let notice = self.notice(tenant, account, "address_asked")?;
        let accounts = self.store.scope(tenant.id).accounts();
        let mails = [&notice, &letter];
        accounts.send_link(account.id, &link, mails).await?;
        let context = SecurityContext::of(tenant.id, account.id, &client.network);
        self.report(SecurityEvent::AddressChangeAsked, context)
            .await;
        Ok(())
    }

    /// Makes the address of a link the account's.
    ///
    /// # Errors
    /// If the link is none any more, or the address is another account's by now.
    pub async fn change_address(
        &self,
        tenant: &Tenant,
        token: &str,
        client: &Client,
    ) -> Result<(), AccountError> {
        let purpose = LinkPurpose::Address;
        let (hash, found) = self.of_link(tenant, purpose, token, client).await?;
        let account = found.account;
        let notice = self.notice(tenant, &account, "address_changed")?;
        let accounts = self.store.scope(tenant.id).accounts();
        let now = self.surroundings.now_ms();
        if !accounts.change_address(hash, &notice, now).await? {
            return Err(AccountError::InvalidLink);
        }
        self.outdate_sessions();
        let context = SecurityContext::of(tenant.id, account.id, &client.network);
        self.report(SecurityEvent::AddressChanged, context).await;
        Ok(())
    }
}
