//! Responses about tenants and their keys.

use poem_openapi::Object;
use serde::Serialize;
use souk_search_service::IssuedKey;
use souk_store::{Tenant, TenantKey};

use crate::api::{admin::next_id, views::Timestamp};

/// A tenant.
#[derive(Debug, Object, Serialize)]
pub struct AdminTenant {
    /// Tenant id.
    pub id: i64,
    /// Unique name in URLs and commands.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// Host names whose requests are for it, in alphabetical order.
    pub hosts: Vec<String>,
    /// True if it serves the hosts that are no tenant's.
    pub is_default: bool,
    /// Language whose stems its search uses, ISO 639-1, or `simple`.
    pub language: String,
    /// Currency of its prices, ISO 4217.
    pub currency: String,
    /// Creation time.
    pub created_at: Timestamp,
}

/// A page of tenants.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct AdminTenants {
    /// Tenants, by id.
    pub tenants: Vec<AdminTenant>,
    /// Give it as `after` for the next page; absent after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_after: Option<i64>,
}

/// A key, without its secret.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "TenantKey", skip_serializing_if_is_none)]
pub struct TenantKeyInfo {
    /// Key id.
    pub id: i64,
    /// Purpose of the key.
    pub label: String,
    /// First characters of the secret.
    pub prefix: String,
    /// Creation time.
    pub created_at: Timestamp,
    /// Time from which it is refused; absent if never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Time of a recent use, up to an hour older than the last; absent if it was never used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
}

/// A page of keys.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct TenantKeys {
    /// Keys, by id.
    pub keys: Vec<TenantKeyInfo>,
    /// Give it as `after` for the next page; absent after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_after: Option<i64>,
}

/// A new key with its secret.
#[derive(Debug, Object, Serialize)]
pub struct IssuedTenantKey {
    /// The key, as it is listed.
    pub key: TenantKeyInfo,
    /// Value of `X-Api-Key`. It is shown this once.
    pub secret: String,
}

impl AdminTenants {
    /// Creates a page of at most `limit` tenants.
    pub fn new(tenants: Vec<Tenant>, limit: u32) -> Self {
        let tenants: Vec<_> = tenants.into_iter().map(AdminTenant::from).collect();
        Self {
            next_after: next_id(&tenants, limit, |tenant| tenant.id),
            tenants,
        }
    }
}

impl TenantKeys {
    /// Creates a page of at most `limit` keys.
    pub fn new(keys: Vec<TenantKey>, limit: u32) -> Self {
        let keys: Vec<_> = keys.into_iter().map(TenantKeyInfo::from).collect();
        Self {
            next_after: next_id(&keys, limit, |key| key.id),
            keys,
        }
    }
}

impl From<Tenant> for AdminTenant {
    fn from(tenant: Tenant) -> Self {
        Self {
            id: tenant.id.0,
            slug: tenant.slug,
            name: tenant.name,
            hosts: tenant.hosts,
            is_default: tenant.is_default,
            language: tenant.language.to_string(),
            currency: tenant.currency.code().to_owned(),
            created_at: Timestamp::from_ms(tenant.created_at_ms),
        }
    }
}

impl From<TenantKey> for TenantKeyInfo {
    fn from(key: TenantKey) -> Self {
        Self {
            id: key.id.0,
            label: key.label,
            prefix: key.prefix,
            created_at: Timestamp::from_ms(key.created_at_ms),
            expires_at: key.expires_at_ms.map(Timestamp::from_ms),
            last_used_at: key.last_used_at_ms.map(Timestamp::from_ms),
        }
    }
}

impl From<IssuedKey> for IssuedTenantKey {
    fn from(issued: IssuedKey) -> Self {
        Self {
            key: issued.key.into(),
            secret: issued.secret,
        }
    }
}
