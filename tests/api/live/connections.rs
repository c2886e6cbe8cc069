//! Limits on connections, and how connections end.

use poem::http::Method;
use souk::live::LiveOptions;
use souk_identity::{Permissions, Role};

use super::{Connection, admin, options};
use crate::shop::{ADMIN_KEY, Shop, add_api_key, signed_in};

const PATH: &str = "/api/live?products=1";
const ORDERS: &str = "/api/live/orders";
const STAFF: &str = "/api/admin/live";

#[tokio::test]
async fn connection_beyond_a_limit_is_refused_until_another_ends() {
    let shop = Shop::open().await.living(LiveOptions {
        max_connections: 3,
        max_client_connections: 2,
        ..options()
    });
    let first = Connection::open(&shop, PATH, &[]).await;
    let _second = Connection::open(&shop, PATH, &[]).await;
    let refused = shop.get(PATH).await;
    assert_eq!(refused.error(429).0, "limit_exceeded");
    assert!(refused.header("Retry-After").is_some());
    assert_eq!(
        refused.header("RateLimit-Policy"),
        Some("\"live\";q=2;w=10")
    );

    // Whoever has the key is not counted by address.
    let key = admin();
    let _third = Connection::open(&shop, STAFF, &[("Authorization", &key)]).await;
    let refused = shop.admin(Method::GET, STAFF, None).await;
    assert_eq!(refused.error(503).0, "overloaded");
    assert!(refused.header("Retry-After").is_some());
    drop(first);
    Connection::open(&shop, PATH, &[]).await;
}

#[tokio::test]
async fn shutdown_ends_every_connection() {
    let shop = Shop::open().await.living(options());
    let key = admin();
    let mut products = Connection::open(&shop, PATH, &[]).await;
    let mut staff = Connection::open(&shop, STAFF, &[("Authorization", &key)]).await;
    products.waiting().await;
    staff.waiting().await;
    shop.app.shutdown.cancel();
    products.ends().await;
    staff.ends().await;
    assert_eq!(shop.app.live.connections().open(), 0);
}

#[tokio::test]
async fn connection_ends_with_its_session() {
    let shop = Shop::open().await.living(options());
    let scope = shop.store.scope(shop.tenant.id);
    let ada = signed_in(&scope, "ada@mail.example", Role::Customer).await;
    let headers = [("Authorization", ada.as_str())];
    let mut orders = Connection::open(&shop, ORDERS, &headers).await;
    let mut products = Connection::open(&shop, PATH, &[]).await;
    orders.waiting().await;
    let out = shop.send(Method::POST, "/api/account/sign-out", &headers, None);
    out.await.expect(204);
    orders.ends().await;
    products.waiting().await;
}

#[tokio::test]
async fn connection_of_staff_ends_with_its_key() {
    let shop = Shop::open().await.living(options());
    let scope = shop.store.scope(shop.tenant.id);
    let permissions = Permissions::of_role(Role::Owner);
    let (id, secret) = add_api_key(&scope, permissions, i64::MAX).await;
    let bearer = format!("Bearer {secret}");
    let headers = [("Authorization", bearer.as_str())];
    let mut staff = Connection::open(&shop, STAFF, &headers).await;
    staff.waiting().await;
    let path = format!("/api/admin/keys/{id}");
    let key = format!("Bearer {ADMIN_KEY}");
    let revoke = [("Authorization", key.as_str()), ("If-Match", "*")];
    let revoked = shop.send(Method::DELETE, &path, &revoke, None).await;
    assert!(revoked.status < 300, "{}", revoked.status);
    staff.ends().await;
}
