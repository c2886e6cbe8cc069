//! Retention: the oldest entries of a chain end, and the chain remembers the hash of the last of them.

use sea_orm::FromQueryResult;

use super::AuditLog;
use crate::{
    StoreError,
    backend::{all, execute, first},
};

#[derive(FromQueryResult)]
struct ChainRow {
    chain: i64,
    last_number: i64,
}

#[derive(FromQueryResult)]
struct NumberRow {
    number: i64,
}

/// Statement that finds the first entry of a chain that is to be kept.
pub(crate) const FIRST_KEPT: &str =
    "SELECT number FROM audit_entries WHERE chain = $1 AND at >= $2 ORDER BY number LIMIT 1";

impl AuditLog {
    /// Deletes the entries of every chain that were made before a time, up to the first that was not. Returns their number.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn retain_since(&self, since_ms: i64) -> Result<u64, StoreError> {
        let backend = self.store.backend();
        let sql = "SELECT chain, last_number FROM audit_chains ORDER BY chain";
        let chains = all::<ChainRow>(self.store.connection(), backend.statement(sql, [])).await?;
        let mut deleted = 0;
        for ChainRow { chain, last_number } in chains {
            let values = [chain.into(), since_ms.into()];
            let kept = backend.statement(FIRST_KEPT, values);
            let kept = first::<NumberRow>(self.store.connection(), kept).await?;
            let last = kept.map_or(last_number, |kept| kept.number - 1);
            let transaction = self.store.begin().await?;
            let end = "UPDATE audit_chains SET ended_number = $2,
                    ended_hash = (SELECT hash FROM audit_entries WHERE chain = $1 AND number = $2)
                 WHERE chain = $1 AND ended_number < $2";
            let values = [chain.into(), last.into()];
            if execute(&transaction, backend.statement(end, values.clone())).await? == 0 {
                continue;
            }
            let delete = "DELETE FROM audit_entries WHERE chain = $1 AND number <= $2";
            deleted += execute(&transaction, backend.statement(delete, values)).await?;
            transaction.commit().await?;
        }
        Ok(deleted)
    }
}
