use poem::http::Method;
use serde_json::{Value, json};

use crate::shop::Shop;

fn mug() -> Value {
    json!({
        "external_id": "mug-9",
        "title": "Griffin Mug",
        "category": "mugs",
        "variants": [{"sku": "MUG-9", "price": 1200, "stock": 4}],
    })
}

#[tokio::test]
async fn nothing_is_open_without_the_key() {
    let shop = Shop::open().await;
    let posts = [
        "/api/admin/products",
        "/api/admin/products/batch",
        "/api/admin/categories",
        "/api/admin/sellers",
    ];
    let gets = [
        "/api/admin/products",
        "/api/admin/products/1",
        "/api/admin/products/x",
        "/api/admin/fandoms",
    ];
    for (method, paths) in [(Method::POST, posts), (Method::GET, gets)] {
        for path in paths {
            for headers in [
                vec![],
                vec![("Authorization", "Bearer wrong")],
                vec![("Authorization", "Basic x")],
            ] {
                let reply = shop.send(method.clone(), path, &headers, None).await;
                assert_eq!(reply.error(401).0, "unauthorized", "{path}");
                assert_eq!(
                    reply.header("www-authenticate"),
                    Some("Bearer realm=\"souk\"")
                );
            }
        }
    }
}

#[tokio::test]
async fn product_is_found_by_further_categories_and_fandoms() {
    let shop = Shop::open().await;
    let mut body = mug();
    body["further_categories"] = json!(["clothing"]);
    body["fandom"] = "dragon-tales".into();
    body["further_fandoms"] = json!(["star-sagas"]);
    let made = shop
        .admin(Method::POST, "/api/admin/products", Some(&body))
        .await;
    let made = made.expect(201);
    assert_eq!(made["further_categories"], json!(["clothing"]));
    assert_eq!(made["further_fandoms"], json!(["star-sagas"]));
    shop.sync().await;
    for path in [
        "/api/products?category=clothing",
        "/api/products?fandom=star-sagas",
    ] {
        let listing = shop.get(path).await.expect(200);
        let products = listing["products"].as_array().unwrap();
        let found = products.iter().any(|found| found["id"] == made["id"]);
        assert!(found, "{path}");
    }
    let page = shop.get("/api/products/griffin-mug").await.expect(200);
    assert_eq!(page["further_categories"][0]["name"], "Clothing");
    assert_eq!(page["further_fandoms"][0]["slug"], "star-sagas");

    body["further_categories"] = json!(["nowhere"]);
    body["external_id"] = "mug-10".into();
    let refused = shop
        .admin(Method::POST, "/api/admin/products", Some(&body))
        .await;
    let (_, blamed) = refused.error(422);
    assert_eq!(blamed.as_deref(), Some("further_categories[0]"));
}

#[tokio::test]
async fn a_product_lives_and_dies() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        live_and_die(shop).await;
    }
}

async fn live_and_die(shop: Shop) {
    let made = shop
        .admin(Method::POST, "/api/admin/products", Some(&mug()))
        .await;
    let product = made.expect(201);
    insta::assert_json_snapshot!("admin_product", product, {
        ".created_at" => "[time]",
        ".updated_at" => "[time]",
    });
    let path = made.header("location").unwrap().to_owned();
    let first_state = made.header("etag").unwrap().to_owned();

    let read = shop.admin(Method::GET, &path, None).await;
    assert_eq!(
        (read.expect(200), read.header("etag")),
        (product, Some(first_state.as_str()))
    );

    let mut changed = mug();
    changed["title"] = "Phoenix Mug".into();
    let forgetful = shop.admin(Method::PUT, &path, Some(&changed)).await;
    assert_eq!(forgetful.error(428).0, "precondition_required");
    let state = [("If-Match", first_state.as_str())];
    let updated = shop
        .admin_with(Method::PUT, &path, &state, Some(&changed))
        .await;
    assert_eq!(updated.expect(200)["title"], "Phoenix Mug");
    let late = shop
        .admin_with(Method::PUT, &path, &state, Some(&mug()))
        .await;
    assert_eq!(late.error(412).0, "precondition_failed");

    shop.sync().await;
    assert_eq!(
        shop.get("/api/search?q=phoenix").await.expect(200)["total"],
        1
    );

    assert_eq!(
        shop.admin(Method::DELETE, &path, None).await.error(428).0,
        "precondition_required"
    );
    let late = shop.admin_with(Method::DELETE, &path, &state, None).await;
    assert_eq!(late.error(412).0, "precondition_failed");
    let current = [("If-Match", updated.header("etag").unwrap())];
    shop.admin_with(Method::DELETE, &path, &current, None)
        .await
        .expect(204);
    assert_eq!(
        shop.admin(Method::GET, &path, None).await.error(404).0,
        "not_found"
    );
    shop.sync().await;
    assert_eq!(
        shop.get("/api/search?q=phoenix").await.expect(200)["total"],
        0
    );
}

#[tokio::test]
async fn what_is_taken_is_a_conflict() {
    let shop = Shop::open().await;
    let mut same_slug = mug();
    same_slug["slug"] = "dragon-mug".into();
    let mut same_id = mug();
    same_id["external_id"] = "mug-1".into();
    for (body, field) in [(same_slug, "slug"), (same_id, "external_id")] {
        let reply = shop
            .admin(Method::POST, "/api/admin/products", Some(&body))
            .await;
        assert_eq!(reply.error(409), ("conflict".into(), Some(field.into())));
    }
}

#[tokio::test]
async fn products_are_listed_page_by_page() {
    let shop = Shop::open().await;
    let page = shop
        .admin(Method::GET, "/api/admin/products?per_page=3", None)
        .await
        .expect(200);
    assert_eq!(page["products"].as_array().unwrap().len(), 3);
    let next = format!(
        "/api/admin/products?per_page=3&after={}",
        page["next_after"]
    );
    let rest = shop.admin(Method::GET, &next, None).await.expect(200);
    assert_eq!(rest["products"][0]["status"], "draft");
    assert!(rest["next_after"].is_null());
    let drafts = shop
        .admin(
            Method::GET,
            "/api/admin/products?status=draft&q=dragon",
            None,
        )
        .await
        .expect(200);
    assert_eq!(drafts["products"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_batch_says_of_each_product_what_became_of_it() {
    let shop = Shop::open().await;
    let mut nameless = mug();
    nameless["external_id"] = "mug-10".into();
    nameless["title"] = "".into();
    let mut homeless = mug();
    homeless["external_id"] = "mug-11".into();
    homeless["category"] = "tea-pots".into();
    let batch =
        |products: &[&Value], missing: &str| json!({"products": products, "missing": missing});
    let send = async |body: Value| {
        shop.admin(Method::POST, "/api/admin/products/batch", Some(&body))
            .await
    };

    let first = send(batch(&[&mug(), &nameless, &homeless], "refuse"))
        .await
        .expect(200);
    insta::assert_json_snapshot!("batch", first, { ".results[].id" => "[id]" });
    let again = send(batch(&[&mug(), &homeless], "create"))
        .await
        .expect(200);
    let outcomes: Vec<_> = again["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| &result["outcome"])
        .collect();
    assert_eq!(outcomes, ["unchanged", "created"]);

    let twice = send(batch(&[&mug(), &mug(), &nameless], "refuse"))
        .await
        .expect(200);
    assert_eq!(twice["results"][0]["outcome"], "unchanged");
    assert_eq!(twice["results"][1]["field"], "external_id");
    assert_eq!(twice["results"][2]["field"], "title");

    for wrong in [vec![], vec![&nameless; 1_001]] {
        let refused = send(batch(&wrong, "refuse")).await;
        assert_eq!(
            refused.error(422),
            ("invalid_field".into(), Some("products".into()))
        );
    }
}

#[tokio::test]
async fn a_renamed_category_reaches_its_products() {
    let shop = Shop::open().await;
    let all = shop
        .admin(Method::GET, "/api/admin/categories", None)
        .await
        .expect(200);
    let mugs = all["categories"]
        .as_array()
        .unwrap()
        .iter()
        .find(|category| category["slug"] == "mugs")
        .unwrap();
    let path = format!("/api/admin/categories/{}", mugs["id"]);
    let read = shop.admin(Method::GET, &path, None).await;
    let state = [("If-Match", read.header("etag").unwrap())];
    let body = json!({"name": "Cups", "parent": "kitchen"});
    let updated = shop
        .admin_with(Method::PUT, &path, &state, Some(&body))
        .await
        .expect(200);
    assert_eq!(
        (&updated["slug"], &updated["name"]),
        (&"mugs".into(), &"Cups".into())
    );

    shop.sync().await;
    let page = shop
        .get("/api/search?category=mugs&facets=category")
        .await
        .expect(200);
    assert_eq!(page["hits"][0]["category"]["name"], "Cups");

    let in_use = shop
        .admin_with(Method::DELETE, &path, &[("If-Match", "*")], None)
        .await;
    assert_eq!(in_use.error(409).0, "conflict");
    let made = shop
        .admin(
            Method::POST,
            "/api/admin/categories",
            Some(&json!({"name": "Plates"})),
        )
        .await;
    made.expect(201);
    let empty = made.header("location").unwrap();
    shop.admin_with(Method::DELETE, empty, &[("If-Match", "*")], None)
        .await
        .expect(204);
    assert_eq!(
        shop.admin(Method::GET, empty, None).await.error(404).0,
        "not_found"
    );
}

#[tokio::test]
async fn fandoms_and_sellers_have_the_same_operations() {
    let shop = Shop::open().await;
    for kind in ["fandoms", "sellers"] {
        let list = format!("/api/admin/{kind}");
        let body = json!({"name": "New Name", "description": "What it is."});
        let made = shop.admin(Method::POST, &list, Some(&body)).await;
        assert_eq!(made.expect(201)["slug"], "new-name");
        let path = made.header("location").unwrap();
        assert!(path.starts_with(&list), "{path}");
        assert_eq!(
            shop.admin(Method::POST, &list, Some(&body))
                .await
                .error(409)
                .1
                .as_deref(),
            Some("slug")
        );

        let state = [("If-Match", made.header("etag").unwrap())];
        let renamed = json!({"name": "Other Name"});
        let updated = shop
            .admin_with(Method::PUT, path, &state, Some(&renamed))
            .await;
        assert_eq!(updated.expect(200)["slug"], "new-name");
        let late = shop.admin_with(Method::DELETE, path, &state, None).await;
        assert_eq!(late.error(412).0, "precondition_failed");
        let state = [("If-Match", updated.header("etag").unwrap())];
        shop.admin_with(Method::DELETE, path, &state, None)
            .await
            .expect(204);
        assert_eq!(
            shop.admin(Method::GET, path, None).await.error(404).0,
            "not_found"
        );
        let listed = shop
            .admin(Method::GET, &format!("{list}?per_page=1"), None)
            .await
            .expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    }
    let nothing = shop.admin(Method::GET, "/api/admin/brands", None).await;
    assert_eq!(nothing.error(400).1.as_deref(), Some("kind"));
}

#[tokio::test]
async fn a_review_moves_the_rating() {
    let shop = Shop::open().await;
    let id = shop.get("/api/products/starship-mug").await.expect(200)["id"].clone();
    let reviews = format!("/api/admin/products/{id}/reviews");
    let body = json!({"author": "Ann", "rating": 5, "title": "Fine"});
    let made = shop
        .admin(Method::POST, &reviews, Some(&body))
        .await
        .expect(201);
    assert_eq!(
        shop.get("/api/products/starship-mug").await.expect(200)["rating"],
        5.0
    );

    let page = shop.admin(Method::GET, &reviews, None).await.expect(200);
    assert_eq!(page["reviews"][0]["title"], "Fine");
    let wrong = shop
        .admin(
            Method::POST,
            &reviews,
            Some(&json!({"author": "Ann", "rating": 6})),
        )
        .await;
    assert_eq!(wrong.error(422).1.as_deref(), Some("rating"));
    let nowhere = shop
        .admin(Method::POST, "/api/admin/products/999/reviews", Some(&body))
        .await;
    assert_eq!(nowhere.error(404).0, "not_found");

    let path = format!("/api/admin/reviews/{}", made["id"]);
    shop.admin(Method::DELETE, &path, None).await.expect(204);
    assert_eq!(
        shop.admin(Method::DELETE, &path, None).await.error(404).0,
        "not_found"
    );
    assert!(shop.get("/api/products/starship-mug").await.expect(200)["rating"].is_null());
}
