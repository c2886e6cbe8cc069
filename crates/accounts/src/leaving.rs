//! Data of an account, given to its person and erased.

use souk_domain::TenantId;
use souk_identity::SecurityEvent;
use souk_store::{Account, AccountChanges, LiveSession, Membership, Session};

use crate::{
    error::AccountError, factors::AccountFactors, security::SecurityContext,
    service::AccountService, sign_in::Client,
};

/// All that is stored of a person.
#[derive(Debug, Clone)]
pub struct AccountExport {
    /// Account.
    pub account: Account,
    /// Roles.
    pub memberships: Vec<Membership>,
    /// Sessions that are alive.
    pub sessions: Vec<Session>,
    /// Second factors.
    pub factors: AccountFactors,
}

impl AccountService {
    /// Changes name and language, and returns the account.
    ///
    /// # Errors
    /// If a value cannot be taken.
    pub async fn update(
        &self,
        tenant: TenantId,
        live: &LiveSession,
        changes: AccountChanges,
    ) -> Result<Account, AccountError> {
        let accounts = self.store.scope(tenant).accounts();
        accounts.update(live.account.id, changes).await?;
        self.outdate_sessions();
        let found = accounts.get(live.account.id).await?;
        let found = found.ok_or(AccountError::NotFound("account"))?;
        Ok(found.account)
    }

    /// Returns all that is stored of the account.
    ///
    /// # Errors
    /// If no second factor was proven lately.
    pub async fn export(
        &self,
        tenant: TenantId,
        live: &LiveSession,
        client: &Client,
    ) -> Result<AccountExport, AccountError> {
        self.require_proof(tenant, live).await?;
        let export = AccountExport {
            account: live.account.clone(),
            memberships: live.memberships.clone(),
            sessions: self.sessions_of(tenant, live).await?,
            factors: self.factors(tenant, live).await?,
        };
        let context = SecurityContext::of(tenant, live.account.id, &client.network);
        self.report(SecurityEvent::Exported, context).await;
        Ok(export)
    }

    /// Erases the account: nothing stays but its id.
    ///
    /// # Errors
    /// If no second factor was proven lately, or the password is wrong.
    pub async fn erase(
        &self,
        tenant: TenantId,
        live: &LiveSession,
        password: String,
        client: &Client,
    ) -> Result<(), AccountError> {
        self.require_proof(tenant, live).await?;
        self.confirm(tenant, live, password, client).await?;
        let accounts = self.store.scope(tenant).accounts();
        let now = self.surroundings.now_ms();
        accounts.erase(live.account.id, now).await?;
        self.outdate_sessions();
        let context = SecurityContext::of(tenant, live.account.id, &client.network);
        self.report(SecurityEvent::Erased, context).await;
        Ok(())
    }
}
