//! Statements on what belongs to one account.

use sea_orm::Value;
use souk_domain::AccountId;

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
