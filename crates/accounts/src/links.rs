//! Links, and the mails that carry them.

use serde_json::json;
use souk_identity::{MailAddress, Token, TokenHash, TokenKind};
use souk_store::{Account, Credentials, LinkPurpose, NewLink, NewMail, Tenant};

use crate::{
    error::AccountError,
    service::AccountService,
    sign_in::{Client, mail_of},
};

/// Time for which a link is good, in milliseconds.
const LINK_MS: i64 = 30 * 60_000;
/// The same of an invitation, whose reader does not wait for it.
const INVITATION_MS: i64 = 7 * 24 * 3_600_000;

/// Name of an account, if it was given by the holder of its address and not by anybody who typed that.
pub(crate) fn known_name(account: &Account) -> &str {
    match account.verified_at_ms {
        Some(_) => &account.name,
        None => "",
    }
}

/// A link that was made, and the address that uses it.
pub(crate) struct MadeLink {
    pub(crate) link: NewLink,
    pub(crate) url: String,
}

impl AccountService {
    pub(crate) fn make_link(
        &self,
        tenant: &Tenant,
        purpose: LinkPurpose,
        mail: Option<MailAddress>,
    ) -> MadeLink {
        let token = Token::new(TokenKind::Link, self.surroundings.random());
        let (page, good_for_ms) = match purpose {
            LinkPurpose::Verify => ("verify", LINK_MS),
            LinkPurpose::Reset => ("reset", LINK_MS),
            LinkPurpose::Address => ("address", LINK_MS),
            LinkPurpose::Invitation => ("invitation", INVITATION_MS),
        };
        let link = NewLink {
            purpose,
            hash: token.hash(),
            mail,
            expires_at_ms: self.surroundings.now_ms() + good_for_ms,
        };
        let url = self.options.pages.page(tenant, page, &token);
        MadeLink { link, url }
    }

    /// Finds the account of a link that a client uses, without using it up. Returns the hash of the link as well.
    pub(crate) async fn of_link(
        &self,
        tenant: &Tenant,
        purpose: LinkPurpose,
        token: &str,
        client: &Client,
    ) -> Result<(TokenHash, Credentials), AccountError> {
        self.admit(&client.address).await?;
        let token = Token::parse(TokenKind::Link, token).ok_or(AccountError::InvalidLink)?;
        let hash = token.hash();
        let accounts = self.store.scope(tenant.id).accounts();
        let now = self.surroundings.now_ms();
        let id = accounts.of_link(purpose, hash, now).await?;
        let id = id.ok_or(AccountError::InvalidLink)?;
        let found = accounts.get(id).await?;
        Ok((hash, found.ok_or(AccountError::InvalidLink)?))
    }

    /// Returns a mail to an account without a link.
    pub(crate) fn notice(
        &self,
        tenant: &Tenant,
        account: &Account,
        template: &'static str,
    ) -> Result<NewMail, AccountError> {
        let mail = mail_of("mail", &account.mail)?;
        let template = (template, account.language.as_str());
        Ok(self.mail(tenant, &mail, template, (known_name(account), None)))
    }

    pub(crate) fn mail(
        &self,
        tenant: &Tenant,
        recipient: &MailAddress,
        (template, language): (&'static str, &str),
        (name, url): (&str, Option<&str>),
    ) -> NewMail {
        let data = json!({"shop": tenant.name, "name": name, "url": url});
        NewMail {
            recipient: recipient.clone(),
            template,
            language: language.to_owned(),
            data: data.to_string(),
            at_ms: self.surroundings.now_ms(),
        }
    }
}
