//! Changes that name only what differs: `PATCH` of a product, partial products of a batch, prices and stocks by SKU.

use poem::http::Method;
use serde_json::{Value, json};

use crate::shop::{ADMIN_KEY, Reply, Shop, add_tenant};

const BATCH: &str = "/api/admin/products/batch";
const VARIANTS: &str = "/api/admin/variants/batch";
const ANY: [(&str, &str); 1] = [("If-Match", "*")];

/// Path of the product with an external id.
async fn path(shop: &Shop, external_id: &str) -> String {
    let list = format!("/api/admin/products?q={external_id}");
    let page = shop.admin(Method::GET, &list, None).await.expect(200);
    format!("/api/admin/products/{}", page["products"][0]["id"])
}

async fn patch(shop: &Shop, path: &str, body: Value) -> Reply {
    shop.admin_with(Method::PATCH, path, &ANY, Some(&body))
        .await
}

async fn post(shop: &Shop, path: &str, body: Value) -> Reply {
    shop.admin(Method::POST, path, Some(&body)).await
}

fn without_time(mut product: Value) -> Value {
    product["updated_at"].take();
    product
}

#[tokio::test]
async fn patch_of_a_product_changes_what_it_names_and_nothing_else() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        let path = path(&shop, "shirt-1").await;
        let mut expected = shop.admin(Method::GET, &path, None).await.expect(200);
        let changes = json!({
            "title": "Phoenix T-Shirt",
            "brand": null,
            "fandom": null,
            "attributes": {"material": ["cotton"]},
            "variants": [
                {"sku": "TS-2002-L", "stock": 7, "options": {"color": null}},
                {"sku": "TS-2003-S", "price": 900},
            ],
            "remove_variants": ["TS-2001-M"],
        });
        let patched = patch(&shop, &path, changes).await;
        let product = patched.expect(200);
        expected["title"] = json!("Phoenix T-Shirt");
        expected["attributes"]["material"] = json!(["cotton"]);
        for gone in ["brand", "fandom"] {
            expected.as_object_mut().unwrap().remove(gone);
        }
        let kept = &mut expected["variants"][1];
        kept["stock"] = json!(7);
        kept["options"] = json!({"size": "L"});
        let new = json!({
            "id": product["variants"][1]["id"], "sku": "TS-2003-S", "options": {}, "price": 900,
            "current_price": 900, "stock": 0, "stock_policy": "tracked", "condition": "new",
        });
        expected["variants"] = json!([kept, new]);
        assert_eq!(without_time(product.clone()), without_time(expected));
        let read = shop.admin(Method::GET, &path, None).await;
        assert_eq!(
            (read.expect(200), read.header("etag")),
            (product, patched.header("etag"))
        );
        shop.sync().await;
        let found = shop.get("/api/search?q=phoenix").await.expect(200);
        assert_eq!(found["total"], 1);
    }
}

#[tokio::test]
async fn patch_needs_the_current_etag() {
    let shop = Shop::open().await;
    let path = path(&shop, "mug-1").await;
    let body = json!({"title": "Griffin Mug"});
    let forgetful = shop.admin(Method::PATCH, &path, Some(&body)).await;
    assert_eq!(forgetful.error(428).0, "precondition_required");
    let read = shop.admin(Method::GET, &path, None).await;
    let state = [("If-Match", read.header("etag").unwrap())];
    let patched = shop
        .admin_with(Method::PATCH, &path, &state, Some(&body))
        .await;
    assert_ne!(patched.header("etag"), read.header("etag"));
    patched.expect(200);
    let late = shop
        .admin_with(Method::PATCH, &path, &state, Some(&body))
        .await;
    assert_eq!(late.error(412).0, "precondition_failed");
    let lost = patch(&shop, "/api/admin/products/999", body.clone()).await;
    assert_eq!(lost.error(404).0, "not_found");

    let key = format!("Bearer {ADMIN_KEY}");
    let send = async |content_type: &str| {
        let headers = [
            ("Authorization", key.as_str()),
            ("Content-Type", content_type),
            ANY[0],
        ];
        let body = serde_json::to_vec(&body).unwrap();
        shop.send(Method::PATCH, &path, &headers, Some(body)).await
    };
    send("application/merge-patch+json").await.expect(200);
    let refused = send("application/json-patch+json").await;
    assert_eq!(refused.error(415).0, "unsupported_media_type");
}

#[tokio::test]
async fn patch_that_cannot_be_applied_names_the_field() {
    let shop = Shop::open().await;
    let path = path(&shop, "mug-1").await;
    let before = shop.admin(Method::GET, &path, None).await.expect(200);
    for (status, field, body) in [
        (400, "title", json!({"title": null})),
        (400, "external_id", json!({"external_id": null})),
        (400, "status", json!({"status": null})),
        (400, "variants", json!({"variants": null})),
        (
            400,
            "variants[0].price",
            json!({"variants": [{"sku": "mug-1", "price": null}]}),
        ),
        (400, "variants[0].sku", json!({"variants": [{"price": 1}]})),
        (422, "slug", json!({"slug": null})),
        (422, "seller", json!({"seller": null})),
        (422, "currency", json!({"currency": null})),
        (422, "popularity", json!({"popularity": null})),
        (422, "created_at", json!({"created_at": null})),
        (422, "title", json!({"title": " "})),
        (422, "currency", json!({"currency": "QQQ"})),
        (422, "category", json!({"category": "nowhere"})),
        (
            422,
            "variants[0].price",
            json!({"variants": [{"sku": "new"}]}),
        ),
        (
            422,
            "remove_variants",
            json!({"remove_variants": ["mug-1"]}),
        ),
        (409, "external_id", json!({"external_id": "mug-2"})),
        (409, "slug", json!({"slug": "starship-mug"})),
    ] {
        let reply = patch(&shop, &path, body.clone()).await;
        assert_eq!(reply.error(status).1.as_deref(), Some(field), "{body}");
    }
    let after = shop.admin(Method::GET, &path, None).await.expect(200);
    assert_eq!(after, before);
    let emptied = json!({"description": null, "images": null, "attributes": null, "ratings": null});
    let emptied = patch(&shop, &path, emptied).await.expect(200);
    for (field, empty) in [
        ("description", json!("")),
        ("images", json!([])),
        ("attributes", json!({})),
        ("rating_count", json!(0)),
    ] {
        assert_eq!(emptied[field], empty, "{field}");
    }
}

#[tokio::test]
async fn batch_of_partial_products_merges_what_exists() {
    let shop = Shop::open().await;
    let path = path(&shop, "shirt-1").await;
    let before = shop.admin(Method::GET, &path, None).await.expect(200);
    let new =
        json!({"external_id": "cup-1", "title": "Cup", "variants": [{"sku": "CUP-1", "stock": 1}]});
    let body = json!({"products": [
        {"external_id": "shirt-1", "variants": [{"sku": "TS-2001-M", "price": 1500}]},
        {"external_id": "mug-2", "status": "archived", "brand": null},
        {"external_id": "mug-1", "title": ""},
        {"external_id": "lost-1", "title": "Lost"},
        {"external_id": "lost-2", "variants": [{"sku": "L-2", "price": 1}]},
        new,
        {"external_id": "mug-2", "title": "Again"},
    ]});
    let results = post(&shop, BATCH, body).await.expect(200);
    insta::assert_json_snapshot!("partial_batch", results, { ".results[].id" => "[id]" });
    let after = shop.admin(Method::GET, &path, None).await.expect(200);
    let mut expected = before;
    for price in ["price", "current_price"] {
        expected["variants"][0][price] = json!(1500);
    }
    assert_eq!(without_time(after), without_time(expected));

    let nameless = json!({"products": [{"title": "Mug"}]});
    let refused = post(&shop, BATCH, nameless).await;
    let field = Some("products[0].external_id".to_owned());
    assert_eq!(refused.error(400), ("malformed_body".into(), field));
    let kept = json!({"products": [{"external_id": "mug-1", "slug": null}]});
    let refused = post(&shop, BATCH, kept).await;
    assert_eq!(refused.error(422).1.as_deref(), Some("products[0].slug"));
}

#[tokio::test]
async fn batch_of_whole_products_replaces_them_unless_it_says_merge() {
    let shop = Shop::open().await;
    let path = path(&shop, "shirt-1").await;
    let whole = json!({
        "external_id": "shirt-1", "title": "Plain", "slug": null,
        "variants": [{"sku": "TS-2001-M", "price": 1}],
    });
    let send = async |existing: &str| {
        let body = json!({"products": [whole], "existing": existing});
        post(&shop, BATCH, body).await
    };
    assert_eq!(
        send("merge").await.error(422).1.as_deref(),
        Some("products[0].slug")
    );
    let mut merged = whole.clone();
    merged.as_object_mut().unwrap().remove("slug");
    let body = json!({"products": [merged], "existing": "merge"});
    post(&shop, BATCH, body).await.expect(200);
    let product = shop.admin(Method::GET, &path, None).await.expect(200);
    assert_eq!(product["brand"], "Oddfellow");
    assert_eq!(product["variants"].as_array().unwrap().len(), 2);

    send("replace").await.expect(200);
    let product = shop.admin(Method::GET, &path, None).await.expect(200);
    assert!(product["brand"].is_null());
    assert_eq!(product["slug"], "dragon-t-shirt");
    assert_eq!(product["variants"].as_array().unwrap().len(), 1);
    assert_eq!(product["variants"][0]["stock"], 0);
}

#[tokio::test]
async fn prices_and_stocks_are_changed_by_sku() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        let shared = json!({"products": [
            {"external_id": "a", "title": "A", "variants": [{"sku": "ONE", "price": 1}]},
            {"external_id": "b", "title": "B", "variants": [{"sku": "ONE", "price": 1}]},
        ]});
        post(&shop, BATCH, shared).await.expect(200);
        let body = json!({"variants": [
            {"sku": "TS-2001-M", "price": 1500, "stock": 9},
            {"sku": "TS-2002-L", "stock": 2},
            {"sku": "NOWHERE", "stock": 1},
            {"sku": "ONE", "price": 2},
            {"sku": "ONE", "price": 2, "external_id": "a"},
            {"sku": "mug-1", "price": -1},
            {"sku": "mug-1"},
            {"sku": "TS-2001-M", "price": 1},
        ]});
        let results = post(&shop, VARIANTS, body).await.expect(200);
        insta::assert_json_snapshot!("variant_batch", results);
        shop.sync().await;
        let found = shop.get("/api/search?q=shirt").await.expect(200);
        assert_eq!(found["hits"][0]["price"]["amount"], 1500);
    }
}

#[tokio::test]
async fn batch_of_variants_that_is_no_batch_is_refused() {
    let shop = Shop::open().await;
    let one = json!({"sku": "mug-1", "stock": 1});
    for (status, field, body) in [
        (422, "variants", json!({"variants": []})),
        (422, "variants", json!({"variants": vec![&one; 5_001]})),
        (400, "variants", json!({})),
        (400, "variants[0].sku", json!({"variants": [{"stock": 1}]})),
        (
            400,
            "variants[0].stock",
            json!({"variants": [{"sku": "a", "stock": null}]}),
        ),
        (
            400,
            "variants[1].price",
            json!({"variants": [one, {"sku": "a", "price": "1"}]}),
        ),
    ] {
        let reply = post(&shop, VARIANTS, body).await;
        assert_eq!(reply.error(status).1.as_deref(), Some(field));
    }
    let headers = [("Content-Type", "application/json")];
    let reply = shop.send(Method::POST, VARIANTS, &headers, Some(b"{}".into()));
    assert_eq!(reply.await.error(401).0, "unauthorized");
}

#[tokio::test]
async fn changes_of_another_tenant_find_nothing() {
    let shop = Shop::open().await;
    let path = path(&shop, "mug-1").await;
    add_tenant(&shop.store, "other", None, Some("open sesame")).await;
    let shop = shop.reopen();
    let elsewhere = [("X-Api-Key", "open sesame"), ("If-Match", "*")];
    let title = json!({"title": "Theirs"});
    let reply = shop
        .admin_with(Method::PATCH, &path, &elsewhere, Some(&title))
        .await;
    assert_eq!(reply.error(404).0, "not_found");
    let body = json!({"variants": [{"sku": "mug-1", "stock": 1}]});
    let results = shop
        .admin_with(Method::POST, VARIANTS, &elsewhere, Some(&body))
        .await
        .expect(200);
    assert_eq!(results["results"][0]["code"], "unknown_sku");
}

#[tokio::test]
async fn external_id_of_two_sellers_needs_its_seller() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        let cup = |seller: &str, title: &str| {
            json!({
                "external_id": "cup", "seller": seller, "title": title,
                "variants": [{"sku": "CUP", "price": 100}],
            })
        };
        let both = json!({
            "products": [cup("ann", "Ann's cup"), cup("bob", "Bob's cup")],
            "missing": "create",
        });
        let made = post(&shop, BATCH, both).await.expect(200);
        let outcome = |answer: &Value, place: usize| answer["results"][place]["outcome"].clone();
        assert_eq!([0, 1].map(|place| outcome(&made, place)), ["created"; 2]);
        let changes = json!({"products": [
            {"external_id": "cup", "seller": "bob", "brand": "Bob & Co"},
            {"external_id": "mug-1", "brand": "Of one seller"},
        ]});
        let changed = post(&shop, BATCH, changes).await.expect(200);
        assert_eq!([0, 1].map(|place| outcome(&changed, place)), ["updated"; 2]);
        let alone = json!({"products": [{"external_id": "cup", "brand": "Whose?"}]});
        let refused = post(&shop, BATCH, alone).await.expect(200)["results"][0].clone();
        assert_eq!(refused["field"], "external_id", "{refused}");
        let message = refused["message"].as_str().unwrap();
        assert!(message.contains("`seller` must say"), "{message}");

        let updates = json!({"variants": [
            {"sku": "CUP", "external_id": "cup", "price": 1},
            {"sku": "CUP", "external_id": "cup", "seller": "bob", "price": 200},
            {"sku": "CUP", "seller": "bob", "price": 3},
        ]});
        let results = post(&shop, VARIANTS, updates).await.expect(200)["results"].clone();
        assert_eq!(results[0]["code"], "ambiguous_sku", "{results}");
        assert_eq!(results[1]["outcome"], "updated", "{results}");
        assert_eq!(results[2]["field"], "external_id", "{results}");

        let find = "/api/admin/products/find?external_id=cup";
        let refused = shop.admin(Method::GET, find, None).await;
        assert_eq!(refused.error(409).1.as_deref(), Some("external_id"));
        let own = format!("{find}&seller=bob");
        let own = shop.admin(Method::GET, &own, None).await.expect(200);
        assert_eq!(own["title"], "Bob's cup");
        let none = format!("{find}&seller=nobody");
        shop.admin(Method::GET, &none, None).await.error(404);
        let only = "/api/admin/products/find?external_id=mug-1";
        shop.admin(Method::GET, only, None).await.expect(200);
        let list = "/api/admin/products?q=cup";
        let found = shop.admin(Method::GET, list, None).await.expect(200);
        let of = |seller: &str| {
            let products = found["products"].as_array().unwrap().iter();
            let mut own = products.filter(|product| product["seller"] == seller);
            own.next().unwrap().clone()
        };
        assert_eq!(of("bob")["brand"], "Bob & Co");
        assert_eq!(of("bob")["variants"][0]["price"], 200, "{found}");
        let path = format!("/api/admin/products/{}", of("bob")["id"]);
        let reply = shop
            .admin_with(
                Method::PATCH,
                &path,
                &[("If-Match", "*")],
                Some(&json!({"seller": "ann"})),
            )
            .await;
        assert_eq!(reply.error(409).1.as_deref(), Some("external_id"));
    }
}
