//! Administration of tenants and their keys.

use poem::http::Method;
use serde_json::{Value, json};

use crate::shop::{Reply, Shop};

const TENANTS: &str = "/api/admin/tenants";

async fn ask(shop: &Shop, method: Method, path: &str, body: Option<Value>) -> Reply {
    let path = format!("{TENANTS}{path}");
    let headers = [("If-Match", "*")];
    shop.admin_with(method, &path, &headers, body.as_ref())
        .await
}

#[tokio::test]
async fn tenant_is_made_read_changed_and_deleted() {
    let shop = Shop::open().await;
    let body = json!({
        "slug": "other", "name": "Other", "hosts": ["B.example", "a.example"],
        "language": "de", "currency": "CHF",
    });
    let made = ask(&shop, Method::POST, "", Some(body)).await;
    let tenant = made.expect(201);
    assert_eq!(made.header("Location"), Some("/api/admin/tenants/other"));
    assert_eq!(tenant["hosts"], json!(["a.example", "b.example"]));
    assert_eq!(tenant["is_default"], false);
    let read = ask(&shop, Method::GET, "/other", None).await;
    assert_eq!(read.expect(200), tenant);

    let changes = json!({"name": "Another", "hosts": [], "is_default": true});
    let etag = read.header("ETag").unwrap();
    let path = format!("{TENANTS}/other");
    let update = async |state: &[(&str, &str)]| {
        shop.admin_with(Method::PUT, &path, state, Some(&changes))
            .await
    };
    update(&[]).await.error(428);
    let changed = update(&[("If-Match", etag)]).await;
    assert_eq!(changed.expect(200)["name"], "Another");
    update(&[("If-Match", etag)]).await.error(412);

    let first = ask(&shop, Method::GET, "?per_page=1", None)
        .await
        .expect(200);
    assert_eq!(first["tenants"][0]["slug"], "first");
    assert_eq!(first["tenants"][0]["is_default"], false, "one is enough");
    let next = format!("?per_page=1&after={}", first["next_after"]);
    let second = ask(&shop, Method::GET, &next, None).await.expect(200);
    assert_eq!(second["tenants"][0]["slug"], "other");

    ask(&shop, Method::DELETE, "/other", None).await.expect(204);
    ask(&shop, Method::GET, "/other", None).await.error(404);
    ask(&shop, Method::DELETE, "/other", None).await.error(404);
}

#[tokio::test]
async fn invalid_tenant_is_refused_by_field() {
    let shop = Shop::open().await;
    let made = json!({"slug": "other", "hosts": ["a.example"]});
    ask(&shop, Method::POST, "", Some(made)).await.expect(201);
    for (body, status, field) in [
        (json!({"slug": "No Slug"}), 422, "slug"),
        (json!({"slug": "x", "name": "  "}), 422, "name"),
        (json!({"slug": "x", "language": "tlh"}), 422, "language"),
        (json!({"slug": "x", "currency": "AAA"}), 422, "currency"),
        (json!({"slug": "x", "currency": "XTS"}), 422, "currency"),
        (json!({"slug": "x", "currency": "XAU"}), 422, "currency"),
        (json!({"slug": "x", "currency": "BOV"}), 422, "currency"),
        (json!({"slug": "x", "currency": "BGN"}), 422, "currency"),
        (json!({"slug": "x", "currency": "ANG"}), 422, "currency"),
        (
            json!({"slug": "x", "hosts": ["b.example", "https://x y/"]}),
            422,
            "hosts[1]",
        ),
        (json!({"slug": "x", "hosts": ["x:80"]}), 422, "hosts[0]"),
        (json!({"slug": "x", "hosts": ["*.x"]}), 422, "hosts[0]"),
        (json!({"slug": "x", "hosts": ["a.example"]}), 409, "hosts"),
        (json!({"slug": "other"}), 409, "slug"),
    ] {
        let reply = ask(&shop, Method::POST, "", Some(body.clone())).await;
        assert_eq!(reply.error(status).1.as_deref(), Some(field), "{body}");
    }
    let hosts = json!({"name": "X", "hosts": ["a.example/"], "is_default": true});
    let reply = ask(&shop, Method::PUT, "/first", Some(hosts)).await;
    assert_eq!(reply.error(422).1.as_deref(), Some("hosts[0]"));
}

#[tokio::test]
async fn key_is_shown_once_and_refused_after_it_was_revoked() {
    let shop = Shop::open().await;
    let made = json!({"slug": "other"});
    ask(&shop, Method::POST, "", Some(made)).await.expect(201);
    shop.sync().await;
    let issue = async |body: Value| ask(&shop, Method::POST, "/other/keys", Some(body)).await;
    let old = issue(json!({"label": "old"})).await.expect(201);
    let new = issue(json!({"expires_at": "2999-01-01T00:00:00Z"})).await;
    assert_eq!(new.header("Cache-Control"), Some("private, no-store"));
    let new = new.expect(201);
    let secret = |issued: &Value| issued["secret"].as_str().unwrap().to_owned();
    let prefix = old["key"]["prefix"].as_str().unwrap();
    assert!(secret(&old).starts_with(prefix) && prefix.len() < 16);
    let past = issue(json!({"expires_at": "2020-01-01T00:00:00Z"})).await;
    assert_eq!(past.error(422).1.as_deref(), Some("expires_at"));

    let listed = ask(&shop, Method::GET, "/other/keys", None).await;
    let text = String::from_utf8_lossy(&listed.body).into_owned();
    assert!(!text.contains(&secret(&old)) && !text.contains(&secret(&new)));
    assert_eq!(listed.expect(200)["keys"][1], new["key"]);

    let shop = shop.reopen();
    let status = async |key: &str| {
        let headers = [("X-Api-Key", key)];
        let path = "/api/products";
        shop.send(Method::GET, path, &headers, None).await.status
    };
    for issued in [&old, &new] {
        assert_eq!(status(&secret(issued)).await, 200, "both overlap");
    }
    let revoked = format!("/other/keys/{}", old["key"]["id"]);
    let foreign = format!("/first/keys/{}", old["key"]["id"]);
    ask(&shop, Method::DELETE, &foreign, None).await.error(404);
    ask(&shop, Method::DELETE, &revoked, None).await.expect(204);
    ask(&shop, Method::DELETE, &revoked, None).await.error(404);
    // Within two seconds; a new front door has read nothing yet.
    let shop = shop.reopen();
    let old = shop
        .send(
            Method::GET,
            "/api/products",
            &[("X-Api-Key", &secret(&old))],
            None,
        )
        .await;
    assert_eq!(old.error(401).0, "invalid_api_key");
}

/// The operations are the installation's, but a wrong key is refused here, too.
#[tokio::test]
async fn tenants_are_not_administered_with_a_wrong_key() {
    let shop = Shop::open().await;
    let made = json!({"slug": "other", "hosts": ["other.example"]});
    ask(&shop, Method::POST, "", Some(made)).await.expect(201);
    let issued = ask(&shop, Method::POST, "/first/keys", Some(json!({}))).await;
    let issued = issued.expect(201);
    let key = issued["secret"].as_str().unwrap();
    let shop = shop.reopen();
    let path = format!("{TENANTS}/other");
    for (headers, status) in [
        ([("Host", "other.example"), ("X-Api-Key", key)], 403),
        ([("Host", "other.example"), ("X-Api-Key", "none")], 401),
    ] {
        let headers = [headers[0], headers[1], ("If-Match", "*")];
        let reply = shop.admin_with(Method::DELETE, &path, &headers, None).await;
        reply.error(status);
    }
    shop.get(&path).await.error(401);
    shop.admin(Method::GET, &path, None).await.expect(200);
}

/// A process that goes on serving refuses a revoked key within two seconds.
#[tokio::test]
async fn running_process_hears_of_a_revocation() {
    let shop = Shop::open().await;
    let issued = ask(&shop, Method::POST, "/first/keys", Some(json!({}))).await;
    let issued = issued.expect(201);
    let key = issued["secret"].as_str().unwrap();
    let shop = shop.reopen();
    let status = async || {
        let headers = [("X-Api-Key", key)];
        let path = "/api/products";
        shop.send(Method::GET, path, &headers, None).await.status
    };
    assert_eq!(status().await, 200);
    let path = format!("/first/keys/{}", issued["key"]["id"]);
    ask(&shop, Method::DELETE, &path, None).await.expect(204);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while status().await != 401 {
        assert!(std::time::Instant::now() < deadline, "it is never refused");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}
