//! API keys: made, listed, found, rotated and revoked.

use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use souk_domain::{InvalidField, TenantId};
use souk_identity::{ApiKeyHash, Permissions};

use crate::{
    Scope, Store, StoreError, Transaction,
    backend::{CountRow, all, execute, first},
    identity::audit::note,
};

/// Most API keys that a tenant has in force at a time.
pub const API_KEYS_PER_TENANT: u32 = 100;
/// Longest name, in characters.
const MAX_NAME_CHARS: usize = 100;
/// Time for which a key that has ended is still listed, in milliseconds: 90 days.
const LISTED_FOR_MS: i64 = 90 * 86_400_000;

/// An API key, without its secret, of which only a hash is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Public id, which is a part of the key.
    pub id: String,
    /// Tenant that it is for.
    pub tenant: TenantId,
    /// Purpose of the key.
    pub name: String,
    /// Operations that it is good for.
    pub permissions: Permissions,
    /// Hash of the whole key.
    pub hash: ApiKeyHash,
    /// Name of who made it.
    pub created_by: String,
    /// Creation time, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Time from which it is refused, in milliseconds since 1970 UTC.
    pub expires_at_ms: i64,
    /// Time of its revocation, in milliseconds since 1970 UTC; `None` if it was not revoked.
    pub revoked_at_ms: Option<i64>,
    /// Key that a rotation has put in its place.
    pub replaced_by: Option<String>,
    /// Time of a recent use, in milliseconds since 1970 UTC; `None` if it was never used.
    pub last_used_at_ms: Option<i64>,
}

/// An API key to be added.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// Public id.
    pub id: String,
    /// Purpose of the key.
    pub name: String,
    /// Operations that it is good for.
    pub permissions: Permissions,
    /// Hash of the whole key, which itself is never stored.
    pub hash: ApiKeyHash,
    /// Name of who makes it.
    pub created_by: String,
    /// Present time, in milliseconds since 1970 UTC.
    pub now_ms: i64,
    /// Time from which it is refused, in milliseconds since 1970 UTC.
    pub expires_at_ms: i64,
}

/// A key to be put in the place of another, whose name and permissions it has.
#[derive(Debug, Clone)]
pub struct Rotation {
    /// Public id.
    pub id: String,
    /// Hash of the whole key.
    pub hash: ApiKeyHash,
    /// Name of who makes it.
    pub created_by: String,
    /// Present time, in milliseconds since 1970 UTC.
    pub now_ms: i64,
    /// Time from which the new key is refused, in milliseconds since 1970 UTC.
    pub expires_at_ms: i64,
    /// Time from which the old key is refused at the latest, in milliseconds since 1970 UTC.
    pub old_ends_at_ms: i64,
}

/// The API keys of one tenant.
#[derive(Debug, Clone)]
pub struct ApiKeys(Scope);

#[derive(FromQueryResult)]
struct Row {
    id: String,
    tenant_id: i64,
    name: String,
    permissions: String,
    hash: String,
    created_by: String,
    created_at: i64,
    expires_at: i64,
    revoked_at: Option<i64>,
    replaced_by: Option<String>,
    last_used_at: Option<i64>,
}

const COLUMNS: &str = "id, tenant_id, name, permissions, hash, created_by, created_at, expires_at, revoked_at, \
                       replaced_by, last_used_at";

pub(crate) fn find_sql() -> String {
    format!("SELECT {COLUMNS} FROM api_keys WHERE id = $1")
}

pub(crate) fn list_sql() -> String {
    format!(
        "SELECT {COLUMNS} FROM api_keys WHERE tenant_id = $1 AND expires_at > $2 AND (revoked_at IS NULL OR revoked_at > $2)
         ORDER BY created_at, id"
    )
}

impl ApiKey {
    /// Returns what the audit log tells of it.
    fn described(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "permissions": self.permissions.names(),
            "expires_at_ms": self.expires_at_ms,
        })
    }

    /// True if it is neither revoked nor expired.
    #[must_use]
    pub fn is_in_force(&self, now_ms: i64) -> bool {
        self.revoked_at_ms.is_none() && now_ms < self.expires_at_ms
    }
}

impl TryFrom<Row> for ApiKey {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        // A permission that this version does not know is one that it does not give.
        let names = row.permissions.split_whitespace();
        let known = names.filter(|name| Permissions::parse([*name]).is_ok());
        Ok(Self {
            permissions: Permissions::parse(known).unwrap_or_default(),
            hash: ApiKeyHash::from_hex(&row.hash).ok_or(StoreError::NotFound("hash of the key"))?,
            id: row.id,
            tenant: TenantId(row.tenant_id),
            name: row.name,
            created_by: row.created_by,
            created_at_ms: row.created_at,
            expires_at_ms: row.expires_at,
            revoked_at_ms: row.revoked_at,
            replaced_by: row.replaced_by,
            last_used_at_ms: row.last_used_at,
        })
    }
}

impl Store {
    /// Returns the API key of this id, whosever it is, also if it has ended.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn api_key(&self, id: &str) -> Result<Option<ApiKey>, StoreError> {
        let statement = self.backend().statement(find_sql(), [id.into()]);
        let row = first::<Row>(self.connection(), statement).await?;
        row.map(ApiKey::try_from).transpose()
    }

    /// Notes that an API key was used, unless a later use is known.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn note_api_key_use(&self, id: &str, now_ms: i64) -> Result<(), StoreError> {
        let sql = "UPDATE api_keys SET last_used_at = $2
             WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)";
        let transaction = self.begin().await?;
        let statement = self.backend().statement(sql, [id.into(), now_ms.into()]);
        execute(&transaction, statement).await?;
        Ok(transaction.commit().await?)
    }
}

impl Scope {
    /// API keys of the tenant.
    #[must_use]
    pub fn api_keys(&self) -> ApiKeys {
        ApiKeys(self.clone())
    }
}

impl ApiKeys {
    /// Adds a key.
    ///
    /// # Errors
    /// If the tenant is gone or has [`API_KEYS_PER_TENANT`] keys in force, or the name is empty or too long.
    pub async fn add(&self, key: NewApiKey) -> Result<ApiKey, StoreError> {
        let transaction = self.0.begin_exclusive().await?;
        let added = self.insert(&transaction, key).await?;
        transaction.commit().await?;
        Ok(added)
    }

    async fn insert(
        &self,
        transaction: &Transaction,
        key: NewApiKey,
    ) -> Result<ApiKey, StoreError> {
        let name = key.name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME_CHARS || name.contains('\0') {
            let message = format!("must have 1 to {MAX_NAME_CHARS} characters and no zero byte");
            return Err(InvalidField::new("name", message).into());
        }
        let backend = self.0.store.backend();
        let count = "SELECT count(*) AS count FROM api_keys
             WHERE tenant_id = $1 AND expires_at > $2 AND revoked_at IS NULL";
        let values = [self.0.tenant.0.into(), key.now_ms.into()];
        let count = first::<CountRow>(transaction, backend.statement(count, values)).await?;
        if count.is_some_and(|row| row.count >= i64::from(API_KEYS_PER_TENANT)) {
            let message = format!("the tenant has {API_KEYS_PER_TENANT} keys; revoke one first");
            return Err(StoreError::conflict("keys", message));
        }
        let sql = format!(
            "INSERT INTO api_keys (id, tenant_id, name, permissions, hash, created_by, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING {COLUMNS}"
        );
        let values = [
            key.id.into(),
            self.0.tenant.0.into(),
            name.into(),
            key.permissions.names().join(" ").into(),
            key.hash.to_hex().into(),
            key.created_by.into(),
            key.now_ms.into(),
            key.expires_at_ms.into(),
        ];
        let row = first::<Row>(transaction, backend.statement(sql, values)).await?;
        let key: ApiKey = row.ok_or(StoreError::NotFound("key"))?.try_into()?;
        note::target(|| format!("keys/{}", key.id));
        note::detail("after", || key.described());
        Ok(key)
    }

    /// Returns the keys in force and those that ended in the last 90 days, older ones first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(&self, now_ms: i64) -> Result<Vec<ApiKey>, StoreError> {
        let since = now_ms.saturating_sub(LISTED_FOR_MS);
        let values = [self.0.tenant.0.into(), since.into()];
        let statement = self.0.store.backend().statement(list_sql(), values);
        let rows = all::<Row>(self.0.store.connection(), statement).await?;
        rows.into_iter().map(ApiKey::try_from).collect()
    }

    /// Returns a key of the tenant.
    ///
    /// # Errors
    /// If it has no such key.
    pub async fn get(&self, id: &str) -> Result<ApiKey, StoreError> {
        let key = self.0.store.api_key(id).await?;
        let own = key.filter(|key| key.tenant == self.0.tenant);
        own.ok_or(StoreError::NotFound("key"))
    }

    /// Puts a new key in the place of one in force, which lives on until `old_ends_at_ms`.
    ///
    /// # Errors
    /// If the tenant has no such key in force, or too many keys.
    pub async fn rotate(&self, old: &str, rotation: Rotation) -> Result<ApiKey, StoreError> {
        let transaction = self.0.begin_exclusive().await?;
        let backend = self.0.store.backend();
        let statement = backend.statement(find_sql(), [old.into()]);
        let row = first::<Row>(&transaction, statement).await?;
        let key: ApiKey = row.ok_or(StoreError::NotFound("key"))?.try_into()?;
        if key.tenant != self.0.tenant || !key.is_in_force(rotation.now_ms) {
            return Err(StoreError::NotFound("key"));
        }
        note::detail("before", || key.described());
        let sql = format!(
            "UPDATE api_keys SET expires_at = {}, replaced_by = $3 WHERE id = $1",
            backend.lower("expires_at", "$2")
        );
        let values = [
            old.into(),
            rotation.old_ends_at_ms.into(),
            rotation.id.as_str().into(),
        ];
        execute(&transaction, backend.statement(sql, values)).await?;
        let new = NewApiKey {
            id: rotation.id,
            name: key.name,
            permissions: key.permissions,
            hash: rotation.hash,
            created_by: rotation.created_by,
            now_ms: rotation.now_ms,
            expires_at_ms: rotation.expires_at_ms,
        };
        let added = self.insert(&transaction, new).await?;
        transaction.commit().await?;
        Ok(added)
    }

    /// Revokes a key. One that was revoked before stays so.
    ///
    /// # Errors
    /// If the tenant has no such key.
    pub async fn revoke(&self, id: &str, now_ms: i64) -> Result<(), StoreError> {
        let sql = "UPDATE api_keys SET revoked_at = coalesce(revoked_at, $3)
             WHERE tenant_id = $1 AND id = $2";
        note::target(|| format!("keys/{id}"));
        let values = [self.0.tenant.0.into(), id.into(), now_ms.into()];
        let transaction = self.0.store.begin().await?;
        let statement = self.0.store.backend().statement(sql, values);
        match execute(&transaction, statement).await? {
            0 => Err(StoreError::NotFound("key")),
            _ => Ok(transaction.commit().await?),
        }
    }
}
