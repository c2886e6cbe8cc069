//! Whether a tenant's reviews are moderated before they are published.

use sea_orm::{ConnectionTrait, FromQueryResult};

use super::Reviews;
use crate::{
    StoreError,
    backend::{execute, first},
};

#[derive(FromQueryResult)]
struct SettingsRow {
    is_moderated: i64,
}

pub(crate) const READ: &str = "SELECT is_moderated FROM review_settings WHERE tenant_id = $1";

impl Reviews {
    /// Reports whether reviews wait for staff to publish them; false unless it was set.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn are_moderated(&self) -> Result<bool, StoreError> {
        self.are_moderated_by(self.scope.store.connection()).await
    }

    pub(super) async fn are_moderated_by(
        &self,
        connection: &impl ConnectionTrait,
    ) -> Result<bool, StoreError> {
        let values = [self.scope.tenant.0.into()];
        let statement = self.scope.store.backend().statement(READ, values);
        let row = first::<SettingsRow>(connection, statement).await?;
        Ok(row.is_some_and(|row| row.is_moderated == 1))
    }

    /// Sets whether reviews wait for staff to publish them. Those that are there stay as they are.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_moderated(&self, is_moderated: bool, now_ms: i64) -> Result<(), StoreError> {
        let sql = "INSERT INTO review_settings (tenant_id, is_moderated, updated_at) VALUES ($1, $2, $3)
             ON CONFLICT (tenant_id) DO UPDATE SET is_moderated = excluded.is_moderated, updated_at = excluded.updated_at";
        let values = [
            self.scope.tenant.0.into(),
            i64::from(is_moderated).into(),
            now_ms.into(),
        ];
        let transaction = self.scope.store.begin().await?;
        let statement = self.scope.store.backend().statement(sql, values);
        execute(&transaction, statement).await?;
        Ok(transaction.commit().await?)
    }
}
