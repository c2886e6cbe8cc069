use poem::http::Method;
use serde_json::json;

use crate::shop::Shop;

#[tokio::test]
async fn a_product_is_shown_by_slug_or_id() {
    let shop = Shop::open().await;
    let by_slug = shop.get("/api/products/dragon-t-shirt").await.expect(200);
    let by_id = shop
        .get(&format!("/api/products/{}", by_slug["id"]))
        .await
        .expect(200);
    assert_eq!(by_slug, by_id);
    insta::assert_json_snapshot!("product", by_slug, { ".updated_at" => "[time]" });
}

#[tokio::test]
async fn what_shoppers_may_not_see_is_not_there() {
    let shop = Shop::open().await;
    for path in [
        "/api/products/dragon-draft",
        "/api/products/999",
        "/api/products/none/similar",
    ] {
        assert_eq!(shop.get(path).await.error(404).0, "not_found", "{path}");
    }
}

#[tokio::test]
async fn a_listing_has_the_orders_and_cursors_of_a_search() {
    let shop = Shop::open().await;
    let page = shop
        .get("/api/products?category=kitchen&sort=price_desc&per_page=1")
        .await
        .expect(200);
    assert_eq!(page["total"], 2);
    assert_eq!(page["products"][0]["slug"], "starship-mug");
    let cursor = page["next_cursor"].as_str().unwrap();
    let last = shop
        .get(&format!(
            "/api/products?category=kitchen&sort=price_desc&per_page=1&cursor={cursor}"
        ))
        .await
        .expect(200);
    assert_eq!(last["products"][0]["slug"], "dragon-mug");
    assert!(last["next_cursor"].is_null());
}

#[tokio::test]
async fn similar_products_leave_out_the_product_itself() {
    let shop = Shop::open().await;
    let answer = shop
        .get("/api/products/dragon-mug/similar")
        .await
        .expect(200);
    let slugs: Vec<_> = answer["products"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| &hit["slug"])
        .collect();
    assert!(
        !slugs.is_empty() && !slugs.contains(&&"dragon-mug".into()),
        "{answer}"
    );
}

#[tokio::test]
async fn the_category_tree_counts_descendants() {
    let shop = Shop::open().await;
    insta::assert_json_snapshot!("categories", shop.get("/api/categories").await.expect(200));
}

#[tokio::test]
async fn fandoms_and_sellers_say_how_many_products_they_have() {
    let shop = Shop::open().await;
    insta::assert_json_snapshot!("fandoms", shop.get("/api/fandoms").await.expect(200));
    let seller = shop.get("/api/sellers/acme-store").await.expect(200);
    assert_eq!(seller["count"], 3);
    assert_eq!(
        shop.get("/api/sellers/nobody").await.error(404).0,
        "not_found"
    );
}

#[tokio::test]
async fn sellers_are_listed_by_name_in_pages() {
    let shop = Shop::open().await;
    for name in ["Zebra Goods", "Badger & Co"] {
        let seller = json!({"name": name});
        let made = shop.admin(Method::POST, "/api/admin/sellers", Some(&seller));
        made.await.expect(201);
    }
    let page = shop.get("/api/sellers?per_page=2").await.expect(200);
    assert_eq!(page["total"], 3);
    assert_eq!(page["sellers"][0]["slug"], "acme-store");
    assert_eq!(page["sellers"][0]["count"], 3);
    assert_eq!(page["sellers"][1]["name"], "Badger & Co");
    let last = shop.get("/api/sellers?per_page=2&page=2").await.expect(200);
    assert_eq!(last["sellers"][0]["name"], "Zebra Goods");
    assert_eq!(last["sellers"][0]["count"], 0);
    assert_eq!(last["sellers"].as_array().unwrap().len(), 1);
    for (query, field) in [("page=0", "page"), ("per_page=101", "per_page")] {
        let wrong = shop.get(&format!("/api/sellers?{query}")).await;
        assert_eq!(wrong.error(400).1.as_deref(), Some(field));
    }
}

#[tokio::test]
async fn reviews_of_a_product_are_read_in_pages_with_a_summary() {
    let shop = Shop::open().await;
    let path = "/api/products/starship-mug/reviews";
    let none = shop.get(path).await.expect(200);
    assert_eq!(none["summary"]["count"], 0);
    assert!(none["summary"]["mean"].is_null() && none["reviews"] == json!([]));

    let id = shop.get("/api/products/starship-mug").await.expect(200)["id"].clone();
    for (author, rating) in [("Ann", 4), ("Bob", 5), ("Cid", 2)] {
        let review = json!({"author": author, "rating": rating, "title": "Mug"});
        let reviews = format!("/api/admin/products/{id}/reviews");
        shop.admin(Method::POST, &reviews, Some(&review))
            .await
            .expect(201);
    }
    let page = shop.get(&format!("{path}?per_page=2")).await.expect(200);
    assert_eq!(page["summary"]["count"], 3);
    assert_eq!(page["summary"]["mean"], 3.67);
    assert_eq!(page["summary"]["stars"][0], json!({"stars": 5, "count": 1}));
    assert_eq!(page["summary"]["stars"][4], json!({"stars": 1, "count": 0}));
    assert_eq!(page["reviews"][0]["author"], "Cid");
    assert_eq!(page["reviews"].as_array().unwrap().len(), 2);
    let by_id = format!("/api/products/{id}/reviews");
    for (query, author) in [
        ("sort=highest", "Bob"),
        ("sort=lowest", "Cid"),
        ("per_page=2&page=2", "Ann"),
    ] {
        let page = shop.get(&format!("{by_id}?{query}")).await.expect(200);
        assert_eq!(page["reviews"][0]["author"], author, "{query}");
    }
    for missing in ["dragon-draft", "999", "nothing"] {
        let reviews = format!("/api/products/{missing}/reviews");
        assert_eq!(
            shop.get(&reviews).await.error(404).0,
            "not_found",
            "{missing}"
        );
    }
    let wrong = shop.get(&format!("{path}?sort=best")).await;
    assert_eq!(wrong.error(400).1.as_deref(), Some("sort"));
}
