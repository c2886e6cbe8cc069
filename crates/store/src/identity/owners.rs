//! First owner of a marketplace, by a link of the terminal.

use souk_domain::AccountId;
use souk_identity::Role;

use super::{
    accounts::Accounts,
    last_owner::{owners, owners_statement},
    memberships::{self, Membership},
    registration::{self, NewAccount},
    writing::run,
};
use crate::{
    StoreError,
    backend::{IdRow, all},
};

impl Accounts {
    /// True if somebody who can sign in owns the marketplace.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn has_owner(&self) -> Result<bool, StoreError> {
        let statement = owners_statement(&self.scope, "");
        let owners = all::<IdRow>(self.scope.store.connection(), statement).await?;
        Ok(!owners.is_empty())
    }

    /// Adds the account of the first owner, whose address needs no confirmation. `None` if there is an owner.
    ///
    /// # Errors
    /// If the name is invalid, or the address is an account's.
    pub async fn add_first_owner(
        &self,
        account: &NewAccount,
    ) -> Result<Option<AccountId>, StoreError> {
        let transaction = self.scope.store.begin().await?;
        // Of several who try at once, one is the first.
        let backend = self.scope.store.backend();
        let lock = format!(
            "SELECT id FROM tenants WHERE id = $1{}",
            backend.for_update()
        );
        let lock = backend.statement(lock, [self.scope.tenant.0.into()]);
        all::<IdRow>(&transaction, lock).await?;
        if !owners(&transaction, &self.scope).await?.is_empty() {
            return Ok(None);
        }
        let added = registration::insert(&transaction, &self.scope, account).await?;
        let message = "is an account's; `souk people add` makes it the owner's";
        let id = added.ok_or(StoreError::conflict("mail", message))?.id();
        let sql = "UPDATE accounts SET verified_at = $3 WHERE tenant_id = $1 AND id = $2";
        run(&transaction, &self.scope, sql, id, [account.at_ms.into()]).await?;
        let owner = Membership {
            role: Role::Owner,
            seller: None,
        };
        memberships::grant(&transaction, &self.scope, id, owner, account.at_ms).await?;
        transaction.commit().await?;
        Ok(Some(id))
    }
}
