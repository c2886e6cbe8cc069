//! Tenants beside the first, and their keys.

use souk_domain::{Currency, Language};
use souk_search_service::api_key_hash;
use souk_store::{NewTenant, NewTenantKey, Store, Tenant, TenantKey};

/// Adds a tenant, with a key of this secret.
pub(crate) async fn add_tenant(
    store: &Store,
    slug: &str,
    host: Option<&str>,
    key: Option<&str>,
) -> Tenant {
    let tenant = NewTenant {
        slug: slug.to_owned(),
        name: slug.to_owned(),
        hosts: host.iter().map(|host| host.parse().unwrap()).collect(),
        language: Language::English,
        currency: Currency::EUR,
    };
    let tenant = store.tenants().add(tenant).await.unwrap();
    if let Some(secret) = key {
        add_key(store, &tenant, secret, None).await;
    }
    tenant
}

/// Adds a key of this secret.
pub(crate) async fn add_key(
    store: &Store,
    tenant: &Tenant,
    secret: &str,
    expires_at_ms: Option<i64>,
) -> TenantKey {
    let key = NewTenantKey {
        label: "storefront".to_owned(),
        prefix: "souk_".to_owned(),
        hash: api_key_hash(secret),
        expires_at_ms,
    };
    store.tenants().keys(tenant.id).add(key).await.unwrap()
}
