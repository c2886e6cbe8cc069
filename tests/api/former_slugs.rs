//! Addresses and filters by former slugs.

use std::time::{Duration, Instant};

use poem::http::Method;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::shop::{Reply, Shop};

const DEADLINE: Duration = Duration::from_secs(20);

async fn run(shop: &Shop, sql: &str) {
    shop.store
        .connection()
        .execute_unprepared(sql)
        .await
        .unwrap();
    shop.sync().await;
}

fn location(reply: &Reply) -> Option<&str> {
    assert_eq!(reply.status, 301);
    reply.header("Location")
}

#[tokio::test]
async fn former_slug_of_a_product_leads_on_wherever_it_is_taken() {
    let shop = Shop::open().await;
    run(
        &shop,
        "UPDATE products SET slug = 'tea-mug' WHERE slug = 'dragon-mug'",
    )
    .await;
    for (path, expected) in [
        ("/api/products/dragon-mug", "/api/products/tea-mug"),
        (
            "/api/products/dragon-mug/similar?limit=3",
            "/api/products/tea-mug/similar?limit=3",
        ),
        (
            "/api/products/dragon-mug/reviews?utm_source=x",
            "/api/products/tea-mug/reviews?utm_source=x",
        ),
    ] {
        let reply = shop.get(path).await;
        assert_eq!(location(&reply), Some(expected));
        assert_eq!(reply.json(), json!({"moved_to": "tea-mug"}));
        shop.get(expected).await.expect(200);
    }
    // What is not to be seen is not led to.
    run(
        &shop,
        "UPDATE products SET status = 'archived' WHERE slug = 'tea-mug'",
    )
    .await;
    let gone = shop.get("/api/products/dragon-mug").await;
    assert_eq!(gone.error(404).0, "not_found");
}

#[tokio::test]
async fn former_slug_of_a_seller_leads_on_until_it_closes() {
    let shop = Shop::open().await;
    run(&shop, "UPDATE sellers SET slug = 'acme'").await;
    let reply = shop.get("/api/sellers/acme-store").await;
    assert_eq!(location(&reply), Some("/api/sellers/acme"));
    assert_eq!(
        shop.get("/api/sellers/acme").await.expect(200)["count"],
        json!(3)
    );
    run(&shop, "UPDATE sellers SET closed_at = 1").await;
    shop.get("/api/sellers/acme-store").await.error(404);
}

#[tokio::test]
async fn filters_by_former_slugs_find_what_has_others_now() {
    let shop = Shop::open().await;
    for sql in [
        "UPDATE categories SET slug = 'cups' WHERE slug = 'mugs'",
        "UPDATE fandoms SET slug = 'dragons' WHERE slug = 'dragon-tales'",
        "UPDATE sellers SET slug = 'acme'",
    ] {
        run(&shop, sql).await;
    }
    for (former, present, total) in [
        ("category=mugs", "category=cups", 2),
        ("fandom=dragon-tales", "fandom=dragons", 2),
        ("seller=acme-store", "seller=acme", 3),
        (
            "category=mugs&category=clothing",
            "category=cups&category=clothing",
            3,
        ),
    ] {
        for path in ["/api/search?", "/api/products?"] {
            let by_former = shop.get(&format!("{path}{former}")).await.expect(200);
            let by_present = shop.get(&format!("{path}{present}")).await.expect(200);
            assert_eq!(by_former["total"], total, "{path}{former}");
            assert_eq!(by_former["total"], by_present["total"]);
            assert_eq!(by_former["hits"], by_present["hits"]);
        }
    }
    let brands = shop
        .get("/api/search/facets/brand?category=mugs")
        .await
        .expect(200);
    assert_eq!(
        brands["facet"]["values"].as_array().unwrap().len(),
        2,
        "{brands}"
    );
}

/// Asks until the answer comes from the cache.
async fn kept(shop: &Shop, path: &str) -> Reply {
    let deadline = Instant::now() + DEADLINE;
    loop {
        let reply = shop.get(path).await;
        if reply.header("X-Cache") == Some("HIT") {
            return reply;
        }
        assert!(Instant::now() < deadline, "{path} is never kept");
    }
}

#[tokio::test]
async fn redirect_is_kept_until_what_it_leads_to_changes() {
    let shop = Shop::open().await.cached();
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
    let path = "/api/products/dragon-mug";
    run(
        &shop,
        "UPDATE products SET slug = 'tea-mug' WHERE slug = 'dragon-mug'",
    )
    .await;
    let reply = kept(&shop, path).await;
    assert_eq!(location(&reply), Some("/api/products/tea-mug"));
    let control = reply.header("Cache-Control").unwrap();
    assert!(control.starts_with("public, max-age=0"), "{control}");

    run(
        &shop,
        "UPDATE products SET slug = 'cup' WHERE slug = 'tea-mug'",
    )
    .await;
    assert_eq!(location(&shop.get(path).await), Some("/api/products/cup"));
    assert_eq!(
        location(&kept(&shop, path).await),
        Some("/api/products/cup")
    );

    // Another product takes the slug.
    run(
        &shop,
        "UPDATE products SET slug = 'dragon-mug' WHERE slug = 'starship-mug'",
    )
    .await;
    let taken = shop.get(path).await.expect(200);
    assert_eq!(taken["title"], "Starship Mug");
    let other = shop.get("/api/products/starship-mug").await;
    assert_eq!(location(&other), Some(path));
}
