//! What is kept of public answers, and what is said of it.

use std::time::{Duration, Instant};

use poem::http::Method;
use serde_json::json;
use souk::cdn::{Cdn, MediaBase};
use souk_cache::{PurgeOptions, Purger, TagHeader};
use souk_testkit::TestCdn;

use crate::shop::{ADMIN_KEY, Reply, Shop};

const DEADLINE: Duration = Duration::from_secs(20);

/// Asks until the cache answers.
async fn hit(shop: &Shop, path: &str) -> Reply {
    let deadline = Instant::now() + DEADLINE;
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
    let deadline = Instant::now() + DEADLINE;
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
        "/api/sellers",
        "/api/sellers/acme-store",
        "/api/products/dragon-mug/reviews",
        "/api/search/facets/attr:color?q=r",
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

/// Whoever says who they are gets an answer of their own: none from the cache, and none that anybody keeps.
#[tokio::test]
async fn request_with_authorization_bypasses_the_cache() {
    let shop = Shop::open().await.cached();
    trusting(&shop).await;
    let admin = format!("Bearer {ADMIN_KEY}");
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
        for authorization in [&*admin, "Bearer of a shopper", "Basic YTpi", ""] {
            let headers = [("Authorization", authorization)];
            for _ in 0..2 {
                let reply = shop.send(Method::GET, path, &headers, None).await;
                reply.expect(200);
                let told = ["Cache-Control", "X-Cache"].map(|name| reply.header(name));
                let expected = ["private, no-store", "BYPASS"].map(Some);
                assert_eq!(told, expected, "{path} {authorization}");
            }
        }
        let first = shop.get(path).await;
        assert_eq!(first.header("X-Cache"), Some("MISS"), "{path} was kept");
        hit(&shop, path).await;
        let headers = [("Authorization", "Bearer of a shopper")];
        let reply = shop.send(Method::GET, path, &headers, None).await;
        assert_eq!(reply.header("X-Cache"), Some("BYPASS"), "{path}");
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
async fn new_review_and_new_seller_are_seen_at_once_after_they_were_indexed() {
    let shop = Shop::open().await.cached();
    trusting(&shop).await;
    let reviews = "/api/products/dragon-mug/reviews";
    hit(&shop, reviews).await;
    hit(&shop, "/api/sellers").await;
    let id = shop.get("/api/products/dragon-mug").await.expect(200)["id"].clone();
    let list = format!("/api/admin/products/{id}/reviews");
    let review = serde_json::json!({"author": "Ann", "rating": 5});
    let made = shop
        .admin(Method::POST, &list, Some(&review))
        .await
        .expect(201);
    let seller = serde_json::json!({"name": "Zebra Goods"});
    shop.admin(Method::POST, "/api/admin/sellers", Some(&seller))
        .await
        .expect(201);
    shop.sync().await;
    let page = shop.get(reviews).await.expect(200);
    assert_eq!(page["reviews"][0]["author"], "Ann", "{page}");
    assert_eq!(shop.get("/api/sellers").await.expect(200)["total"], 2);

    hit(&shop, reviews).await;
    let review = format!("/api/admin/reviews/{}", made["id"]);
    shop.admin(Method::DELETE, &review, None).await.expect(204);
    shop.sync().await;
    let page = shop.get(reviews).await.expect(200);
    assert_eq!(page["summary"]["count"], 0, "{page}");
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
        // It says what was dropped, and counts nothing that it did not count.
        let (name, value) = what.split_once('=').unwrap();
        assert_eq!(dropped.expect(200), json!({ name: value }));
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
        let compressed = shop
            .send(Method::GET, "/openapi.json", &headers, None)
            .await;
        assert_eq!(compressed.header("Content-Encoding"), Some(coding));
    }
}

#[tokio::test]
async fn a_cdn_is_told_what_answers_are_made_from() {
    let shop = Shop::open().await.cached_with(Cdn {
        tags: Some(TagHeader::CacheTag),
        ..Cdn::default()
    });
    let page = shop.get("/api/products/dragon-mug").await;
    let id = page.json()["id"].clone();
    let tenant = shop.tenant.id;
    let tags = page.header("Cache-Tag").unwrap();
    let has_tag = |tag: &str| {
        tags.split(',')
            .any(|has_tag| has_tag == format!("{tenant}:{tag}"))
    };
    assert!(
        has_tag("all") && has_tag(&format!("product:{id}")),
        "{tags}"
    );
    assert!(!has_tag("search"), "{tags}");

    for _ in 0..2 {
        let found = shop.get("/api/search?q=dragon").await;
        assert_eq!(
            found.header("Cache-Tag"),
            Some(format!("{tenant}:all,{tenant}:search").as_str())
        );
    }
    let admin = shop
        .admin(Method::GET, "/api/admin/products/dragon-mug", None)
        .await;
    assert_eq!(admin.header("Cache-Tag"), None);
    assert_eq!(
        shop.get("/api/products/none").await.header("Cache-Tag"),
        None
    );
}

#[tokio::test]
async fn images_without_a_host_come_from_the_cdn() {
    let shop = Shop::open().await.cached_with(Cdn {
        media: MediaBase::parse("https://cdn.example/souk/").unwrap(),
        ..Cdn::default()
    });
    let placed = "https://cdn.example/souk/media/mug.svg";
    let page = shop.get("/api/products/dragon-mug").await.expect(200);
    assert_eq!(page["images"][0]["url"], placed);
    let found = shop.get("/api/search?q=dragon+mug").await.expect(200);
    assert_eq!(found["hits"][0]["image"], placed);
    let images = |listing: &serde_json::Value| {
        let products = listing["products"].as_array().unwrap();
        let images = products
            .iter()
            .filter_map(|product| product["image"].as_str());
        images.map(str::to_owned).collect::<Vec<_>>()
    };
    let listing = shop.get("/api/products").await.expect(200);
    assert_eq!(images(&listing), [placed]);
    let similar = shop.get("/api/products/dragon-t-shirt/similar").await;
    assert!(
        images(&similar.expect(200))
            .iter()
            .all(|image| image == placed)
    );
    // Whoever changes it is shown what was given.
    let own = format!("/api/admin/products/{}", page["id"]);
    let own = shop.admin(Method::GET, &own, None).await.expect(200);
    assert_eq!(own["images"][0]["url"], "/media/mug.svg");
}

#[tokio::test]
async fn a_change_purges_the_cdn_once_it_is_indexed() {
    let cdn = TestCdn::answering(&[]).await;
    let options = PurgeOptions {
        interval: Duration::ZERO,
        again_after: Duration::from_secs(3_600),
        ..PurgeOptions::new(cdn.url())
    };
    let shop = Shop::open().await.cached_with(Cdn {
        purger: Some(Purger::start(options).unwrap()),
        ..Cdn::default()
    });
    let tenant = shop.tenant.id;
    let page = shop.get("/api/products/dragon-mug").await.expect(200);
    let id = page["id"].as_i64().unwrap();

    let sql = format!("UPDATE variants SET price = 4242 WHERE product_id = {id}");
    sea_orm::ConnectionTrait::execute_unprepared(shop.store.connection(), &sql)
        .await
        .unwrap();
    shop.sync().await;
    // The worker has waited for it at its end.
    let purged = cdn.tags();
    assert_eq!(
        purged[0],
        [format!("{tenant}:search"), format!("{tenant}:product:{id}")]
    );

    let seller = "/api/admin/cache?tag=seller:1";
    shop.admin(Method::DELETE, seller, None).await.expect(200);
    let purged = cdn.wait_for(purged.len() + 1).await;
    assert_eq!(purged.last().unwrap(), &[format!("{tenant}:seller:1")]);
}

/// Requests until the response comes from an outage.
async fn stale_if_error(shop: &Shop, path: &str) -> Reply {
    let deadline = Instant::now() + DEADLINE;
    loop {
        let reply = shop.get(path).await;
        reply.expect(200);
        if reply.header("Warning").is_some() {
            return reply;
        }
        assert!(Instant::now() < deadline, "{path} never grows old");
    }
}

#[tokio::test]
async fn known_page_without_database_is_served_stale_and_no_other() {
    let shop = Shop::open().await.cached();
    trusting(&shop).await;
    let path = "/api/products/dragon-mug";
    let known = hit(&shop, path).await;
    hit(&shop, "/api/search?q=mug").await;

    shop.store.clone().close().await.unwrap();
    let stale = stale_if_error(&shop, path).await;
    assert_eq!(stale.body, known.body);
    assert_eq!(stale.header("X-Cache"), Some("STALE"));
    let control = stale.header("Cache-Control").unwrap();
    let (_, left) = control.split_once("stale-if-error=").unwrap();
    let left: u64 = left.parse().unwrap();
    assert!(left < 3_600, "it is some time old: {control}");
    let warning = stale.header("Warning").unwrap();
    assert!(
        warning.starts_with("110 ") && warning.contains("111 "),
        "{warning}"
    );

    let signed_in = [("Authorization", "Bearer somebody")];
    let reply = shop.send(Method::GET, path, &signed_in, None).await;
    assert_eq!(reply.error(503).0, "unavailable");
    let unknown = shop.get("/api/products/ring-box").await;
    assert_eq!(unknown.error(503).0, "unavailable");
    assert!(unknown.header("Retry-After").is_some());
    let admin = shop.admin(Method::GET, "/api/admin/products/1", None).await;
    assert_eq!(admin.error(503).0, "unavailable");
    let found = shop.get("/api/search?q=dragon").await.expect(200);
    assert_eq!(found["degraded"], false);
}
