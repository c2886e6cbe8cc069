//! API keys.

use souk_identity::{ApiKeyRandomness, NewApiKeySecret, Permissions};
use souk_store::{NewApiKey, Scope};

/// Adds an API key that ends at a time, and returns its id and the whole key.
pub(crate) async fn add_api_key(
    scope: &Scope,
    permissions: Permissions,
    expires_at_ms: i64,
) -> (String, String) {
    let new = NewApiKeySecret::of(ApiKeyRandomness {
        id: rand::random(),
        secret: rand::random(),
    });
    let key = NewApiKey {
        id: new.id.clone(),
        name: "test".to_owned(),
        permissions,
        hash: new.hash,
        created_by: "test".to_owned(),
        now_ms: 0,
        expires_at_ms,
    };
    scope.api_keys().add(key).await.unwrap();
    (new.id, new.secret)
}
