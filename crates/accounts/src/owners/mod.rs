//! First owner of a marketplace, made by a link that the terminal shows.

pub(crate) mod tokens;

use souk_identity::{SecurityEvent, Token, TokenKind};
use souk_store::{NewAccount, Tenant};

use crate::{
    error::AccountError,
    registration::Registrant,
    security::SecurityContext,
    service::AccountService,
    sign_in::{Client, mail_of},
};

impl AccountService {
    /// Returns the page that makes the first owner of a tenant; `None` if there is one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn first_owner_page(&self, tenant: &Tenant) -> Result<Option<String>, AccountError> {
        if self.store.scope(tenant.id).accounts().has_owner().await? {
            return Ok(None);
        }
        let token = self.owners.of(tenant.id);
        Ok(Some(self.options.pages.page(tenant, "owner", &token)))
    }

    /// Makes the first owner. Whoever has the token reads the terminal of the service: the address needs no confirmation.
    ///
    /// # Errors
    /// If the token is wrong, the tenant has an owner, or a value cannot be taken.
    pub async fn add_first_owner(
        &self,
        tenant: &Tenant,
        token: &str,
        owner: Registrant,
        client: &Client,
    ) -> Result<(), AccountError> {
        self.admit(&client.address).await?;
        let token = Token::parse(TokenKind::Owner, token).ok_or(AccountError::InvalidLink)?;
        // Of hashes, so that the time tells nothing of the token.
        if token.hash() != self.owners.of(tenant.id).hash() {
            return Err(AccountError::InvalidLink);
        }
        let accounts = self.store.scope(tenant.id).accounts();
        // Before the password is hashed: a used token costs nothing.
        if accounts.has_owner().await? {
            return Err(AccountError::Owned);
        }
        let mail = mail_of("mail", &owner.mail)?;
        let person = (mail.as_str(), owner.name.as_str());
        let hash = self
            .choose("password", owner.password, tenant, person)
            .await?;
        let account = NewAccount {
            mail,
            name: owner.name,
            language: owner.language,
            password_hash: Some(hash),
            memberships: Vec::new(),
            at_ms: self.surroundings.now_ms(),
        };
        let id = accounts.add_first_owner(&account).await?;
        let id = id.ok_or(AccountError::Owned)?;
        let context = SecurityContext::of(tenant.id, id, &client.network);
        self.report(SecurityEvent::FirstOwner, context).await;
        Ok(())
    }
}
