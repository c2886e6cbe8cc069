//! Keys of storefronts: made, listed, used and revoked.

use sea_orm::FromQueryResult;
use souk_domain::{InvalidField, TenantId, TenantKeyId};

use super::Tenants;
use crate::{
    Store, StoreError,
    backend::{CountRow, IdRow, all, execute, first},
    identity::audit::note,
};

/// Most keys that a tenant has at a time, expired ones included.
pub const KEYS_PER_TENANT: u32 = 100;
/// Longest label, in characters.
const MAX_LABEL_CHARS: usize = 100;

/// A key, without its secret, of which only a hash is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantKey {
    /// Key id.
    pub id: TenantKeyId,
    /// Purpose of the key; may be empty.
    pub label: String,
    /// First characters of the secret.
    pub prefix: String,
    /// Creation time, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Time from which it is refused, in milliseconds since 1970 UTC; `None` for never.
    pub expires_at_ms: Option<i64>,
    /// Time of a recent use, in milliseconds since 1970 UTC; `None` if it was never used.
    pub last_used_at_ms: Option<i64>,
}

/// A key to be added.
#[derive(Debug, Clone)]
pub struct NewTenantKey {
    /// Purpose of the key; may be empty.
    pub label: String,
    /// First characters of the secret.
    pub prefix: String,
    /// Hash of the secret, which itself is never stored.
    pub hash: String,
    /// Time from which it is refused, in milliseconds since 1970 UTC; `None` for never.
    pub expires_at_ms: Option<i64>,
}

/// A key as those who check requests know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsableKey {
    /// Key id.
    pub id: TenantKeyId,
    /// Tenant whose key it is.
    pub tenant: TenantId,
    /// Hash of the secret.
    pub hash: String,
    /// Time from which it is refused, in milliseconds since 1970 UTC; `None` for never.
    pub expires_at_ms: Option<i64>,
    /// Time of a recent use, in milliseconds since 1970 UTC; `None` if it was never used.
    pub last_used_at_ms: Option<i64>,
}

/// The keys of one tenant.
#[derive(Debug, Clone)]
pub struct TenantKeys {
    store: Store,
    tenant: TenantId,
}

#[derive(FromQueryResult)]
struct KeyRow {
    id: i64,
    label: String,
    prefix: String,
    created_at: i64,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
}

#[derive(FromQueryResult)]
struct UsableRow {
    id: i64,
    tenant_id: i64,
    hash: String,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
}

impl From<KeyRow> for TenantKey {
    fn from(row: KeyRow) -> Self {
        Self {
            id: TenantKeyId(row.id),
            label: row.label,
            prefix: row.prefix,
            created_at_ms: row.created_at,
            expires_at_ms: row.expires_at,
            last_used_at_ms: row.last_used_at,
        }
    }
}

const COLUMNS: &str = "id, label, prefix, created_at, expires_at, last_used_at";

impl Tenants {
    /// Keys of one tenant.
    pub fn keys(&self, tenant: TenantId) -> TenantKeys {
        TenantKeys {
            store: self.store.clone(),
            tenant,
        }
    }

    /// Returns the keys of all tenants.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn usable_keys(&self) -> Result<Vec<UsableKey>, StoreError> {
        let sql = "SELECT id, tenant_id, hash, expires_at, last_used_at FROM tenant_keys";
        let statement = self.store.backend().statement(sql, []);
        let rows = all::<UsableRow>(self.store.connection(), statement).await?;
        let usable = rows.into_iter().map(|row| UsableKey {
            id: TenantKeyId(row.id),
            tenant: TenantId(row.tenant_id),
            hash: row.hash,
            expires_at_ms: row.expires_at,
            last_used_at_ms: row.last_used_at,
        });
        Ok(usable.collect())
    }

    /// Notes that a key was used, unless a later use is known.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn note_use(&self, key: TenantKeyId, now_ms: i64) -> Result<(), StoreError> {
        let sql = "UPDATE tenant_keys SET last_used_at = $2
             WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)";
        let transaction = self.store.begin().await?;
        let values = [key.0.into(), now_ms.into()];
        execute(&transaction, self.store.backend().statement(sql, values)).await?;
        Ok(transaction.commit().await?)
    }
}

impl TenantKeys {
    /// Adds a key.
    ///
    /// # Errors
    /// If the tenant is gone or has [`KEYS_PER_TENANT`] keys, or the label is too long.
    pub async fn add(&self, key: NewTenantKey) -> Result<TenantKey, StoreError> {
        let label = key.label.trim();
        if label.chars().count() > MAX_LABEL_CHARS || label.contains('\0') {
            let message =
                format!("must have at most {MAX_LABEL_CHARS} characters and no zero byte");
            return Err(InvalidField::new("label", message).into());
        }
        let backend = self.store.backend();
        let transaction = self.store.begin().await?;
        let lock = format!(
            "SELECT id FROM tenants WHERE id = $1{}",
            backend.for_update()
        );
        let statement = backend.statement(lock, [self.tenant.0.into()]);
        let locked = first::<IdRow>(&transaction, statement).await?;
        locked.ok_or(StoreError::NotFound("tenant"))?;
        let count = "SELECT count(*) AS count FROM tenant_keys WHERE tenant_id = $1";
        let statement = backend.statement(count, [self.tenant.0.into()]);
        let count = first::<CountRow>(&transaction, statement).await?;
        if count.is_some_and(|row| row.count >= i64::from(KEYS_PER_TENANT)) {
            let message = format!("the tenant has {KEYS_PER_TENANT} keys; revoke one first");
            return Err(StoreError::conflict("keys", message));
        }
        let sql = format!(
            "INSERT INTO tenant_keys (tenant_id, label, prefix, hash, expires_at)
             VALUES ($1, $2, $3, $4, $5) RETURNING {COLUMNS}"
        );
        let values = [
            self.tenant.0.into(),
            label.into(),
            key.prefix.into(),
            key.hash.into(),
            key.expires_at_ms.into(),
        ];
        let row = first::<KeyRow>(&transaction, backend.statement(sql, values)).await?;
        let row = row.ok_or(StoreError::NotFound("key"))?;
        self.note(TenantKeyId(row.id));
        transaction.commit().await?;
        Ok(row.into())
    }

    /// Notes for the audit log which key it is about.
    fn note(&self, key: TenantKeyId) {
        note::tenant(self.tenant);
        note::target(|| format!("storefront-keys/{key}"));
    }

    /// Returns up to `limit` keys with ids above `after`, by rising id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn page(
        &self,
        after: Option<TenantKeyId>,
        limit: u32,
    ) -> Result<Vec<TenantKey>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM tenant_keys WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3"
        );
        let values = [
            self.tenant.0.into(),
            after.map_or(0, |after| after.0).into(),
            i64::from(limit).into(),
        ];
        let statement = self.store.backend().statement(sql, values);
        let rows = all::<KeyRow>(self.store.connection(), statement).await?;
        Ok(rows.into_iter().map(TenantKey::from).collect())
    }

    /// Revokes a key: it is deleted.
    ///
    /// # Errors
    /// If the tenant has no such key.
    pub async fn revoke(&self, key: TenantKeyId) -> Result<(), StoreError> {
        let sql = "DELETE FROM tenant_keys WHERE tenant_id = $1 AND id = $2";
        let values = [self.tenant.0.into(), key.0.into()];
        self.note(key);
        let transaction = self.store.begin().await?;
        match execute(&transaction, self.store.backend().statement(sql, values)).await? {
            0 => Err(StoreError::NotFound("key")),
            _ => Ok(transaction.commit().await?),
        }
    }
}
