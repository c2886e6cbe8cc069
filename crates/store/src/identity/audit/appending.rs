//! Adding to the log outside of an act.

use souk_domain::TenantId;

use super::{AuditLog, NewAuditEntry, chain};
use crate::StoreError;

impl AuditLog {
    /// Adds an entry of something that no transaction of the store has done.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn append(&self, tenant: TenantId, entry: NewAuditEntry) -> Result<(), StoreError> {
        let transaction = self.store.begin().await?;
        chain::append(&transaction, tenant, entry).await?;
        Ok(transaction.commit().await?)
    }
}
