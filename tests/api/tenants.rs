//! Tenant of a request: by host, by key, or the default one.

use chrono::Utc;
use poem::http::Method;
use souk_store::{Tenant, TenantChanges};

use crate::shop::{Shop, add_key, add_tenant};

/// Products that a listing has, or the code of the error.
async fn listed(shop: &Shop, headers: &[(&str, &str)]) -> Result<u64, (u16, String)> {
    let reply = shop.send(Method::GET, "/api/products", headers, None).await;
    match reply.status {
        200 => Ok(reply.json()["total"].as_u64().unwrap()),
        status => Err((status, reply.error(status).0)),
    }
}

fn refused(status: u16, code: &str) -> Result<u64, (u16, String)> {
    Err((status, code.to_owned()))
}

async fn change(shop: &Shop, slug: &str, changes: TenantChanges) -> Tenant {
    let tenants = shop.store.tenants();
    tenants.update(slug, changes, None).await.unwrap()
}

const INVALID: (u16, &str) = (401, "invalid_api_key");
const FOREIGN: (u16, &str) = (403, "foreign_api_key");

#[tokio::test]
async fn single_tenant_serves_every_host() {
    let shop = Shop::open().await;
    for headers in [
        vec![],
        vec![("Host", "anything.example")],
        vec![("Host", "no host")],
    ] {
        assert_eq!(listed(&shop, &headers).await, Ok(3), "{headers:?}");
    }
}

#[tokio::test]
async fn added_tenant_takes_no_host_from_the_first() {
    let shop = Shop::open().await;
    let host = Some("Other.Example");
    add_tenant(&shop.store, "other", host, Some("open sesame")).await;
    shop.sync().await;
    // What was read before the other was added is believed for a while; a new front door has read nothing.
    let shop = shop.reopen();

    assert_eq!(listed(&shop, &[]).await, Ok(3));
    assert_eq!(listed(&shop, &[("Host", "shop.example")]).await, Ok(3));
    for host in ["other.example:8080", "OTHER.example", "other.example."] {
        assert_eq!(listed(&shop, &[("Host", host)]).await, Ok(0), "{host}");
    }
    assert_eq!(listed(&shop, &[("X-Api-Key", "open sesame")]).await, Ok(0));
    for forged in ["X-Tenant", "X-Tenant-Id", "X-Forwarded-Host"] {
        let forged = [(forged, "other.example")];
        assert_eq!(listed(&shop, &forged).await, Ok(3), "{forged:?}");
    }

    let default = TenantChanges {
        is_default: Some(true),
        ..TenantChanges::default()
    };
    change(&shop, "other", default).await;
    let shop = shop.reopen();
    assert_eq!(listed(&shop, &[]).await, Ok(0));
    let none = TenantChanges {
        is_default: Some(false),
        ..TenantChanges::default()
    };
    change(&shop, "other", none).await;
    let shop = shop.reopen();
    assert_eq!(
        listed(&shop, &[]).await,
        refused(404, "unknown_marketplace")
    );
    assert_eq!(listed(&shop, &[("Host", "other.example")]).await, Ok(0));
}

#[tokio::test]
async fn unknown_key_is_refused_whatever_the_host() {
    let shop = Shop::open().await;
    let host = Some("other.example");
    let other = add_tenant(&shop.store, "other", host, Some("open sesame")).await;
    let now = Utc::now().timestamp_millis();
    add_key(&shop.store, &other, "expired", Some(now)).await;
    add_key(&shop.store, &other, "in time", Some(now + 3_600_000)).await;
    shop.sync().await;
    let shop = shop.reopen();
    for host in ["other.example", "unknown.example"] {
        for key in ["open says me", "", "expired"] {
            let headers = [("Host", host), ("X-Api-Key", key)];
            let (status, code) = INVALID;
            assert_eq!(
                listed(&shop, &headers).await,
                refused(status, code),
                "{headers:?}"
            );
        }
        for key in ["open sesame", "in time"] {
            let headers = [("Host", host), ("X-Api-Key", key)];
            assert_eq!(listed(&shop, &headers).await, Ok(0), "{headers:?}");
        }
    }
    let headers = [("X-Api-Key", "in time"), ("X-Api-Key", "open sesame")];
    assert_eq!(listed(&shop, &headers).await, refused(INVALID.0, INVALID.1));
    let path = "/api/products";
    let headers = [("X-Api-Key", "no")];
    let reply = shop.send(Method::GET, path, &headers, None).await;
    assert_eq!(
        reply.header("WWW-Authenticate"),
        Some("ApiKey realm=\"souk\"")
    );
}

/// The key of one tenant, sent to the host of another together with the admin key, neither reads nor changes anything.
#[tokio::test]
async fn foreign_key_is_refused_for_shoppers_and_admins() {
    let shop = Shop::open().await;
    let hosts = Some(vec!["first.example".parse().unwrap()]);
    let changes = TenantChanges {
        hosts,
        ..TenantChanges::default()
    };
    change(&shop, "first", changes).await;
    add_tenant(&shop.store, "other", None, Some("open sesame")).await;
    let shop = shop.reopen();
    let foreign = [("Host", "first.example"), ("X-Api-Key", "open sesame")];
    assert_eq!(listed(&shop, &foreign).await, refused(FOREIGN.0, FOREIGN.1));

    let page = shop.admin(Method::GET, "/api/admin/products", None).await;
    let products = page.expect(200)["products"].clone();
    let path = format!("/api/admin/products/{}", products[0]["id"]);
    let headers = [foreign[0], foreign[1], ("If-Match", "*")];
    for method in [Method::GET, Method::DELETE] {
        let reply = shop.admin_with(method, &path, &headers, None).await;
        assert_eq!(reply.error(FOREIGN.0).0, FOREIGN.1);
    }
    // At a host of nobody the key is the tenant's, which has no such product.
    let elsewhere = [("X-Api-Key", "open sesame"), ("If-Match", "*")];
    let reply = shop
        .admin_with(Method::DELETE, &path, &elsewhere, None)
        .await;
    assert_eq!(reply.error(404).0, "not_found");
    shop.admin(Method::GET, &path, None).await.expect(200);
}

#[tokio::test]
async fn use_of_a_key_is_noted() {
    let shop = Shop::open().await;
    let before = Utc::now().timestamp_millis();
    let other = add_tenant(&shop.store, "other", None, Some("open sesame")).await;
    let shop = shop.reopen();
    let keys = shop.store.tenants().keys(other.id);
    assert_eq!(keys.page(None, 1).await.unwrap()[0].last_used_at_ms, None);
    listed(&shop, &[("X-Api-Key", "open sesame")])
        .await
        .unwrap();
    let used = async || keys.page(None, 1).await.unwrap()[0].last_used_at_ms;
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    while used().await.is_none() {
        assert!(tokio::time::Instant::now() < deadline, "never noted");
        tokio::task::yield_now().await;
    }
    assert!(used().await.unwrap() >= before);
}
