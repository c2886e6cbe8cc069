//! Images with texts and variants, and weight and size of variants, as the API takes and shows them.

use poem::http::Method;
use serde_json::{Value, json};

use crate::shop::{Reply, Shop};

const PRODUCTS: &str = "/api/admin/products";
const ANY: [(&str, &str); 1] = [("If-Match", "*")];

fn lamp(images: &Value, variant: &Value) -> Value {
    let mut small = json!({"sku": "small", "price": 800, "options": {"size": "S"}});
    for (name, value) in variant.as_object().unwrap() {
        small[name] = value.clone();
    }
    json!({
        "external_id": "lamp", "slug": "lamp", "title": "Lighthouse lamp", "images": images,
        "variants": [small, {"sku": "large", "price": 900, "options": {"size": "L"}}],
    })
}

async fn create(shop: &Shop, body: &Value) -> Reply {
    shop.admin(Method::POST, PRODUCTS, Some(body)).await
}

#[tokio::test]
async fn images_are_taken_as_addresses_or_objects_and_shown_as_objects() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        let given = json!([
            {"url": "/a.png", "alt": " A lamp "},
            "/b.png",
            {"url": "/small.png", "alt": null, "variants": ["small"]},
        ]);
        let created = create(&shop, &lamp(&given, &json!({}))).await.expect(201);
        let shown = json!([
            {"url": "/a.png", "alt": "A lamp"},
            {"url": "/b.png"},
            {"url": "/small.png", "variants": ["small"]},
        ]);
        assert_eq!(created["images"], shown);
        shop.sync().await;
        let product = shop.get("/api/products/lamp").await.expect(200);
        assert_eq!(product["images"], shown);
        assert_eq!(product["variants"][0]["images"], json!(["/small.png"]));
        assert_eq!(product["variants"][1]["images"], json!([]));
        let page = shop.get("/api/search?q=lighthouse").await.expect(200);
        let hit = &page["hits"][0];
        assert_eq!(
            (&hit["image"], &hit["image_alt"]),
            (&json!("/a.png"), &json!("A lamp"))
        );

        // What was read can be sent back.
        let path = format!("{PRODUCTS}/{}", created["id"]);
        let patch = json!({"images": created["images"]});
        let patched = shop
            .admin_with(Method::PATCH, &path, &ANY, Some(&patch))
            .await;
        assert_eq!(patched.expect(200)["images"], shown);
        let patch = json!({"images": null});
        let patched = shop
            .admin_with(Method::PATCH, &path, &ANY, Some(&patch))
            .await;
        assert_eq!(patched.expect(200)["images"], json!([]));
    }
}

#[tokio::test]
async fn fault_of_an_image_or_measure_names_its_field() {
    let shop = Shop::open().await;
    let long = "x".repeat(501);
    for (status, field, images, variant) in [
        (
            422,
            "images[1].alt",
            json!(["/a.png", {"url": "/b.png", "alt": long}]),
            json!({}),
        ),
        (
            422,
            "images[0].url",
            json!([{"url": "b.png", "alt": "B"}]),
            json!({}),
        ),
        (422, "images[0]", json!(["b.png"]), json!({})),
        (
            422,
            "images[0].variants[1]",
            json!([{"url": "/b.png", "variants": ["small", "huge"]}]),
            json!({}),
        ),
        (
            400,
            "images[1].url",
            json!(["/a.png", {"alt": "B"}]),
            json!({}),
        ),
        (
            400,
            "images[1].alt",
            json!(["/a.png", {"url": "/b.png", "alt": 7}]),
            json!({}),
        ),
        (400, "images[0]", json!([7]), json!({})),
        (
            422,
            "variants[0].weight_g",
            json!([]),
            json!({"weight_g": -1}),
        ),
        (
            422,
            "variants[0].height_mm",
            json!([]),
            json!({"height_mm": 1_000_001}),
        ),
        (
            400,
            "variants[0].width_mm",
            json!([]),
            json!({"width_mm": 1.5}),
        ),
    ] {
        let refused = create(&shop, &lamp(&images, &variant)).await;
        assert_eq!(
            refused.error(status).1.as_deref(),
            Some(field),
            "{images} {variant}"
        );
    }
}

#[tokio::test]
async fn weight_and_size_stay_unless_they_are_named() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        let variant =
            json!({"weight_g": 1_250, "length_mm": 300, "width_mm": 200, "height_mm": 100});
        let created = create(&shop, &lamp(&json!([]), &variant)).await.expect(201);
        let path = format!("{PRODUCTS}/{}", created["id"]);
        let seen = async || {
            shop.sync().await;
            let product = shop.get("/api/products/lamp").await.expect(200);
            let admin = shop.admin(Method::GET, &path, None).await.expect(200);
            let names = ["weight_g", "length_mm", "width_mm", "height_mm"];
            let of = |product: &Value| names.map(|name| product["variants"][0][name].as_i64());
            assert_eq!(of(&product), of(&admin));
            of(&product)
        };
        assert_eq!(seen().await, [Some(1_250), Some(300), Some(200), Some(100)]);
        let patch = json!({"variants": [{"sku": "small", "weight_g": 900, "height_mm": null}]});
        let patched = shop
            .admin_with(Method::PATCH, &path, &ANY, Some(&patch))
            .await;
        patched.expect(200);
        assert_eq!(seen().await, [Some(900), Some(300), Some(200), None]);
        // Part of a product in a batch.
        let part = json!({"external_id": "lamp", "variants": [{"sku": "small", "width_mm": 210}]});
        let batch = json!({"products": [part]});
        let path = format!("{PRODUCTS}/batch");
        let written = shop
            .admin(Method::POST, &path, Some(&batch))
            .await
            .expect(200);
        assert_eq!(written["rejected"], 0);
        assert_eq!(seen().await, [Some(900), Some(300), Some(210), None]);
        // Only price and stock: nothing else changes.
        let batch = json!({"variants": [{"sku": "small", "price": 850}]});
        let written = shop
            .admin(Method::POST, "/api/admin/variants/batch", Some(&batch))
            .await;
        written.expect(200);
        assert_eq!(seen().await, [Some(900), Some(300), Some(210), None]);
    }
}
