//! Links, and the mails that carry them.

use serde_json::json;
use souk_identity::{MailAddress, Token, TokenKind};
use souk_store::{LinkPurpose, NewLink, NewMail, Tenant};

use crate::service::AccountService;

/// Time for which a link is good, in milliseconds.
const LINK_MS: i64 = 30 * 60_000;

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
        let link = NewLink {
            purpose,
            hash: token.hash(),
            mail,
            expires_at_ms: self.surroundings.now_ms() + LINK_MS,
        };
        let url = self.options.pages.page(tenant, purpose, &token);
        MadeLink { link, url }
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
