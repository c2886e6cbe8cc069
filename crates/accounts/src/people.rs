//! People who manage a marketplace or sell in it: invited, given roles, disabled.

use souk_domain::{AccountId, TenantId};
use souk_identity::{Authority, SecurityEvent};
use souk_store::{
    Invited, LinkPurpose, MAIL_QUOTA_SECONDS, Membership, NewAccount, Person, Tenant,
};

use crate::{
    error::AccountError,
    links::{MadeLink, known_name},
    security::SecurityContext,
    service::AccountService,
    sign_in::{Client, mail_of},
};

/// Somebody to be invited.
#[derive(Debug, Clone)]
pub struct Invitee {
    /// Mail address.
    pub mail: String,
    /// Display name; may be empty.
    pub name: String,
    /// Language of mails, ISO 639-1.
    pub language: String,
    /// Role.
    pub membership: Membership,
}

/// An invitation that was sent.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Whoever is invited.
    pub person: Person,
    /// Link of the mail, which sets the first password; `None` for somebody who can sign in already.
    pub url: Option<String>,
}

impl AccountService {
    /// Gives somebody a role, and has a mail tell them of it. It has a link for those who have no password yet.
    ///
    /// # Errors
    /// If the role is beyond the authority, a value cannot be taken, or the account is disabled.
    pub async fn invite(
        &self,
        tenant: &Tenant,
        authority: Authority,
        invitee: Invitee,
    ) -> Result<Invitation, AccountError> {
        let Invitee {
            mail,
            name,
            language,
            membership,
        } = invitee;
        let mail = mail_of("mail", &mail)?;
        self.require_authority(authority, &[membership])?;
        let accounts = self.store.scope(tenant.id).accounts();
        if let Some(there) = accounts.by_mail(&mail).await? {
            self.subject(tenant.id, authority, there.account.id).await?;
        }
        let MadeLink { link, url } = self.make_link(tenant, LinkPurpose::Invitation, None);
        let template = ("invitation", language.as_str());
        let pending = self.mail(tenant, &mail, template, (&name, Some(&url)));
        let known = self.mail(tenant, &mail, ("role_given", &language), (&name, None));
        let account = NewAccount {
            mail,
            name,
            language,
            password_hash: None,
            memberships: vec![membership],
            at_ms: self.surroundings.now_ms(),
        };
        let mails = (Some(&pending), Some(&known));
        let invited = accounts.invite(&account, &link, mails).await?;
        self.outdate_sessions();
        let person = accounts.person(invited.id()).await?;
        Ok(Invitation {
            person: person.ok_or(AccountError::NotFound("account"))?,
            url: matches!(invited, Invited::Pending(_)).then_some(url),
        })
    }

    /// Sets the first password of somebody who was invited, by the link of the mail. An empty name leaves the invitation's.
    ///
    /// # Errors
    /// If the link is none any more, or a value cannot be taken; the link stays good then.
    pub async fn accept_invitation(
        &self,
        tenant: &Tenant,
        token: &str,
        (password, name): (String, &str),
        client: &Client,
    ) -> Result<(), AccountError> {
        let purpose = LinkPurpose::Invitation;
        let (hash, found) = self.of_link(tenant, purpose, token, client).await?;
        let account = found.account;
        let person = (account.mail.as_str(), name);
        let new = self.choose("password", password, tenant, person).await?;
        let accounts = self.store.scope(tenant.id).accounts();
        let now = self.surroundings.now_ms();
        if !accounts.accept_invitation(hash, (&new, name), now).await? {
            return Err(AccountError::InvalidLink);
        }
        self.outdate_sessions();
        let context = SecurityContext::of(tenant.id, account.id, &client.network);
        self.report(SecurityEvent::InvitationAccepted, context)
            .await;
        Ok(())
    }

    /// Gives an account a role.
    ///
    /// # Errors
    /// If the role or the account is beyond the authority, or there is no such account or seller.
    pub async fn give_role(
        &self,
        tenant: TenantId,
        authority: Authority,
        id: AccountId,
        membership: Membership,
    ) -> Result<Person, AccountError> {
        self.require_authority(authority, &[membership])?;
        self.subject(tenant, authority, id).await?;
        let accounts = self.store.scope(tenant).accounts();
        let now = self.surroundings.now_ms();
        accounts.grant(id, membership, now).await?;
        self.changed(tenant, id).await
    }

    /// Takes a role from an account.
    ///
    /// # Errors
    /// If the account is beyond the authority or has no such role, or it is the last owner.
    pub async fn take_role(
        &self,
        tenant: TenantId,
        authority: Authority,
        id: AccountId,
        membership: Membership,
    ) -> Result<Person, AccountError> {
        self.subject(tenant, authority, id).await?;
        let accounts = self.store.scope(tenant).accounts();
        if !accounts.take(id, membership).await? {
            return Err(AccountError::NotFound("role"));
        }
        self.changed(tenant, id).await
    }

    /// Disables an account, which ends its sessions, or lets it sign in again.
    ///
    /// # Errors
    /// If the account is beyond the authority, does not exist, or is the last owner's.
    pub async fn set_disabled(
        &self,
        tenant: TenantId,
        authority: Authority,
        id: AccountId,
        is_disabled: bool,
    ) -> Result<Person, AccountError> {
        self.subject(tenant, authority, id).await?;
        let accounts = self.store.scope(tenant).accounts();
        match is_disabled {
            true => {
                accounts.disable(id, self.surroundings.now_ms()).await?;
            }
            false => accounts.enable(id).await?,
        }
        self.changed(tenant, id).await
    }

    /// Ends all sessions of an account, and returns how many there were.
    ///
    /// # Errors
    /// If the account is beyond the authority or does not exist.
    pub async fn end_sessions(
        &self,
        tenant: TenantId,
        authority: Authority,
        id: AccountId,
    ) -> Result<u64, AccountError> {
        self.subject(tenant, authority, id).await?;
        let sessions = self.store.scope(tenant).sessions();
        let ended = sessions.end_all(id).await?;
        self.outdate_sessions();
        Ok(ended)
    }

    /// Writes a mail with a link that sets a password, and returns the link. For somebody who was invited and has none it is
    /// another invitation.
    ///
    /// # Errors
    /// If the account is beyond the authority, does not exist, is disabled, or had too many mails within the hour.
    pub async fn send_password_link(
        &self,
        tenant: &Tenant,
        authority: Authority,
        id: AccountId,
    ) -> Result<String, AccountError> {
        let Person { account, .. } = self.subject(tenant.id, authority, id).await?;
        if account.disabled_at_ms.is_some() {
            return Err(AccountError::NotFound("account that can sign in"));
        }
        let mail = mail_of("mail", &account.mail)?;
        // Who has no password was named by whoever invited them.
        let (purpose, template, name) = match account.has_password {
            true => (LinkPurpose::Reset, "reset", known_name(&account)),
            false => (LinkPurpose::Invitation, "invitation", &*account.name),
        };
        let MadeLink { link, url } = self.make_link(tenant, purpose, None);
        let template = (template, account.language.as_str());
        let mail = self.mail(tenant, &mail, template, (name, Some(&url)));
        let accounts = self.store.scope(tenant.id).accounts();
        match accounts.send_link(id, &link, Some(&mail)).await? {
            true => Ok(url),
            // So many mails went to the address lately that none is sent.
            false => Err(AccountError::Wait(MAIL_QUOTA_SECONDS)),
        }
    }

    /// Removes the second factor of somebody who has lost it, recovery codes included. A mail tells of it.
    ///
    /// # Errors
    /// If the account is beyond the authority, does not exist, or has no factor.
    pub async fn remove_factors(
        &self,
        tenant: &Tenant,
        authority: Authority,
        id: AccountId,
    ) -> Result<(), AccountError> {
        let Person { account, .. } = self.subject(tenant.id, authority, id).await?;
        let notice = self.notice(tenant, &account, "factor_removed")?;
        let factors = self.store.scope(tenant.id).factors();
        factors.remove_totp(id, &notice).await?;
        self.outdate_sessions();
        Ok(())
    }

    /// Returns somebody with their roles.
    ///
    /// # Errors
    /// If there is no such account.
    pub async fn person(&self, tenant: TenantId, id: AccountId) -> Result<Person, AccountError> {
        let accounts = self.store.scope(tenant).accounts();
        let person = accounts.person(id).await?;
        person.ok_or(AccountError::NotFound("account"))
    }

    /// Returns somebody who was changed, and has their sessions read again.
    async fn changed(&self, tenant: TenantId, id: AccountId) -> Result<Person, AccountError> {
        self.outdate_sessions();
        self.person(tenant, id).await
    }

    /// Returns somebody whom this authority may change.
    async fn subject(
        &self,
        tenant: TenantId,
        authority: Authority,
        id: AccountId,
    ) -> Result<Person, AccountError> {
        let person = self.person(tenant, id).await?;
        self.require_authority(authority, &person.memberships)?;
        Ok(person)
    }

    fn require_authority(
        &self,
        authority: Authority,
        memberships: &[Membership],
    ) -> Result<(), AccountError> {
        let roles = memberships.iter().map(|membership| membership.role);
        match authority.is_over(roles) {
            true => Ok(()),
            false => Err(AccountError::BeyondAuthority),
        }
    }
}
