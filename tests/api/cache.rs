//! What is kept of public answers, and what is said of it.

use std::time::{Duration, Instant};

use poem::http::Method;

use crate::shop::{Reply, Shop};

const PATIENCE: Duration = Duration::from_secs(20);

/// Asks until the cache answers.
async fn hit(shop: &Shop, path: &str) -> Reply {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let reply = shop.get(path).await;
        reply.expect(200);
        if reply.header("X-Cache") == Some("HIT") {
            return reply;
        }
        assert!(Instant::now() < deadline, "{path} is never kept");
    }
}

/// Waits until answers are kept for longer than a moment.
async fn trusting(shop: &Shop) {
    let deadline = Instant::now() + PATIENCE;
    while shop
        .admin(Method::GET, "/api/admin/cache", None)
        .await
        .expect(200)["proof_behind_ms"]
        .is_null()
    {
        assert!(Instant::now() < deadline, "nothing is ever proven");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn the_second_answer_is_the_first_one() {
    let shop = Shop::open().await.cached();
    trusting(&shop).await;
    for path in [
        "/api/search?q=mug",
        "/api/search/suggestions?q=mu",
        "/api/search/facets/brand",
        "/api/products",
        "/api/products/dragon-mug",
        "/api/products/dragon-mug/similar",
        "/api/categories",
        "/api/fandoms",
        "/api/sellers/acme-store",
    ] {
        let first = shop.get(path).await;
        first.expect(200);
        assert_eq!(first.header("X-Cache"), Some("MISS"), "{path}");
        let second = hit(&shop, path).await;
        assert_eq!(first.body, second.body, "{path}");
        assert_eq!(first.header("ETag"), second.header("ETag"), "{path}");
        let control = second.header("Cache-Control").unwrap();
        assert!(
            control.starts_with("public,") && control.contains("s-maxage"),
            "{control}"
        );
        assert_eq!(second.header("Vary"), Some("Accept-Encoding, X-Api-Key"));
    }
}

#[tokio::test]
async fn what_somebody_knows_is_not_sent_again() {
    let shop = Shop::open().await.cached();
    let path = "/api/products/dragon-mug";
    let etag = shop.get(path).await.header("ETag").unwrap().to_owned();
    let headers = [("If-None-Match", etag.as_str())];
    let again = shop.send(Method::GET, path, &headers, None).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(again.header("ETag"), Some(etag.as_str()));
}

#[tokio::test]
async fn a_change_is_seen_at_once_after_it_was_indexed() {
    let shop = Shop::open().await.cached();
    trusting(&shop).await;
    let paths = [
        "/api/products/dragon-mug",
        "/api/search?q=dragon",
        "/api/categories",
    ];
    for path in paths {
        hit(&shop, path).await;
    }
    let sql = "UPDATE variants SET price = 4242";
    sea_orm::ConnectionTrait::execute_unprepared(shop.store.connection(), sql)
        .await
        .unwrap();
    shop.sync().await;
    let page = shop.get(paths[0]).await.expect(200);
    assert_eq!(page["price"]["amount"], 4242, "{page}");
    let found = shop.get(paths[1]).await.expect(200);
    assert_eq!(found["hits"][0]["price"]["amount"], 4242, "{found}");
}

#[tokio::test]
async fn a_renamed_seller_has_its_new_name_on_every_page() {
    let shop = Shop::open().await.cached();
    trusting(&shop).await;
    hit(&shop, "/api/products/dragon-mug").await;
    hit(&shop, "/api/sellers/acme-store").await;
    let sql = "UPDATE sellers SET name = 'Other Store' WHERE slug = 'acme-store'";
    sea_orm::ConnectionTrait::execute_unprepared(shop.store.connection(), sql)
        .await
        .unwrap();
    shop.sync().await;
    let page = shop.get("/api/products/dragon-mug").await.expect(200);
    assert_eq!(page["seller"]["name"], "Other Store");
    let seller = shop.get("/api/sellers/acme-store").await.expect(200);
    assert_eq!(seller["name"], "Other Store");
}

#[tokio::test]
async fn errors_and_admins_are_nobodys_to_keep() {
    let shop = Shop::open().await.cached();
    for _ in 0..2 {
        let absent = shop.get("/api/products/none").await;
        assert_eq!(absent.error(404).0, "not_found");
        assert_eq!(absent.header("Cache-Control"), Some("private, no-store"));
    }
    let bad = shop.get("/api/search?per_page=x").await;
    assert_eq!(bad.error(400).1.as_deref(), Some("per_page"));
    let admin = shop
        .admin(Method::GET, "/api/admin/products/dragon-mug", None)
        .await;
    assert_eq!(admin.header("Cache-Control"), Some("private, no-store"));
    assert_eq!(admin.header("X-Cache"), None);
    let stats = shop
        .admin(Method::GET, "/api/admin/cache", None)
        .await
        .expect(200);
    let caches = stats["caches"].as_array().unwrap();
    let products = caches.iter().find(|cache| cache["name"] == "product");
    assert!(products.unwrap()["loads"].as_u64() > Some(0), "{stats}");
}

#[tokio::test]
async fn operators_drop_by_tag_and_by_pattern() {
    let shop = Shop::open().await.cached();
    let path = "/api/products/dragon-mug";
    let id = hit(&shop, path).await.json()["id"].clone();
    for what in [
        format!("tag=product:{id}"),
        "tag=all".to_owned(),
        "pattern=product:*".to_owned(),
    ] {
        hit(&shop, path).await;
        let dropped = shop
            .admin(Method::DELETE, &format!("/api/admin/cache?{what}"), None)
            .await;
        dropped.expect(200);
        let reply = shop.get(path).await;
        assert_eq!(reply.header("X-Cache"), Some("MISS"), "{what}");
    }
    for (what, field) in [
        ("tag=nonsense", "tag"),
        ("", "tag"),
        ("tag=all&pattern=*", "pattern"),
    ] {
        let refused = shop
            .admin(Method::DELETE, &format!("/api/admin/cache?{what}"), None)
            .await;
        assert_eq!(refused.error(400).1.as_deref(), Some(field));
    }
}

#[tokio::test]
async fn answers_are_packed_once() {
    let shop = Shop::open().await.cached();
    for coding in ["gzip", "br", "zstd"] {
        let headers = [("Accept-Encoding", coding)];
        let packed = shop
            .send(Method::GET, "/openapi.json", &headers, None)
            .await;
        assert_eq!(packed.header("Content-Encoding"), Some(coding));
    }
}
