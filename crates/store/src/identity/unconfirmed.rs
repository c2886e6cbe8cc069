//! Accounts whose address was never confirmed: anybody can make one of anybody's address, so they end.
//!
//! An account that was given a role, or that was disabled, is not of this kind.

use sea_orm::Value;

use crate::{Backend, Scope, StoreError, Transaction, backend::execute};

/// Time after which such an account ends, in milliseconds.
const KEPT_MS: i64 = 7 * 24 * 3_600_000;
/// Most accounts that end at once.
const BATCH: i64 = 10_000;

/// Condition on an account `a`.
const UNCONFIRMED: &str = "a.verified_at IS NULL AND a.erased_at IS NULL AND a.disabled_at IS NULL
     AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.account_id = a.id AND m.role <> 'customer')";

/// Deletes such an account of an address that somebody else has confirmed.
pub(super) async fn displace(
    transaction: &Transaction,
    scope: &Scope,
    mail: &str,
) -> Result<u64, StoreError> {
    let sql = format!(
        "DELETE FROM accounts WHERE id IN (
             SELECT a.id FROM accounts a WHERE a.tenant_id = $1 AND a.mail = $2 AND {UNCONFIRMED})"
    );
    let values: [Value; 2] = [scope.tenant.0.into(), mail.into()];
    execute(transaction, scope.store.backend().statement(sql, values)).await
}

/// Deletes such accounts of all tenants that are old enough and have no link that could still confirm them.
pub(super) async fn prune(
    transaction: &Transaction,
    backend: Backend,
    now_ms: i64,
) -> Result<u64, StoreError> {
    let values = [now_ms.saturating_sub(KEPT_MS).into(), now_ms.into()];
    execute(transaction, backend.statement(prune_sql(), values)).await
}

pub(crate) fn prune_sql() -> String {
    format!(
        "DELETE FROM accounts WHERE id IN (
             SELECT a.id FROM accounts a
             WHERE a.created_at < $1 AND {UNCONFIRMED}
                 AND NOT EXISTS (SELECT 1 FROM account_links l WHERE l.account_id = a.id AND l.expires_at > $2)
             ORDER BY a.created_at, a.id LIMIT {BATCH})"
    )
}
