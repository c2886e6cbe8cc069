//! Deletion of challenges that are over, and of authenticator apps that were not confirmed in time.

use crate::{Backend, StoreError, Transaction, backend::execute};

pub(crate) const CHALLENGES: &str = "DELETE FROM sign_in_challenges WHERE expires_at <= $1";

pub(crate) const APPS: &str = "DELETE FROM account_totp WHERE expires_at <= $1";

/// Deletes both, of all tenants.
pub(in crate::identity) async fn prune(
    transaction: &Transaction,
    backend: Backend,
    now_ms: i64,
) -> Result<u64, StoreError> {
    let mut pruned = 0;
    for sql in [CHALLENGES, APPS] {
        let statement = backend.statement(sql, [now_ms.into()]);
        pruned += execute(transaction, statement).await?;
    }
    Ok(pruned)
}
