//! Responses about API keys.

use poem_openapi::Object;
use serde::Serialize;
use souk_store::ApiKey;

use crate::{api::views::Timestamp, api_keys::Issued};

/// An API key, without its secret.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "ApiKey", skip_serializing_if_is_none)]
pub struct ApiKeyInfo {
    /// Public id, the part of the key behind `souk_sk_`.
    pub id: String,
    /// Purpose of the key.
    pub name: String,
    /// Permissions of the key.
    pub permissions: Vec<String>,
    /// Maker of the key, as the audit log names it.
    pub created_by: String,
    /// Creation time.
    pub created_at: Timestamp,
    /// Time from which it is refused.
    pub expires_at: Timestamp,
    /// Time of its revocation; absent if it was not revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
    /// Id of the key that a rotation has put in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// Time of a recent use, up to a minute older than the last; absent if it was never used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
}

/// API keys of a tenant.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "ApiKeys")]
pub struct ApiKeyList {
    /// Keys in force and those that ended in the last 90 days, older ones first.
    pub keys: Vec<ApiKeyInfo>,
}

/// A new API key with its secret.
#[derive(Debug, Object, Serialize)]
pub struct IssuedApiKey {
    /// The key, as it is listed.
    pub key: ApiKeyInfo,
    /// Value behind `Authorization: Bearer`. It is shown this once.
    pub secret: String,
}

impl From<ApiKey> for ApiKeyInfo {
    fn from(key: ApiKey) -> Self {
        let names = key.permissions.names().into_iter();
        Self {
            id: key.id,
            name: key.name,
            permissions: names.map(str::to_owned).collect(),
            created_by: key.created_by,
            created_at: Timestamp::from_ms(key.created_at_ms),
            expires_at: Timestamp::from_ms(key.expires_at_ms),
            revoked_at: key.revoked_at_ms.map(Timestamp::from_ms),
            replaced_by: key.replaced_by,
            last_used_at: key.last_used_at_ms.map(Timestamp::from_ms),
        }
    }
}

impl From<Issued> for IssuedApiKey {
    fn from(issued: Issued) -> Self {
        Self {
            key: issued.key.into(),
            secret: issued.secret,
        }
    }
}
