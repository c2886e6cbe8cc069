//! Requests as the HTTP clients of other languages write them: each is answered as it is meant, or told how to write it.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use poem::http::Method;
use serde_json::{Value, json};

use crate::shop::{ADMIN_KEY, Shop};

const PRODUCTS: &str = "/api/admin/products";

async fn total(shop: &Shop, query: &str) -> Value {
    let page = shop.get(&format!("/api/search?facets=none&{query}")).await;
    page.expect(200)["total"].clone()
}

#[tokio::test]
async fn list_is_the_same_however_a_client_writes_it() {
    let shop = Shop::open().await;
    let expected = total(&shop, "category=mugs&category=shirts&in_stock=true").await;
    assert_ne!(expected, total(&shop, "").await, "the filters must tell");
    assert_ne!(expected, 0);
    for (client, query) in [
        (
            "requests, Python",
            "category=mugs&category=shirts&in_stock=True",
        ),
        ("axios", "category[]=mugs&category[]=shirts&in_stock=true"),
        (
            "qs",
            "category%5B0%5D=mugs&category%5B1%5D=shirts&in_stock=true",
        ),
        (
            "http_build_query, PHP",
            "category%5B0%5D=mugs&category%5B1%5D=shirts&in_stock=1",
        ),
        (
            "a campaign's link",
            "utm_source=mail&category=mugs&category=shirts&in_stock=true&gclid=x",
        ),
    ] {
        assert_eq!(total(&shop, query).await, expected, "{client}");
    }
}

#[tokio::test]
async fn unknown_parameter_is_refused_and_told_the_nearest() {
    let shop = Shop::open().await;
    for (path, field, hint) in [
        ("/api/search?priceMax=500", "priceMax", "`price_max`"),
        ("/api/search?max_price=500", "max_price", "`price_max`"),
        ("/api/search?CATEGORY=mugs", "CATEGORY", "`category`"),
        ("/api/search?query=mug", "query", "`q`"),
        (
            "/api/search?attr[color]=red",
            "attr[color]",
            "`attr=color:red`",
        ),
        ("/api/search/suggestions?query=mu", "query", "`q`"),
        ("/api/products?limit=3", "limit", "`per_page`"),
        (
            "/api/products/1/reviews?colour=red",
            "colour",
            "which takes",
        ),
        ("/api/categories?colour=red", "colour", "takes none"),
    ] {
        let reply = shop.get(path).await;
        let (code, blamed) = reply.error(400);
        assert_eq!(
            (code.as_str(), blamed.as_deref()),
            ("invalid_parameter", Some(field)),
            "{path}"
        );
        let message = reply.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(hint), "{path}: {message}");
    }
    shop.get("/health/live?probe=1").await.expect(200);
}

#[tokio::test]
async fn decimal_amount_is_told_of_minor_units() {
    let shop = Shop::open().await;
    let reply = shop.get("/api/search?price_min=19.99").await;
    assert_eq!(reply.error(400).1.as_deref(), Some("price_min"));
    let message = reply.json()["message"].to_string();
    assert!(message.contains("1999 for 19.99"), "{message}");

    let body =
        json!({"external_id": "a", "title": "A", "variants": [{"sku": "A", "price": 19.99}]});
    let reply = shop.admin(Method::POST, PRODUCTS, Some(&body)).await;
    assert_eq!(reply.error(400).1.as_deref(), Some("variants[0].price"));
    let message = reply.json()["message"].to_string();
    assert!(message.contains("1999 for 19.99"), "{message}");
}

#[tokio::test]
async fn unknown_field_of_a_body_is_refused_by_name() {
    let shop = Shop::open().await;
    let variant = json!({"sku": "A", "price": 1});
    for (body, field, hint) in [
        (
            json!({"external_id": "a", "title": "A", "variants": [variant], "colour": "red"}),
            "colour",
            "which takes",
        ),
        (
            json!({"external_id": "a", "titel": "A", "title": "A", "variants": [variant]}),
            "titel",
            "`title`",
        ),
        (
            json!({"external_id": "a", "title": "A", "variants": [{"sku": "A", "price": 1, "inventory": 5}]}),
            "variants[0].inventory",
            "which takes",
        ),
    ] {
        let reply = shop.admin(Method::POST, PRODUCTS, Some(&body)).await;
        assert_eq!(reply.error(400).1.as_deref(), Some(field), "{body}");
        let message = reply.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(hint), "{message}");
    }
}

#[tokio::test]
async fn null_is_the_absence_of_an_optional_field() {
    let shop = Shop::open().await;
    let body = json!({
        "external_id": "nulls", "title": "Nulls", "description": null, "attributes": null, "images": null, "status": null,
        "variants": [{"sku": "N", "price": 100, "stock": null, "options": null}],
    });
    let product = shop
        .admin(Method::POST, PRODUCTS, Some(&body))
        .await
        .expect(201);
    assert_eq!(
        (&product["description"], &product["status"]),
        (&json!(""), &json!("active"))
    );
}

#[tokio::test]
async fn packed_body_is_unpacked_or_refused_by_name() {
    let shop = Shop::open().await;
    let key = format!("Bearer {ADMIN_KEY}");
    let body =
        json!({"external_id": "packed", "title": "Packed", "variants": [{"sku": "P", "price": 1}]});
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(body.to_string().as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let post = async |encoding: &'static str, body: Vec<u8>| {
        let headers = [
            ("Authorization", key.as_str()),
            ("Content-Type", "application/json"),
            ("Content-Encoding", encoding),
        ];
        shop.send(Method::POST, PRODUCTS, &headers, Some(body))
            .await
    };
    assert_eq!(
        post("gzip", packed.clone()).await.expect(201)["title"],
        "Packed"
    );
    assert_eq!(
        post("gzip", packed[..20].to_vec()).await.error(400).0,
        "malformed_body"
    );
    let reply = post("br", packed).await;
    assert_eq!(reply.error(415).0, "unsupported_media_type");
    assert!(
        reply.json()["message"]
            .to_string()
            .contains("Content-Encoding")
    );
}
