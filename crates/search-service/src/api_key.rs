//! API keys of storefronts: made at random, stored as hashes.

use chrono::Utc;
use sha2::{Digest, Sha256};
use souk_domain::{InvalidField, TenantId};
use souk_store::{NewTenantKey, Store, StoreError, TenantKey};

/// Characters of a key that are stored: `souk_` and enough to tell a tenant's keys apart.
const PREFIX_CHARS: usize = 12;

/// A new key: what is stored of it, and the secret, which is shown this once.
#[derive(Debug)]
pub struct IssuedKey {
    /// Stored key.
    pub key: TenantKey,
    /// Value of `X-Api-Key`.
    pub secret: String,
}

/// Makes a key for a tenant.
///
/// # Errors
/// If it would have expired already; else see [`TenantKeys::add`](souk_store::TenantKeys::add).
pub async fn issue_key(
    store: &Store,
    tenant: TenantId,
    label: String,
    expires_at_ms: Option<i64>,
) -> Result<IssuedKey, StoreError> {
    if expires_at_ms.is_some_and(|end| end <= Utc::now().timestamp_millis()) {
        return Err(InvalidField::new("expires_at", "must be in the future").into());
    }
    let secret = format!("souk_{:032x}", rand::random::<u128>());
    let key = NewTenantKey {
        label,
        prefix: secret.chars().take(PREFIX_CHARS).collect(),
        hash: api_key_hash(&secret),
        expires_at_ms,
    };
    let key = store.tenants().keys(tenant).add(key).await?;
    Ok(IssuedKey { key, secret })
}

/// Returns the stored form of an API key. The key is long and random, so a plain hash suffices.
pub fn api_key_hash(key: &str) -> String {
    hex::encode(Sha256::digest(key))
}
