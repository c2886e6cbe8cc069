//! The tenant's part of the store.

use souk_domain::TenantId;

use crate::{
    Store, StoreError, Transaction,
    backend::{IdRow, first},
};

/// All that belongs to one tenant; whatever it reads or writes carries the tenant's id. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Scope {
    pub(crate) store: Store,
    pub(crate) tenant: TenantId,
}

impl Store {
    /// Access to one tenant's rows.
    pub fn scope(&self, tenant: TenantId) -> Scope {
        Scope::new(self.clone(), tenant)
    }
}

impl Scope {
    pub(crate) fn new(store: Store, tenant: TenantId) -> Self {
        Self { store, tenant }
    }

    /// Makes what is written through this scope background, as [`Store::in_bulk`] does.
    #[must_use]
    pub fn in_bulk(&self) -> Self {
        Self::new(self.store.clone().in_bulk(), self.tenant)
    }

    /// Returns the tenant that the scope is limited to.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Begins a transaction that is the only one of its tenant to invent slugs or to move categories until it ends.
    /// Other writes go on beside it.
    pub(crate) async fn begin_exclusive(&self) -> Result<Transaction, StoreError> {
        let transaction = self.store.begin().await?;
        let sql = format!(
            "SELECT id FROM tenants WHERE id = $1{}",
            self.store.backend().for_update()
        );
        let statement = self.store.backend().statement(sql, [self.tenant.0.into()]);
        match first::<IdRow>(&transaction, statement).await? {
            Some(_) => Ok(transaction),
            None => Err(StoreError::NotFound("tenant")),
        }
    }
}
