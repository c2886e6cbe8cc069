//! The tenants of an installation: their names, hosts and keys.

mod keys;
mod removal;

use std::collections::HashMap;

use sea_orm::{FromQueryResult, Value};
use serde_json::json;
use souk_domain::{Currency, HostName, InvalidField, Language, TenantId, parse_slug};

use crate::{
    Store, StoreError, Transaction,
    backend::{self, all, execute, first},
    etag,
    identity::audit::note,
};

pub use keys::{KEYS_PER_TENANT, NewTenantKey, TenantKey, TenantKeys, UsableKey};

/// Most hosts of a tenant.
pub const HOSTS_PER_TENANT: usize = 100;
/// Longest display name, in characters.
const MAX_NAME_CHARS: usize = 200;

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Tenant id.
    pub id: TenantId,
    /// Unique name in URLs and commands.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// Hosts whose requests are for it, in alphabetical order.
    pub hosts: Vec<String>,
    /// True if it serves the hosts that are no tenant's; at most one tenant does.
    pub is_default: bool,
    /// Language whose stemming search uses.
    pub language: Language,
    /// Default currency of its prices.
    pub currency: Currency,
    /// True if some of its products have had offers of several sellers.
    pub shares_products: bool,
    /// Creation time, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
}

impl Tenant {
    /// Returns the entity tag of all that an update can change.
    pub fn etag(&self) -> String {
        etag::of(&(self.id.0, &self.name, &self.hosts, self.is_default))
    }
}

/// A tenant to be added. The first of an installation becomes the default.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// Unique among all.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// Hosts whose requests are for it, each of one tenant only.
    pub hosts: Vec<HostName>,
    /// Language whose stemming search uses.
    pub language: Language,
    /// Default currency of its prices.
    pub currency: Currency,
}

/// Changes to a tenant; `None` leaves a value as it is.
#[derive(Debug, Clone, Default)]
pub struct TenantChanges {
    /// Display name.
    pub name: Option<String>,
    /// All hosts that it has from now on.
    pub hosts: Option<Vec<HostName>>,
    /// True makes it the default in the place of another; false leaves the installation without one.
    pub is_default: Option<bool>,
}

/// The tenants.
#[derive(Debug, Clone)]
pub struct Tenants {
    store: Store,
}

#[derive(FromQueryResult)]
struct TenantRow {
    id: i64,
    slug: String,
    name: String,
    is_default: bool,
    language: String,
    currency: String,
    shares_products: bool,
    created_at: i64,
}

#[derive(FromQueryResult)]
struct HostRow {
    tenant_id: i64,
    host: String,
}

impl TenantRow {
    fn with_hosts(self, hosts: Vec<String>) -> Tenant {
        Tenant {
            id: TenantId(self.id),
            slug: self.slug,
            name: self.name,
            hosts,
            is_default: self.is_default,
            language: self.language.parse().unwrap_or_default(),
            currency: Currency::from_code(&self.currency).unwrap_or(Currency::XXX),
            shares_products: self.shares_products,
            created_at_ms: self.created_at,
        }
    }
}

const COLUMNS: &str = "id, slug, name, is_default, language, currency, shares_products, created_at";

/// Of no product: the indexer makes the index of a tenant that exists, and removes that of one that is gone.
const ENQUEUE_TENANT: &str =
    "INSERT INTO outbox (tenant_id, entity, entity_id) VALUES ($1, 'product', 0)";

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

    /// Adds a tenant and has its index made.
    ///
    /// # Errors
    /// If a value is invalid, or its slug or a host is taken.
    pub async fn add(&self, tenant: NewTenant) -> Result<Tenant, StoreError> {
        parse_slug(&tenant.slug).map_err(|error| InvalidField::new("slug", error.to_string()))?;
        let name = checked_name(&tenant.name)?;
        let sql = format!(
            "INSERT INTO tenants (slug, name, is_default, language, currency)
             SELECT $1, $2, NOT EXISTS (SELECT 1 FROM tenants), $3, $4 RETURNING {COLUMNS}"
        );
        let values = [
            tenant.slug.into(),
            name.into(),
            tenant.language.code().into(),
            tenant.currency.code().into(),
        ];
        let transaction = self.store.begin().await?;
        let backend = self.store.backend();
        let row = first::<TenantRow>(&transaction, backend.statement(sql, values)).await?;
        let row = row.ok_or(StoreError::NotFound("tenant"))?;
        let hosts = self
            .set_hosts(&transaction, TenantId(row.id), tenant.hosts)
            .await?;
        note::target(|| format!("tenants/{}", row.slug));
        let enqueue = backend.statement(ENQUEUE_TENANT, [row.id.into()]);
        execute(&transaction, enqueue).await?;
        transaction.commit().await?;
        Ok(row.with_hosts(hosts))
    }

    /// Changes a tenant, if it still is in the state that `if_match` names.
    ///
    /// # Errors
    /// If there is none of this slug, a value is invalid, or a host is taken.
    pub async fn update(
        &self,
        slug: &str,
        changes: TenantChanges,
        if_match: Option<&str>,
    ) -> Result<Tenant, StoreError> {
        let name = changes.name.as_deref().map(checked_name).transpose()?;
        let backend = self.store.backend();
        let transaction = self.store.begin().await?;
        let current = self
            .locked(&transaction, slug, backend.for_update())
            .await?;
        etag::check(if_match, &current.etag())?;
        let id = current.id;
        note::tenant(id);
        note::detail(
            "before",
            || json!({"name": current.name, "hosts": current.hosts, "is_default": current.is_default}),
        );
        if changes.is_default == Some(true) {
            let sql = "UPDATE tenants SET is_default = false WHERE is_default AND id <> $1";
            execute(&transaction, backend.statement(sql, [id.0.into()])).await?;
        }
        let sql = "UPDATE tenants SET name = $2, is_default = $3 WHERE id = $1";
        let values = [
            id.0.into(),
            name.map_or(current.name, str::to_owned).into(),
            changes.is_default.unwrap_or(current.is_default).into(),
        ];
        execute(&transaction, backend.statement(sql, values)).await?;
        if let Some(hosts) = changes.hosts {
            self.set_hosts(&transaction, id, hosts).await?;
        }
        transaction.commit().await?;
        let updated = self.get(id).await?;
        updated.ok_or(StoreError::NotFound("tenant"))
    }

    /// Gives a tenant these hosts and no others, and returns them in their order.
    async fn set_hosts(
        &self,
        transaction: &Transaction,
        tenant: TenantId,
        hosts: Vec<HostName>,
    ) -> Result<Vec<String>, StoreError> {
        let mut hosts: Vec<_> = hosts.iter().map(ToString::to_string).collect();
        hosts.sort_unstable();
        hosts.dedup();
        if hosts.len() > HOSTS_PER_TENANT {
            let message = format!("must be at most {HOSTS_PER_TENANT}");
            return Err(InvalidField::new("hosts", message).into());
        }
        let backend = self.store.backend();
        let taken = format!(
            "SELECT tenant_id, host FROM tenant_hosts WHERE tenant_id <> $1 AND {} ORDER BY host",
            backend.among_texts("host", "$2")
        );
        let statement = backend.statement(taken, [tenant.0.into(), backend::json(&hosts)?]);
        if let Some(taken) = first::<HostRow>(transaction, statement).await? {
            let message = format!("`{}` is another tenant's", taken.host);
            return Err(StoreError::conflict("hosts", message));
        }
        let delete = "DELETE FROM tenant_hosts WHERE tenant_id = $1";
        execute(transaction, backend.statement(delete, [tenant.0.into()])).await?;
        let insert = "INSERT INTO tenant_hosts (host, tenant_id) VALUES ($1, $2)";
        for host in &hosts {
            let values = [host.as_str().into(), tenant.0.into()];
            execute(transaction, backend.statement(insert, values)).await?;
        }
        Ok(hosts)
    }

    /// Returns a tenant of a transaction, locked against others.
    async fn locked(
        &self,
        transaction: &Transaction,
        slug: &str,
        lock: &str,
    ) -> Result<Tenant, StoreError> {
        let backend = self.store.backend();
        let sql = format!("SELECT {COLUMNS} FROM tenants WHERE slug = $1{lock}");
        let statement = backend.statement(sql, [slug.into()]);
        let row = first::<TenantRow>(transaction, statement).await?;
        let row = row.ok_or(StoreError::NotFound("tenant"))?;
        let sql = "SELECT tenant_id, host FROM tenant_hosts WHERE tenant_id = $1 ORDER BY host";
        let hosts = all::<HostRow>(transaction, backend.statement(sql, [row.id.into()])).await?;
        Ok(row.with_hosts(hosts.into_iter().map(|row| row.host).collect()))
    }

    /// Returns all tenants, by rising id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(&self) -> Result<Vec<Tenant>, StoreError> {
        self.page(None, u32::MAX).await
    }

    /// Returns up to `limit` tenants with ids above `after`, by rising id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn page(
        &self,
        after: Option<TenantId>,
        limit: u32,
    ) -> Result<Vec<Tenant>, StoreError> {
        let condition = "id > $1 ORDER BY id LIMIT $2";
        let after = after.map_or(0, |after| after.0);
        self.select(condition, [after.into(), i64::from(limit).into()])
            .await
    }

    /// Returns the tenant with this id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn get(&self, id: TenantId) -> Result<Option<Tenant>, StoreError> {
        self.find("id = $1", id.0.into()).await
    }

    /// Returns the tenant with this slug.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn by_slug(&self, slug: &str) -> Result<Option<Tenant>, StoreError> {
        self.find("slug = $1", slug.into()).await
    }

    async fn find(&self, condition: &str, value: Value) -> Result<Option<Tenant>, StoreError> {
        Ok(self.select(condition, [value]).await?.pop())
    }

    async fn select<const N: usize>(
        &self,
        condition: &str,
        values: [Value; N],
    ) -> Result<Vec<Tenant>, StoreError> {
        let backend = self.store.backend();
        let sql = format!("SELECT {COLUMNS} FROM tenants WHERE {condition}");
        let statement = backend.statement(sql, values);
        let rows = all::<TenantRow>(self.store.connection(), statement).await?;
        let sql = format!(
            "SELECT tenant_id, host FROM tenant_hosts WHERE {} ORDER BY host",
            backend.among_ids("tenant_id", "$1")
        );
        let ids = backend.ids(rows.iter().map(|row| row.id));
        let statement = backend.statement(sql, [ids]);
        let mut hosts: HashMap<i64, Vec<String>> = HashMap::new();
        for row in all::<HostRow>(self.store.connection(), statement).await? {
            hosts.entry(row.tenant_id).or_default().push(row.host);
        }
        let with_hosts = |row: TenantRow| {
            let hosts = hosts.remove(&row.id).unwrap_or_default();
            row.with_hosts(hosts)
        };
        Ok(rows.into_iter().map(with_hosts).collect())
    }
}

fn checked_name(name: &str) -> Result<&str, InvalidField> {
    let name = name.trim();
    if name.is_empty() {
        return Err(InvalidField::new("name", "is required"));
    }
    if name.chars().count() > MAX_NAME_CHARS || name.contains('\0') {
        let message = format!("must have at most {MAX_NAME_CHARS} characters and no zero byte");
        return Err(InvalidField::new("name", message));
    }
    Ok(name)
}
