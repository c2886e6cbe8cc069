//! Accounts that have a confirmed factor, which is asked for.

use sea_orm::ConnectionTrait;
use souk_domain::AccountId;

use super::Factors;
use crate::{
    Scope, StoreError,
    backend::{IdRow, first},
};

impl Factors {
    /// Returns true if the account has a confirmed factor.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn are_on(&self, account: AccountId) -> Result<bool, StoreError> {
        are_on(self.scope.store.connection(), &self.scope, account).await
    }
}

/// Returns true if the account has a confirmed factor.
pub(in crate::identity) async fn are_on(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    account: AccountId,
) -> Result<bool, StoreError> {
    let values = [scope.tenant.0.into(), account.0.into()];
    let statement = scope.store.backend().statement(CONFIRMED, values);
    Ok(first::<IdRow>(connection, statement).await?.is_some())
}

pub(crate) const CONFIRMED: &str = "SELECT account_id AS id FROM account_totp
     WHERE tenant_id = $1 AND account_id = $2 AND confirmed_at IS NOT NULL";
