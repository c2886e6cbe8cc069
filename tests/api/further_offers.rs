//! Offers of several sellers over the API: written by admins, found and shown to shoppers.

use poem::http::Method;
use serde_json::{Value, json};

use crate::shop::Shop;

const BATCH: &str = "/api/admin/products/batch";
const ANY: [(&str, &str); 1] = [("If-Match", "*")];

/// Writes a lamp of `lampmaker` and a product of `attic`, and returns the path of the lamp's offers.
async fn lamp(shop: &Shop) -> String {
    let made = |id: &str, seller: &str| {
        json!({
            "external_id": id, "slug": id, "title": format!("Lighthouse {id}"), "seller": seller,
            "variants": [{"sku": id, "price": 800, "stock": 1}],
        })
    };
    let body = json!({"products": [made("lamp", "lampmaker"), made("model", "attic")], "missing": "create"});
    let written = shop.admin(Method::POST, BATCH, Some(&body)).await;
    assert_eq!(written.expect(200)["rejected"], 0);
    shop.sync().await;
    let product = shop.get("/api/products/lamp").await.expect(200);
    format!("/api/admin/products/{}/offers", product["id"])
}

async fn put(shop: &Shop, path: &str, offer: Value) -> Value {
    let body = json!({"offers": [offer]});
    let written = shop.admin(Method::PUT, path, Some(&body)).await;
    let written = written.expect(200);
    shop.sync().await;
    written
}

async fn hit(shop: &Shop, query: &str) -> Value {
    let page = shop.get(&format!("/api/search?q=lamp&{query}")).await;
    page.expect(200)["hits"][0].clone()
}

#[tokio::test]
async fn offer_of_another_seller_is_found_and_listed() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        let path = lamp(&shop).await;
        assert_eq!(hit(&shop, "seller=attic").await, Value::Null);
        let alone = shop.get("/api/products/lamp").await.expect(200);
        assert_eq!(alone["variants"][0].get("offers"), None);

        let offer = json!({"sku": "lamp", "seller": "attic", "price": 700, "stock": 4, "condition": "used"});
        let written = put(&shop, &path, offer).await;
        assert_eq!(written["offers"][0]["seller"], "attic");
        let of_attic = hit(&shop, "seller=attic").await;
        assert_eq!(of_attic["price"]["amount"], 700);
        assert_eq!(
            (&of_attic["stock"], &of_attic["seller"]["slug"]),
            (&json!(4), &json!("attic"))
        );
        let variant = &of_attic["variant"];
        assert_eq!(
            (&variant["condition"], variant.get("reason")),
            (&json!("used"), None)
        );
        let leading = hit(&shop, "").await;
        assert_eq!(leading["variant"]["reason"], "lowest_price");
        assert_eq!(leading["price_max"]["amount"], 800);
        assert_eq!(leading["variant"]["version"], variant["version"]);

        let product = shop.get("/api/products/lamp").await.expect(200);
        let offers = product["variants"][0]["offers"].as_array().unwrap();
        let listed: Vec<_> = offers.iter().map(|own| &own["seller"]["slug"]).collect();
        assert_eq!(listed, ["attic", "lampmaker"]);
        assert_eq!(offers[0]["reason"], "lowest_price");
        assert_eq!(offers[0]["version"], variant["version"]);
        assert_eq!(product["variants"][0]["price"]["amount"], 700);
        assert_eq!(offers[1].get("reason"), None);
    }
}

#[tokio::test]
async fn changed_offer_has_another_version_and_deleted_one_is_gone() {
    let shop = Shop::open().await;
    let path = lamp(&shop).await;
    let offer = json!({"sku": "lamp", "seller": "attic", "price": 700, "stock": 4});
    let written = put(&shop, &path, offer).await;
    let made = &written["offers"][0];
    let own = format!("{path}/{}", made["id"]);
    let before = hit(&shop, "").await;

    let dearer = json!({"price": 750});
    let without = shop.admin(Method::PATCH, &own, Some(&dearer)).await;
    without.expect(428);
    let tag = made["etag"].as_str().unwrap();
    let state = [("If-Match", tag)];
    let patched = shop.admin_with(Method::PATCH, &own, &state, Some(&dearer));
    assert_eq!(patched.await.expect(200)["stock"], 4);
    let stale = shop.admin_with(Method::PATCH, &own, &state, Some(&dearer));
    stale.await.expect(412);
    shop.sync().await;
    let after = hit(&shop, "").await;
    assert_eq!(after["price"]["amount"], 750);
    assert_ne!(after["variant"]["version"], before["variant"]["version"]);

    let deleted = shop.admin_with(Method::DELETE, &own, &ANY, None).await;
    deleted.expect(204);
    shop.sync().await;
    assert_eq!(hit(&shop, "seller=attic").await, Value::Null);
    let listed = shop.admin(Method::GET, &path, None).await.expect(200);
    assert_eq!(listed["offers"], json!([]));
}

#[tokio::test]
async fn bad_offers_name_the_field() {
    let shop = Shop::open().await;
    let path = lamp(&shop).await;
    for (field, offer) in [
        (
            "offers[0].sku",
            json!({"sku": "none", "seller": "attic", "price": 1}),
        ),
        (
            "offers[0].seller",
            json!({"sku": "lamp", "seller": "nobody", "price": 1}),
        ),
        (
            "offers[0].seller",
            json!({"sku": "lamp", "seller": "lampmaker", "price": 1}),
        ),
        (
            "offers[0].list_price",
            json!({"sku": "lamp", "seller": "attic", "price": 2, "list_price": 1}),
        ),
    ] {
        let body = json!({"offers": [offer]});
        let refused = shop.admin(Method::PUT, &path, Some(&body)).await;
        let refused = refused.expect(422);
        assert!(refused.to_string().contains(field), "{field}: {refused}");
    }
}

#[tokio::test]
async fn product_comes_with_the_offers_of_others_and_they_change_by_sku() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        let offers = lamp(&shop).await;
        let product = offers.trim_end_matches("/offers").to_owned();
        let given = json!({"variants": [{
            "sku": "lamp", "condition": "refurbished",
            "offers": [{"seller": "attic", "price": 700, "stock": 4, "condition": "used"}],
        }]});
        let patch = |body: Value| {
            let (shop, product) = (&shop, product.clone());
            async move {
                let patched = shop.admin_with(Method::PATCH, &product, &ANY, Some(&body));
                patched.await
            }
        };
        let patched = patch(given).await.expect(200);
        assert_eq!(patched["variants"][0]["condition"], "refurbished");
        let listed = shop.admin(Method::GET, &offers, None).await.expect(200);
        assert_eq!(listed["offers"][0]["seller"], "attic");

        let update = |seller: &str| json!({"sku": "lamp", "offered_by": seller, "price": 650});
        let body = json!({"variants": [update("attic"), update("nobody")]});
        let path = "/api/admin/variants/batch";
        let updated = shop
            .admin(Method::POST, path, Some(&body))
            .await
            .expect(200);
        assert_eq!(updated["results"][0]["outcome"], "updated");
        assert_eq!(updated["results"][1]["code"], "unknown_offer");
        assert_eq!(updated["results"][1]["field"], "offered_by");
        shop.sync().await;
        assert_eq!(hit(&shop, "seller=attic").await["price"]["amount"], 650);

        let own =
            json!({"variants": [{"sku": "lamp", "offers": [{"seller": "lampmaker", "price": 1}]}]});
        let refused = patch(own).await.expect(422);
        assert_eq!(refused["field"], "variants[0].offers[0].seller");
        let none = json!({"variants": [{"sku": "lamp", "offers": null}]});
        patch(none).await.expect(200);
        let listed = shop.admin(Method::GET, &offers, None).await.expect(200);
        assert_eq!(listed["offers"], json!([]));
    }
}
