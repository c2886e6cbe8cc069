//! Bad input is a 4xx that names the field; nothing else of the inside is told.

use poem::http::Method;
use serde_json::json;

use crate::shop::Shop;

#[tokio::test]
async fn a_bad_parameter_is_named() {
    let shop = Shop::open().await;
    let long = "a".repeat(401);
    let many = "brand=a&".repeat(51);
    for (path, field) in [
        (format!("/api/search?q={long}"), "q"),
        ("/api/search?page=0".into(), "page"),
        ("/api/search?page=-1".into(), "page"),
        ("/api/search?page=99999999999999999999".into(), "page"),
        ("/api/search?page=10001&per_page=100".into(), "page"),
        (
            "/api/search?page=1&cursor=aQAAAAAAAAHNAAAAAAAAACo".into(),
            "page",
        ),
        ("/api/search?per_page=0".into(), "per_page"),
        ("/api/search?per_page=101".into(), "per_page"),
        ("/api/search?per_page=ten".into(), "per_page"),
        ("/api/search?per_page=10&per_page=20".into(), "per_page"),
        ("/api/search?price_min=-1".into(), "price_min"),
        ("/api/search?price_min=1.5".into(), "price_min"),
        ("/api/search?price_min=2&price_max=1".into(), "price_min"),
        ("/api/search?price_max=1000000000001".into(), "price_max"),
        ("/api/search?rating_min=NaN".into(), "rating_min"),
        ("/api/search?rating_min=inf".into(), "rating_min"),
        ("/api/search?rating_min=0".into(), "rating_min"),
        ("/api/search?in_stock=yes".into(), "in_stock"),
        ("/api/search?sort=best".into(), "sort"),
        ("/api/search?cursor=rubbish".into(), "cursor"),
        (
            "/api/search?q=mug&cursor=aQAAAAAAAAHNAAAAAAAAACo".into(),
            "cursor",
        ),
        ("/api/search?facets=size".into(), "facets"),
        ("/api/search?category=No+Slug".into(), "category"),
        ("/api/search?category=".into(), "category"),
        ("/api/search?attr=color".into(), "attr"),
        ("/api/search?attr=:red".into(), "attr"),
        (format!("/api/search?{many}"), "brand"),
        ("/api/search/facets/price".into(), "name"),
        ("/api/search/facets/nothing".into(), "name"),
        ("/api/search/facets/attr:".into(), "name"),
        ("/api/search/facets/size".into(), "name"),
        (
            "/api/search/facets/attr:color?attribute=color".into(),
            "attribute",
        ),
        ("/api/search/facets/attributes".into(), "attribute"),
        (
            "/api/search/facets/brand?attribute=color".into(),
            "attribute",
        ),
        (format!("/api/search/facets/brand?query={long}"), "query"),
        ("/api/search/suggestions".into(), "q"),
        ("/api/search/suggestions?q=a&limit=21".into(), "limit"),
        ("/api/products?sort=best".into(), "sort"),
        ("/api/products/1/similar?limit=0".into(), "limit"),
        ("/api/sellers/No%20Slug".into(), "seller"),
    ] {
        let (code, blamed) = shop.get(&path).await.error(400);
        assert_eq!(
            (code.as_str(), blamed.as_deref()),
            ("invalid_parameter", Some(field)),
            "{path}"
        );
    }
}

#[tokio::test]
async fn an_address_that_is_no_text_is_refused() {
    let shop = Shop::open().await;
    for path in [
        "/api/search?q=%ff",
        "/api/search?q=a%00b",
        "/api/products/%ff",
    ] {
        assert_eq!(
            shop.get(path).await.error(400).0,
            "malformed_address",
            "{path}"
        );
    }
}

#[tokio::test]
async fn odd_texts_are_searched_for_like_any_other() {
    let shop = Shop::open().await;
    let words = "word+".repeat(40);
    for text in [
        "%22",
        "%27%3B--",
        "%28%29%5B%5D%7B%7D",
        "%F0%9F%90%89",
        "%E2%80%AE",
        "*",
        "%5C",
        "AND+OR+NOT",
        "%25",
        &words,
    ] {
        for path in [
            "/api/search?q=",
            "/api/search/suggestions?q=",
            "/api/search/facets/brand?query=",
            "/api/search/facets/brand?q=",
        ] {
            let address = format!("{path}{text}");
            assert_eq!(shop.get(&address).await.status, 200, "{address}");
        }
    }
}

#[tokio::test]
async fn a_bad_body_names_the_field() {
    let shop = Shop::open().await;
    let variant = json!({"sku": "A", "price": 1});
    for (body, status, code, field) in [
        (json!([]), 400, "malformed_body", None),
        (json!({}), 400, "malformed_body", Some("external_id")),
        (
            json!({"external_id": 7}),
            400,
            "malformed_body",
            Some("external_id"),
        ),
        (
            json!({"external_id": "a", "title": "A", "variants": [{"sku": "A", "price": "1"}]}),
            400,
            "malformed_body",
            Some("variants[0].price"),
        ),
        (
            json!({"external_id": "a", "title": "A", "variants": [{"sku": "A"}]}),
            400,
            "malformed_body",
            Some("variants[0].price"),
        ),
        (
            json!({"external_id": "a", "title": "A", "variants": [variant], "created_at": "yesterday"}),
            400,
            "malformed_body",
            Some("created_at"),
        ),
        (
            json!({"external_id": "a", "title": " ", "variants": [variant]}),
            422,
            "invalid_field",
            Some("title"),
        ),
        (
            json!({"external_id": "a", "title": "A\u{0}", "variants": [variant]}),
            422,
            "invalid_field",
            Some("title"),
        ),
        (
            json!({"external_id": "a", "title": "A", "variants": []}),
            422,
            "invalid_field",
            Some("variants"),
        ),
        (
            json!({"external_id": "a", "title": "A", "variants": [variant], "currency": "QQQ"}),
            422,
            "invalid_field",
            Some("currency"),
        ),
        (
            json!({"external_id": "a", "title": "A", "variants": [variant], "category": "none"}),
            422,
            "invalid_field",
            Some("category"),
        ),
    ] {
        let reply = shop
            .admin(Method::POST, "/api/admin/products", Some(&body))
            .await;
        let (actual, blamed) = reply.error(status);
        assert_eq!(
            (actual.as_str(), blamed.as_deref()),
            (code, field),
            "{body}"
        );
    }
}

#[tokio::test]
async fn numbers_beyond_what_columns_hold_are_refused() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        let category = json!({"name": "Far", "position": 3_000_000_000_i64});
        let reply = shop
            .admin(Method::POST, "/api/admin/categories", Some(&category))
            .await;
        assert_eq!(reply.error(422).1.as_deref(), Some("position"));
        let product = json!({
            "external_id": "big",
            "title": "Big",
            "popularity": i64::MAX,
            "ratings": {"count": u32::MAX, "sum": u32::MAX},
            "variants": [{"sku": "A", "price": 1_000_000_000_000_i64, "stock": 1_000_000_000}],
        });
        let reply = shop
            .admin(Method::POST, "/api/admin/products", Some(&product))
            .await;
        assert!(
            [201, 422].contains(&reply.status),
            "{}",
            String::from_utf8_lossy(&reply.body)
        );
    }
}

#[tokio::test]
async fn what_is_no_json_is_refused() {
    let shop = Shop::open().await;
    let key = format!("Bearer {}", crate::shop::ADMIN_KEY);
    let post = async |content_type: &'static str, body: Vec<u8>| {
        let headers = [
            ("Authorization", key.as_str()),
            ("Content-Type", content_type),
        ];
        shop.send(Method::POST, "/api/admin/products", &headers, Some(body))
            .await
    };
    assert_eq!(
        post("text/plain", b"{}".into()).await.error(415).0,
        "unsupported_media_type"
    );
    assert_eq!(
        post("application/json", b"{".into()).await.error(400).0,
        "malformed_body"
    );
    assert_eq!(
        post("application/json", b"".into()).await.error(400).0,
        "malformed_body"
    );
    assert_eq!(
        post("application/json", b"{\"a\": \"\xff\"}".into())
            .await
            .error(400)
            .0,
        "malformed_body"
    );
    let large = vec![b' '; souk::http::MAX_BODY_BYTES + 1];
    assert_eq!(
        post("application/json", large).await.error(413).0,
        "too_large"
    );
}
