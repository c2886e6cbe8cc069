//! API keys: made, used, rotated, revoked, and what happens to wrong ones.

use std::time::{Duration, Instant};

use chrono::Utc;
use poem::http::Method;
use serde_json::{Value, json};
use souk::{
    api_keys::ApiKeyDirectory,
    http::{RateLimit, RateLimitOptions, RateLimits},
    router::Guards,
};
use souk_identity::{OfferedApiKey, Permission, Permissions};
use souk_rate_limit::Quota;

use crate::shop::{Reply, Shop, add_api_key};

const KEYS: &str = "/api/admin/keys";
const PRODUCTS: &str = "/api/admin/products";

async fn with_key(
    shop: &Shop,
    key: &str,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Reply {
    let bearer = format!("Bearer {key}");
    let mut headers = vec![("Authorization", &*bearer)];
    if body.is_some() {
        headers.push(("Content-Type", "application/json"));
    }
    let body = body.map(|body| serde_json::to_vec(&body).unwrap());
    Box::pin(shop.send(method, path, &headers, body)).await
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn key_is_shown_once_used_rotated_with_overlap_and_revoked() {
    let shop = Shop::open().await;
    let body = json!({"name": "sync", "permissions": ["catalogue.read", "offers.write"]});
    let made = shop
        .admin(Method::POST, KEYS, Some(&body))
        .await
        .expect(201);
    let secret = text(&made["secret"]);
    assert!(secret.starts_with(&format!("souk_sk_{}_", text(&made["key"]["id"]))));
    assert_eq!(made["key"]["created_by"], "admin-key");
    let listed = shop.admin(Method::GET, KEYS, None).await;
    assert!(!String::from_utf8_lossy(&listed.body).contains(&secret));
    assert_eq!(listed.expect(200)["keys"][0]["name"], "sync");

    let read = with_key(&shop, &secret, Method::GET, PRODUCTS, None).await;
    assert_eq!(read.expect(200)["products"].as_array().unwrap().len(), 4);
    let refused = with_key(&shop, &secret, Method::GET, KEYS, None).await;
    assert_eq!(refused.error(403).0, "forbidden");

    let path = format!("{KEYS}/{}", text(&made["key"]["id"]));
    let rotate = format!("{path}/rotate");
    let overlap = json!({"overlap_hours": 1});
    let new = shop
        .admin(Method::POST, &rotate, Some(&overlap))
        .await
        .expect(201);
    assert_eq!(new["key"]["permissions"], made["key"]["permissions"]);
    let new = text(&new["secret"]);
    for key in [&secret, &new] {
        with_key(&shop, key, Method::GET, PRODUCTS, None)
            .await
            .expect(200);
    }
    let old = shop.admin(Method::GET, &path, None).await.expect(200);
    assert!(old["replaced_by"].is_string());
    assert_ne!(old["expires_at"], made["key"]["expires_at"], "sooner");

    shop.admin(Method::DELETE, &path, None).await.expect(204);
    with_key(&shop, &secret, Method::GET, PRODUCTS, None)
        .await
        .error(401);
    with_key(&shop, &new, Method::GET, PRODUCTS, None)
        .await
        .expect(200);
    shop.admin(Method::POST, &rotate, Some(&overlap))
        .await
        .error(404);

    let without = json!({"overlap_hours": 0});
    let id = &new["souk_sk_".len()..][..11];
    let rotate = format!("{KEYS}/{id}/rotate");
    shop.admin(Method::POST, &rotate, Some(&without))
        .await
        .expect(201);
    shop.app.api_keys.outdate();
    with_key(&shop, &new, Method::GET, PRODUCTS, None)
        .await
        .error(401);
}

#[tokio::test]
async fn nobody_gives_what_they_lack_and_no_key_reaches_the_installation() {
    let shop = Shop::open().await;
    let scope = shop.store.scope(shop.tenant.id);
    let own = Permissions::of(&[Permission::KeysWrite, Permission::CatalogueRead]);
    let (_, maker) = add_api_key(&scope, own, i64::MAX).await;
    let make = async |permissions: &[&str]| {
        let body = json!({"name": "a", "permissions": permissions});
        with_key(&shop, &maker, Method::POST, KEYS, Some(body)).await
    };
    make(&["catalogue.read"]).await.expect(201);
    let refused = make(&["catalogue.read", "audit.read"]).await;
    assert_eq!(refused.error(403).0, "forbidden");
    assert!(text(&refused.json()["message"]).contains("audit.read"));

    let (id, _) = add_api_key(&scope, Permissions::OF_TENANT, i64::MAX).await;
    let rotate = format!("{KEYS}/{id}/rotate");
    let rotated = with_key(&shop, &maker, Method::POST, &rotate, Some(json!({}))).await;
    rotated.error(403);

    for (body, field) in [
        (
            json!({"name": "a", "permissions": ["tenants.write"]}),
            "permissions",
        ),
        (json!({"name": "a", "permissions": ["root"]}), "permissions"),
        (json!({"name": " ", "permissions": ["cache.read"]}), "name"),
        (
            json!({"name": "a", "permissions": ["cache.read"], "days": 366}),
            "days",
        ),
        (
            json!({"name": "a", "permissions": ["cache.read"], "days": 0}),
            "days",
        ),
    ] {
        let refused = shop.admin(Method::POST, KEYS, Some(&body)).await;
        assert_eq!(refused.error(422).1.as_deref(), Some(field), "{body}");
    }
}

#[tokio::test]
async fn use_is_noted_and_known_to_admins() {
    let shop = Shop::open().await;
    let scope = shop.store.scope(shop.tenant.id);
    let (id, key) = add_api_key(&scope, Permissions::OF_TENANT, i64::MAX).await;
    with_key(&shop, &key, Method::GET, PRODUCTS, None)
        .await
        .expect(200);
    let deadline = Instant::now() + Duration::from_secs(30);
    while scope
        .api_keys()
        .get(&id)
        .await
        .unwrap()
        .last_used_at_ms
        .is_none()
    {
        assert!(Instant::now() < deadline, "its use was not noted");
        tokio::task::yield_now().await;
    }
}

/// Holds without notices of changes, too: a connection that has died silently tells nothing.
#[tokio::test]
async fn revoked_key_is_refused_by_other_processes_within_a_second() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        let scope = shop.store.scope(shop.tenant.id);
        let (id, key) = add_api_key(&scope, Permissions::OF_TENANT, i64::MAX).await;
        let offered = OfferedApiKey::read(&key).unwrap();
        let process = ApiKeyDirectory::new(shop.store.clone());
        let now = Utc::now().timestamp_millis();
        process.outdate();
        let accepts = async |at| process.accept(&offered, at).await.unwrap().is_some();
        assert!(accepts(now).await);
        scope.api_keys().revoke(&id, now).await.unwrap();
        assert!(!accepts(now + 800).await);
    }
}

#[tokio::test]
async fn revoked_key_is_refused_at_once_by_other_processes_that_are_told() {
    let shop = Shop::on_postgres().await;
    let scope = shop.store.scope(shop.tenant.id);
    let (id, key) = add_api_key(&scope, Permissions::OF_TENANT, i64::MAX).await;
    let offered = OfferedApiKey::read(&key).unwrap();
    let process = ApiKeyDirectory::new(shop.store.clone());
    let mut notices = shop.store.settings_notices().await.unwrap().unwrap();
    let now = Utc::now().timestamp_millis();
    assert!(process.accept(&offered, now).await.unwrap().is_some());
    scope.api_keys().revoke(&id, now).await.unwrap();
    notices.next().await.unwrap();
    process.outdate();
    assert!(process.accept(&offered, now).await.unwrap().is_none());
}

#[tokio::test]
async fn wrong_keys_of_a_network_are_limited_and_counted_while_right_ones_go_on() {
    let quota = |max| Quota::new(max, Duration::from_secs(86_400)).unwrap();
    let options = RateLimitOptions {
        anonymous: quota(1_000),
        search: None,
        suggestions: None,
        events: None,
        pages: quota(1_000),
        key: quota(1_000),
        admin: quota(1_000),
        write: quota(1_000),
        refused_keys: quota(3),
    };
    let guards = Guards {
        rate_limit: RateLimit {
            limits: RateLimits::new(&options, None),
            ..RateLimit::default()
        },
        ..Guards::default()
    };
    let shop = Shop::open().await.behind(guards);
    let scope = shop.store.scope(shop.tenant.id);
    let (_, right) = add_api_key(&scope, Permissions::OF_TENANT, i64::MAX).await;
    with_key(&shop, &right, Method::GET, PRODUCTS, None)
        .await
        .expect(200);
    let mut statuses = Vec::new();
    for _ in 0..5 {
        let reply = with_key(&shop, "guessed", Method::GET, PRODUCTS, None).await;
        statuses.push(reply.status);
    }
    assert_eq!(statuses, [401, 401, 401, 429, 429]);
    assert_eq!(shop.app.refused_keys.count(), 5);
    with_key(&shop, &right, Method::GET, PRODUCTS, None)
        .await
        .expect(200);
    shop.admin(Method::GET, PRODUCTS, None).await.expect(200);
}
