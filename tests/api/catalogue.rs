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
