//! Last owner of a marketplace, who stays.

use sea_orm::Statement;
use souk_domain::AccountId;
use souk_identity::Role;

use crate::{
    Scope, StoreError, Transaction,
    backend::{IdRow, all},
};

/// Makes sure that another owner stays if this account loses what it has. Locks the owners until the transaction ends.
pub(super) async fn keep_another(
    transaction: &Transaction,
    scope: &Scope,
    id: AccountId,
) -> Result<(), StoreError> {
    match owners(transaction, scope).await?.as_slice() {
        [only] if *only == id => {
            let message = "is the last owner's; make somebody else an owner first";
            Err(StoreError::conflict("account", message))
        }
        _ => Ok(()),
    }
}

/// Returns the owners who can sign in, and locks them until the transaction ends.
pub(super) async fn owners(
    transaction: &Transaction,
    scope: &Scope,
) -> Result<Vec<AccountId>, StoreError> {
    let statement = owners_statement(scope, scope.store.backend().for_update());
    let owners = all::<IdRow>(transaction, statement).await?;
    Ok(owners.into_iter().map(|row| AccountId(row.id)).collect())
}

pub(crate) fn owners_statement(scope: &Scope, lock: &str) -> Statement {
    let sql = format!(
        "SELECT a.id FROM memberships m JOIN accounts a ON a.tenant_id = m.tenant_id AND a.id = m.account_id
         WHERE m.tenant_id = $1 AND m.role = $2
           AND a.password_hash IS NOT NULL AND a.verified_at IS NOT NULL AND a.disabled_at IS NULL
         ORDER BY m.id{lock}"
    );
    let values = [scope.tenant.0.into(), Role::Owner.name().into()];
    scope.store.backend().statement(sql, values)
}
