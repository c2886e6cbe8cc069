//! The tenant's part of the store.

use sea_orm::DatabaseTransaction;
use souk_domain::TenantId;

use crate::{
    Categories, DeadLetters, IndexJobs, Products, References, Reviews, SearchConfigs,
    SearchFeedback, SearchReports, Store, StoreError, Waiting,
    backend::{IdRow, first},
    references::Table,
};

/// All that belongs to one tenant; whatever it reads or writes carries the tenant's id. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Scope {
    pub(crate) store: Store,
    pub(crate) tenant: TenantId,
}

impl Scope {
    pub(crate) fn new(store: Store, tenant: TenantId) -> Self {
        Self { store, tenant }
    }

    /// Whose scope it is.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Its products.
    pub fn products(&self) -> Products {
        Products::new(self.clone())
    }

    /// Its tree of categories.
    pub fn categories(&self) -> Categories {
        Categories::new(self.clone())
    }

    /// Its fandoms.
    pub fn fandoms(&self) -> References {
        References::new(self.clone(), Table::Fandoms)
    }

    /// Its sellers.
    pub fn sellers(&self) -> References {
        References::new(self.clone(), Table::Sellers)
    }

    /// The reviews of its products.
    pub fn reviews(&self) -> Reviews {
        Reviews::new(self.clone())
    }

    /// Its changes that could not be brought to the index.
    pub fn dead_letters(&self) -> DeadLetters {
        DeadLetters::new(self.clone())
    }

    /// Its changes that have not reached the index yet.
    pub fn waiting(&self) -> Waiting {
        Waiting::new(self.clone())
    }

    /// The jobs on its index.
    pub fn index_jobs(&self) -> IndexJobs {
        IndexJobs::new(self.clone())
    }

    /// What its people configured of search.
    pub fn search_configs(&self) -> SearchConfigs {
        SearchConfigs::new(self.clone())
    }

    /// What its shoppers search, click and buy, in figures.
    pub fn search_reports(&self) -> SearchReports {
        SearchReports::new(self.clone())
    }

    /// What its search learns from that.
    pub fn search_feedback(&self) -> SearchFeedback {
        SearchFeedback::new(self.clone())
    }

    /// Begins a transaction that is the only one of its tenant to invent slugs or to move categories until it ends.
    /// Other writes go on beside it.
    pub(crate) async fn begin_exclusive(&self) -> Result<DatabaseTransaction, StoreError> {
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
