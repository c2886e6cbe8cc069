//! The audit log: what is in it, of whom, and who may read it.

use poem::http::Method;
use serde_json::{Value, json};
use souk_identity::{Permission, Permissions};
use souk_store::audit::INSTALLATION;

use crate::shop::{Shop, add_api_key};

const AUDIT: &str = "/api/admin/audit";

async fn entries(shop: &Shop, query: &str) -> Vec<Value> {
    let path = format!("{AUDIT}{query}");
    let page = shop.admin(Method::GET, &path, None).await.expect(200);
    page["entries"].as_array().unwrap().clone()
}

async fn is_whole(shop: &Shop) -> bool {
    let verified = shop.store.audit().verify().await.unwrap();
    assert!(!verified.is_empty());
    verified.iter().all(|chain| chain.fault.is_none())
}

#[tokio::test]
async fn change_is_one_entry_with_its_doer_and_what_was_sent() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        let body = json!({"slug": "caps", "name": "Caps", "access_token": 1});
        let headers = [("X-Actor", "ada"), ("X-Request-Id", "r-7")];
        let path = "/api/admin/categories";
        let refused = shop
            .admin_with(Method::POST, path, &headers, Some(&body))
            .await;
        refused.error(400);
        assert_eq!(entries(&shop, "?action=adminCreateCategory").await.len(), 0);

        let body = json!({"slug": "caps", "name": "Caps"});
        let made = shop
            .admin_with(Method::POST, path, &headers, Some(&body))
            .await;
        let id = made.expect(201)["id"].clone();
        let of_action = entries(&shop, "?action=adminCreateCategory").await;
        let [entry] = &*of_action else {
            panic!("{of_action:?}");
        };
        assert_eq!(entry["actor"], "admin-key");
        assert_eq!(entry["note"], "ada");
        assert_eq!(entry["request_id"], "r-7");
        assert_eq!(entry["outcome"], "done");
        assert_eq!(entry["target"], json!(format!("categories/{id}")));
        let detail: Value = serde_json::from_str(entry["detail"].as_str().unwrap()).unwrap();
        assert_eq!(detail["sent"], body);

        // Of something that no transaction does.
        let path = "/api/admin/cache?tag=search";
        shop.admin(Method::DELETE, path, None).await.expect(200);
        assert_eq!(entries(&shop, "?action=adminDropCache").await.len(), 1);
        assert!(is_whole(&shop).await);
    }
}

#[tokio::test]
async fn batch_is_one_entry() {
    let shop = Shop::open().await;
    let product = |number: usize| {
        json!({
            "external_id": format!("mug-{number}"),
            "title": "Griffin Mug",
            "category": "mugs",
            "variants": [{"sku": "MUG-9", "price": 1200, "stock": 4}],
        })
    };
    let products: Vec<_> = (0..300).map(product).collect();
    let body = json!({"products": products});
    let path = "/api/admin/products/batch";
    let written = shop.admin(Method::POST, path, Some(&body)).await;
    written.expect(200);
    let of_batch = entries(&shop, "?action=adminUpsertProducts").await;
    assert_eq!(of_batch.len(), 1);
    let detail: Value = serde_json::from_str(of_batch[0]["detail"].as_str().unwrap()).unwrap();
    assert_eq!(detail["sent"]["sha256"].as_str().unwrap().len(), 64);
}

#[tokio::test]
async fn refusals_exports_and_key_changes_are_entries() {
    let shop = Shop::open().await;
    let scope = shop.store.scope(shop.tenant.id);
    let own = Permissions::of(&[Permission::AuditRead, Permission::AnalyticsRead]);
    let (id, key) = add_api_key(&scope, own, i64::MAX).await;
    let bearer = format!("Bearer {key}");
    let ask = async |path: &str, bearer: &str| {
        let headers = [("Authorization", bearer)];
        Box::pin(shop.send(Method::GET, path, &headers, None)).await
    };
    let products = "/api/admin/products";
    shop.get(products).await.error(401);
    ask(products, "Bearer wrong").await.error(401);
    ask(products, &bearer).await.error(403);
    let refused = entries(&shop, "?action=adminListProducts").await;
    let of = |entry: &Value| (entry["actor"].clone(), entry["outcome"].clone());
    let key_name = json!(format!("api-key:{id}"));
    assert_eq!(
        refused.iter().map(of).collect::<Vec<_>>(),
        [
            (key_name.clone(), json!("refused")),
            (json!("anonymous"), json!("refused"))
        ],
        "newest first, and none of a caller without a key"
    );

    let report = "/api/admin/search/analytics/summary";
    assert_eq!(ask(report, &bearer).await.status, 200);
    let table = format!("{report}.csv");
    assert_eq!(ask(&table, &bearer).await.status, 200);
    let exported = entries(&shop, "?action=adminSearchSummary").await;
    assert_eq!(exported.len(), 1, "the table alone");
    assert_eq!(exported[0]["actor"], key_name);

    let body = json!({"name": "n", "permissions": ["cache.read"]});
    let made = shop
        .admin(Method::POST, "/api/admin/keys", Some(&body))
        .await;
    let made = made.expect(201);
    let changed = entries(&shop, "?action=adminCreateKey").await;
    let detail = changed[0]["detail"].as_str().unwrap();
    assert!(
        detail.contains("\"after\"") && detail.contains("cache.read"),
        "{detail}"
    );
    assert!(
        !detail.contains(made["secret"].as_str().unwrap()),
        "{detail}"
    );

    let table = ask("/api/admin/audit.csv?per_page=2", &bearer).await;
    let table = String::from_utf8(table.body).unwrap();
    assert_eq!(table.lines().count(), 3, "{table}");
    assert!(table.starts_with("number,at,actor,"), "{table}");
    let read = entries(&shop, "?action=adminListAudit").await;
    assert!(read.iter().any(|entry| entry["actor"] == key_name));
    assert!(is_whole(&shop).await);
}

#[tokio::test]
async fn log_is_read_page_by_page_and_that_of_the_installation_by_its_admin_alone() {
    let shop = Shop::open().await;
    for name in ["One", "Two", "Three"] {
        let body = json!({"name": name});
        let made = shop
            .admin(Method::POST, "/api/admin/categories", Some(&body))
            .await;
        made.expect(201);
    }
    let path = format!("{AUDIT}?action=adminCreateCategory&per_page=2");
    let first = shop.admin(Method::GET, &path, None).await.expect(200);
    let next = format!("{path}&before={}", first["next_before"]);
    let second = shop.admin(Method::GET, &next, None).await.expect(200);
    let names = |page: &Value| {
        let entries = page["entries"].as_array().unwrap().iter();
        let sent = entries.map(|entry| {
            let detail: Value = serde_json::from_str(entry["detail"].as_str().unwrap()).unwrap();
            detail["sent"]["name"].as_str().unwrap().to_owned()
        });
        sent.collect::<Vec<_>>()
    };
    assert_eq!(names(&first), ["Three", "Two"]);
    assert_eq!(names(&second), ["One"]);

    let body = json!({"slug": "other"});
    let made = shop
        .admin(Method::POST, "/api/admin/tenants", Some(&body))
        .await;
    made.expect(201);
    assert!(entries(&shop, "?action=adminCreateTenant").await.is_empty());
    let of_installation = entries(&shop, "?installation=true&action=adminCreateTenant").await;
    assert_eq!(of_installation[0]["target"], "tenants/other");
    let page = shop
        .store
        .audit()
        .page(INSTALLATION, &Default::default(), 10)
        .await;
    assert!(
        page.unwrap()
            .iter()
            .any(|entry| entry.action == "adminCreateTenant")
    );

    let scope = shop.store.scope(shop.tenant.id);
    let (_, key) = add_api_key(&scope, Permissions::OF_TENANT, i64::MAX).await;
    let bearer = format!("Bearer {key}");
    let headers = [("Authorization", &*bearer)];
    let path = format!("{AUDIT}?installation=true");
    shop.send(Method::GET, &path, &headers, None)
        .await
        .error(403);
}
