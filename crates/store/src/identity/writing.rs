//! Statements on what belongs to one account, and the rule of names.

use sea_orm::Value;
use souk_domain::{AccountId, InvalidField};

use crate::{Scope, StoreError, Transaction, backend::execute};

/// Runs a statement whose `$1` is the tenant and `$2` the account, and returns how many rows it changed.
pub(super) async fn run<const N: usize>(
    transaction: &Transaction,
    scope: &Scope,
    sql: &str,
    account: AccountId,
    values: [Value; N],
) -> Result<u64, StoreError> {
    let ids = [scope.tenant.0.into(), account.0.into()];
    let values = ids.into_iter().chain(values);
    execute(transaction, scope.store.backend().statement(sql, values)).await
}

/// Ends all links of an account: whoever had one of them made may be somebody whom the account is taken from.
pub(super) async fn end_links(
    transaction: &Transaction,
    scope: &Scope,
    id: AccountId,
) -> Result<u64, StoreError> {
    let sql = "DELETE FROM account_links WHERE tenant_id = $1 AND account_id = $2";
    run(transaction, scope, sql, id, []).await
}

/// Returns a name without the spaces around it.
///
/// # Errors
/// If it is longer than `at_most` characters, or has a control character.
pub(super) fn checked_name(name: &str, at_most: usize) -> Result<&str, InvalidField> {
    let name = name.trim();
    if name.chars().count() > at_most || name.chars().any(char::is_control) {
        let message = format!("must have at most {at_most} characters, none of which is a control");
        return Err(InvalidField::new("name", message));
    }
    Ok(name)
}
