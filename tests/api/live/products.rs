//! Products as whoever watches them is told of them.

use poem::http::Method;
use serde_json::{Value, json};
use souk::live::LiveOptions;

use super::{Connection, kinds, options};
use crate::{selling::shops, shop::Shop};

const ANY: [(&str, &str); 1] = [("If-Match", "*")];

/// Id of a product.
async fn product(shop: &Shop, external_id: &str) -> i64 {
    let list = format!("/api/admin/products?q={external_id}");
    let page = shop.admin(Method::GET, &list, None).await.expect(200);
    page["products"][0]["id"].as_i64().unwrap()
}

async fn patch(shop: &Shop, id: i64, body: Value) {
    let path = format!("/api/admin/products/{id}");
    shop.admin_with(Method::PATCH, &path, &ANY, Some(&body))
        .await
        .expect(200);
}

#[tokio::test]
async fn change_of_price_and_stock_is_told_to_all_who_watch_the_product() {
    for shop in shops().await {
        let shop = shop.living(options());
        let (mug, draft) = (
            product(&shop, "mug-1").await,
            product(&shop, "secret-1").await,
        );
        let path = format!("/api/live?products={mug},{draft},987654321");
        let mut one = Connection::open(&shop, &path, &[]).await;
        let first = one.waiting().await;
        assert_eq!(kinds(&first)[0], "hello");
        let told: Vec<&Value> = first[1..].iter().map(|told| &told.data).collect();
        assert_eq!(told.len(), 3);
        let of = |id: i64| *told.iter().find(|told| told["id"] == id).unwrap();
        assert_eq!(of(mug)["price"], 1_595);
        assert_eq!(
            (&of(mug)["currency"], &of(mug)["is_listed"]),
            (&json!("EUR"), &json!(true))
        );
        assert_eq!(of(draft), &json!({"id": draft, "is_listed": false}));
        assert_eq!(of(987_654_321)["is_listed"], false);
        let mut other = Connection::open(&shop, &format!("/api/live?products={mug}"), &[]).await;
        assert_eq!(kinds(&other.waiting().await), ["hello", "product.changed"]);

        let cheaper = json!({"variants": [{"sku": "mug-1", "price": 1_200, "stock": 0}]});
        patch(&shop, mug, cheaper).await;
        shop.sync().await;
        for watcher in [&mut one, &mut other] {
            let told = watcher.until("product.changed").await;
            assert_eq!(told.data["id"], mug);
            assert_eq!(told.data["price"], 1_200);
            assert_eq!(
                (&told.data["stock"], &told.data["in_stock"]),
                (&json!(0), &json!(false))
            );
            assert!(told.id > first[0].id, "positions rise");
        }

        // An invalidation without a change of what is told is no event.
        patch(&shop, mug, json!({"title": "Another Dragon Mug"})).await;
        shop.sync().await;
        patch(&shop, mug, json!({"status": "archived"})).await;
        shop.sync().await;
        let told = one.next().await;
        assert_eq!(told.data, json!({"id": mug, "is_listed": false}));
        assert_eq!(other.next().await.data, told.data);
    }
}

#[tokio::test]
async fn change_that_no_relay_tells_of_is_found_after_a_while() {
    let shop = Shop::open().await.living(LiveOptions {
        sweep: std::time::Duration::from_millis(20),
        ..options()
    });
    let mug = product(&shop, "mug-1").await;
    let mut watcher = Connection::open(&shop, &format!("/api/live?products={mug}"), &[]).await;
    watcher.until("product.changed").await;
    let cheaper = json!({"variants": [{"sku": "mug-1", "price": 1_100}]});
    patch(&shop, mug, cheaper).await;
    let told = watcher.until("product.changed").await;
    assert_eq!(told.data["price"], 1_100);
}

#[tokio::test]
async fn list_of_products_that_is_none_is_refused() {
    let shop = Shop::open().await.living(options());
    let many: Vec<String> = (1..=101).map(|id| id.to_string()).collect();
    for path in [
        "/api/live".to_owned(),
        "/api/live?products=".to_owned(),
        "/api/live?products=a".to_owned(),
        "/api/live?products=0".to_owned(),
        format!("/api/live?products={}", many.join(",")),
    ] {
        let (code, field) = shop.get(&path).await.error(400);
        let blamed = (code.as_str(), field.as_deref());
        assert_eq!(blamed, ("invalid_parameter", Some("products")), "{path}");
    }
}
