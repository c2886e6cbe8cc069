//! The marketplaces of an installation.

use sea_orm::{FromQueryResult, Value};
use souk_domain::{Currency, InvalidField, Language, TenantId, parse_slug};

use crate::{
    Store, StoreError,
    backend::{IdRow, all, execute, first},
};

/// A marketplace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Tenant id.
    pub id: TenantId,
    /// Unique name in URLs and commands.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// The host name it is found by.
    pub host: Option<String>,
    /// The hash of the key it is found by.
    pub api_key_hash: Option<String>,
    /// Language whose stemming search uses.
    pub language: Language,
    /// Default currency of its prices.
    pub currency: Currency,
    /// Creation time, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
}

/// A marketplace to be added.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// Unique among all.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// The host name it is found by, unique among all.
    pub host: Option<String>,
    /// The hash of the key it is found by; the key itself is never stored.
    pub api_key_hash: Option<String>,
    /// Language whose stemming search uses.
    pub language: Language,
    /// Default currency of its prices.
    pub currency: Currency,
}

/// The marketplaces.
#[derive(Debug, Clone)]
pub struct Tenants {
    store: Store,
}

#[derive(FromQueryResult)]
struct TenantRow {
    id: i64,
    slug: String,
    name: String,
    host: Option<String>,
    api_key_hash: Option<String>,
    language: String,
    currency: String,
    created_at: i64,
}

impl From<TenantRow> for Tenant {
    fn from(row: TenantRow) -> Self {
        Self {
            id: TenantId(row.id),
            slug: row.slug,
            name: row.name,
            host: row.host,
            api_key_hash: row.api_key_hash,
            language: row.language.parse().unwrap_or_default(),
            currency: Currency::from_code(&row.currency).unwrap_or(Currency::XXX),
            created_at_ms: row.created_at,
        }
    }
}

const COLUMNS: &str = "id, slug, name, host, api_key_hash, language, currency, created_at";

/// Tables with a tenant's rows, in the order of deletion.
const DELETE_CONTENT: [&str; 16] = [
    "DELETE FROM products WHERE tenant_id = $1",
    // SQLite checks each row as it goes, so a parent goes only when no child points to it.
    "UPDATE categories SET parent_id = NULL WHERE tenant_id = $1 AND parent_id IS NOT NULL",
    "DELETE FROM categories WHERE tenant_id = $1",
    "DELETE FROM fandoms WHERE tenant_id = $1",
    "DELETE FROM sellers WHERE tenant_id = $1",
    "DELETE FROM outbox WHERE tenant_id = $1",
    "DELETE FROM dead_letters WHERE tenant_id = $1",
    "DELETE FROM search_configs WHERE tenant_id = $1",
    "DELETE FROM search_config_versions WHERE tenant_id = $1",
    "DELETE FROM search_queries WHERE tenant_id = $1",
    "DELETE FROM search_days WHERE tenant_id = $1",
    "DELETE FROM search_product_days WHERE tenant_id = $1",
    "DELETE FROM search_visitors WHERE tenant_id = $1",
    "DELETE FROM suggested_queries WHERE tenant_id = $1",
    "DELETE FROM tenants WHERE id = $1",
    // Of no product: whoever claims it finds the tenant gone and drops its index.
    "INSERT INTO outbox (tenant_id, entity, entity_id) VALUES ($1, 'product', 0)",
];

impl Store {
    /// Tenants of the installation.
    pub fn tenants(&self) -> Tenants {
        Tenants::new(self.clone())
    }
}

impl Tenants {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Adds one.
    ///
    /// # Errors
    /// If its slug is none, or its slug, host or key is taken.
    pub async fn add(&self, tenant: NewTenant) -> Result<Tenant, StoreError> {
        parse_slug(&tenant.slug).map_err(|error| InvalidField::new("slug", error.to_string()))?;
        if tenant.name.trim().is_empty() {
            return Err(InvalidField::new("name", "is required").into());
        }
        let sql = format!(
            "INSERT INTO tenants (slug, name, host, api_key_hash, language, currency)
             VALUES ($1, $2, $3, $4, $5, $6) RETURNING {COLUMNS}"
        );
        let values = [
            tenant.slug.into(),
            tenant.name.trim().into(),
            tenant.host.map(|host| host.to_ascii_lowercase()).into(),
            tenant.api_key_hash.into(),
            tenant.language.code().into(),
            tenant.currency.code().into(),
        ];
        let transaction = self.store.begin().await?;
        let statement = self.store.backend().statement(sql, values);
        let row = first::<TenantRow>(&transaction, statement).await?;
        transaction.commit().await?;
        row.map(Tenant::from).ok_or(StoreError::NotFound("tenant"))
    }

    /// All of them, by id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(&self) -> Result<Vec<Tenant>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM tenants ORDER BY id");
        let statement = self.store.backend().statement(sql, []);
        let rows = all::<TenantRow>(self.store.connection(), statement).await?;
        Ok(rows.into_iter().map(Tenant::from).collect())
    }

    /// Removes one with all that it has, its waiting changes included, and leaves word for its index to be dropped.
    ///
    /// # Errors
    /// If there is none of this slug.
    pub async fn remove(&self, slug: &str) -> Result<(), StoreError> {
        let tenant = self
            .by_slug(slug)
            .await?
            .ok_or(StoreError::NotFound("tenant"))?;
        let transaction = self.store.begin().await?;
        // First of all, so that nobody adds to what is deleted before the tenant itself is.
        let backend = self.store.backend();
        let lock = format!(
            "SELECT id FROM tenants WHERE id = $1{}",
            backend.for_deletion()
        );
        let statement = backend.statement(lock, [tenant.id.0.into()]);
        first::<IdRow>(&transaction, statement).await?;
        for sql in DELETE_CONTENT {
            let statement = self.store.backend().statement(sql, [tenant.id.0.into()]);
            execute(&transaction, statement).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// The one with this id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn get(&self, id: TenantId) -> Result<Option<Tenant>, StoreError> {
        self.find("id", id.0.into()).await
    }

    /// The one with this slug.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn by_slug(&self, slug: &str) -> Result<Option<Tenant>, StoreError> {
        self.find("slug", slug.into()).await
    }

    /// The one that answers at this host name.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn by_host(&self, host: &str) -> Result<Option<Tenant>, StoreError> {
        self.find("host", host.to_ascii_lowercase().into()).await
    }

    async fn find(&self, column: &str, value: Value) -> Result<Option<Tenant>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM tenants WHERE {column} = $1");
        let statement = self.store.backend().statement(sql, [value]);
        let row = first::<TenantRow>(self.store.connection(), statement).await?;
        Ok(row.map(Tenant::from))
    }
}
