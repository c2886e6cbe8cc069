//! Settings of selling that a tenant has once.

use sea_orm::FromQueryResult;
use souk_domain::ordering::TaxPricing;

use super::names::{named, tax_pricing_name};
use crate::{
    Scope, StoreError,
    backend::{execute, first},
};

#[derive(FromQueryResult)]
struct SettingsRow {
    tax_pricing: String,
}

pub(crate) const READ: &str = "SELECT tax_pricing FROM selling_settings WHERE tenant_id = $1";

impl Scope {
    /// Returns whether prices of the catalogue have their tax within; inclusive unless it was set.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn tax_pricing(&self) -> Result<TaxPricing, StoreError> {
        let statement = self.store.backend().statement(READ, [self.tenant.0.into()]);
        let row = first::<SettingsRow>(self.store.connection(), statement).await?;
        row.map_or(Ok(TaxPricing::Inclusive), |row| named(&row.tax_pricing))
    }

    /// Sets whether prices of the catalogue have their tax within. Orders stay as they are.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_tax_pricing(
        &self,
        pricing: TaxPricing,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO selling_settings (tenant_id, tax_pricing, updated_at) VALUES ($1, $2, $3)
             ON CONFLICT (tenant_id) DO UPDATE SET tax_pricing = excluded.tax_pricing, updated_at = excluded.updated_at";
        let name = tax_pricing_name(pricing);
        let values = [self.tenant.0.into(), name.into(), now_ms.into()];
        let transaction = self.store.begin().await?;
        execute(&transaction, self.store.backend().statement(sql, values)).await?;
        Ok(transaction.commit().await?)
    }
}
