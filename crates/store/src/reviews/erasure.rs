//! Reviews of somebody who is erased: what was published stays, the person goes.

use souk_domain::{AccountId, reviews::UNNAMED_REVIEWER};

use crate::{Scope, StoreError, Transaction, backend::execute};

/// Deletes rejected reviews, which nobody ever saw, and votes, which stay counted.
const DELETED: [&str; 2] = [
    "DELETE FROM reviews WHERE tenant_id = $1 AND account_id = $2 AND status = 'rejected'",
    "DELETE FROM review_votes WHERE tenant_id = $1 AND account_id = $2",
];

/// Takes the person out of the reviews of an account.
pub(crate) async fn erase(
    transaction: &Transaction,
    scope: &Scope,
    account: AccountId,
) -> Result<(), StoreError> {
    let backend = scope.store.backend();
    for sql in DELETED {
        let values = [scope.tenant.0.into(), account.0.into()];
        execute(transaction, backend.statement(sql, values)).await?;
    }
    let sql = "UPDATE reviews SET author = $3, account_id = NULL, order_id = NULL
         WHERE tenant_id = $1 AND account_id = $2";
    let values = [
        scope.tenant.0.into(),
        account.0.into(),
        UNNAMED_REVIEWER.into(),
    ];
    execute(transaction, backend.statement(sql, values)).await?;
    Ok(())
}
