//! API keys in both databases.

use souk_identity::{ApiKeyRandomness, NewApiKeySecret, Permission, Permissions};
use souk_store::{API_KEYS_PER_TENANT, ApiKey, NewApiKey, Rotation, StoreError};

use crate::support::{Setup, add_tenant, setups};

fn secret(seed: u8) -> NewApiKeySecret {
    NewApiKeySecret::of(ApiKeyRandomness {
        id: [seed; 8],
        secret: [seed; 32],
    })
}

fn new_key(seed: u8, expires_at_ms: i64) -> NewApiKey {
    let new = secret(seed);
    NewApiKey {
        id: new.id,
        name: " sync ".to_owned(),
        permissions: Permissions::of(&[Permission::CatalogueRead, Permission::AuditRead]),
        hash: new.hash,
        created_by: "test".to_owned(),
        now_ms: 1_000,
        expires_at_ms,
    }
}

async fn added(setup: &Setup, seed: u8) -> ApiKey {
    let keys = setup.scope.api_keys();
    keys.add(new_key(seed, 9_000)).await.unwrap()
}

#[tokio::test]
async fn key_is_found_by_id_with_what_it_was_made_of() {
    for setup in setups().await {
        let key = added(&setup, 1).await;
        assert_eq!(key.name, "sync");
        assert_eq!(key.hash, secret(1).hash);
        assert_eq!(key.permissions.names(), ["catalogue.read", "audit.read"]);
        assert_eq!(
            setup.store.api_key(&key.id).await.unwrap(),
            Some(key.clone())
        );
        assert_eq!(setup.scope.api_keys().list(5_000).await.unwrap(), [key]);
        assert_eq!(setup.store.api_key("none").await.unwrap(), None);
    }
}

#[tokio::test]
async fn key_ends_when_it_expires_or_is_revoked() {
    for setup in setups().await {
        let (key, keys) = (added(&setup, 1).await, setup.scope.api_keys());
        assert!(key.is_in_force(8_999) && !key.is_in_force(9_000));
        keys.revoke(&key.id, 2_000).await.unwrap();
        keys.revoke(&key.id, 3_000).await.unwrap();
        let revoked = keys.get(&key.id).await.unwrap();
        assert_eq!(revoked.revoked_at_ms, Some(2_000), "once");
        assert!(!revoked.is_in_force(2_000));
    }
}

#[tokio::test]
async fn rotated_key_lives_on_for_a_while_beside_the_new_one() {
    for setup in setups().await {
        let (key, keys) = (added(&setup, 1).await, setup.scope.api_keys());
        let new = secret(2);
        let rotation = Rotation {
            id: new.id.clone(),
            hash: new.hash,
            created_by: "test".to_owned(),
            now_ms: 2_000,
            expires_at_ms: 20_000,
            old_ends_at_ms: 3_000,
        };
        let rotated = keys.rotate(&key.id, rotation.clone()).await.unwrap();
        assert_eq!(
            (&rotated.name, rotated.permissions),
            (&key.name, key.permissions)
        );
        let old = keys.get(&key.id).await.unwrap();
        assert_eq!(old.replaced_by, Some(new.id));
        assert!(old.is_in_force(2_999) && !old.is_in_force(3_000));
        let late = Rotation {
            now_ms: 3_000,
            ..rotation
        };
        let refused = keys.rotate(&key.id, late).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotFound("key")));
    }
}

#[tokio::test]
async fn key_of_another_tenant_is_none() {
    for setup in setups().await {
        let key = added(&setup, 1).await;
        let other = add_tenant(&setup.store, "other").await;
        let keys = setup.store.scope(other).api_keys();
        assert!(keys.list(0).await.unwrap().is_empty());
        for refused in [
            keys.get(&key.id).await.map(|_| ()),
            keys.revoke(&key.id, 2_000).await,
        ] {
            assert!(matches!(refused, Err(StoreError::NotFound("key"))));
        }
        setup.store.tenants().remove("main", None).await.unwrap();
        assert_eq!(
            setup.store.api_key(&key.id).await.unwrap(),
            None,
            "gone with its tenant"
        );
    }
}

#[tokio::test]
async fn tenant_has_so_many_keys_in_force_and_no_more() {
    for setup in setups().await {
        let keys = setup.scope.api_keys();
        for seed in 0..API_KEYS_PER_TENANT {
            added(&setup, u8::try_from(seed).unwrap()).await;
        }
        let refused = keys.add(new_key(200, 9_000)).await.unwrap_err();
        assert!(matches!(
            refused,
            StoreError::Conflict { field: "keys", .. }
        ));
        keys.revoke(&secret(0).id, 2_000).await.unwrap();
        keys.add(new_key(200, 9_000)).await.unwrap();
    }
}

#[tokio::test]
async fn last_use_only_rises() {
    for setup in setups().await {
        let key = added(&setup, 1).await;
        for now_ms in [5_000, 4_000] {
            setup.store.note_api_key_use(&key.id, now_ms).await.unwrap();
        }
        let used = setup.scope.api_keys().get(&key.id).await.unwrap();
        assert_eq!(used.last_used_at_ms, Some(5_000));
    }
}
