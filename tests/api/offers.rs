//! Terms of sale on the wire: list prices and sales, stock policies, unlisted products, tags, closed sellers.

use poem::http::Method;
use serde_json::{Value, json};

use crate::shop::Shop;

const BATCH: &str = "/api/admin/products/batch";
const ANY: [(&str, &str); 1] = [("If-Match", "*")];

async fn write(shop: &Shop, product: Value) {
    let body = json!({"products": [product], "missing": "create"});
    let written = shop.admin(Method::POST, BATCH, Some(&body)).await;
    assert_eq!(written.expect(200)["rejected"], 0);
    shop.sync().await;
}

fn lamp(changes: &Value) -> Value {
    let mut lamp = json!({
        "external_id": "lamp", "slug": "lamp", "title": "Lighthouse lamp", "seller": "lampmaker",
        "variants": [{"sku": "lamp", "price": 800}],
    });
    for (name, value) in changes.as_object().unwrap() {
        lamp[name] = value.clone();
    }
    lamp
}

async fn total(shop: &Shop, query: &str) -> Value {
    let found = shop.get(&format!("/api/search?q=lighthouse&{query}")).await;
    found.expect(200)["total"].clone()
}

#[tokio::test]
async fn sale_shows_the_list_price_while_it_lasts() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        for (dates, price, list_price) in [
            (json!({}), 800, json!(1_000)),
            (
                json!({"sale_from": "2020-01-01T00:00:00Z"}),
                800,
                json!(1_000),
            ),
            (
                json!({"sale_until": "2020-01-01T00:00:00Z"}),
                1_000,
                Value::Null,
            ),
        ] {
            let mut variant = json!({"sku": "lamp", "price": 800, "list_price": 1_000});
            for (name, date) in dates.as_object().unwrap() {
                variant[name] = date.clone();
            }
            write(&shop, lamp(&json!({"variants": [variant]}))).await;
            let page = shop.get("/api/search?q=lighthouse").await.expect(200);
            let product = shop.get("/api/products/lamp").await.expect(200);
            for shown in [&page["hits"][0], &product, &product["variants"][0]] {
                assert_eq!(shown["price"]["amount"], price, "{shown}");
                assert_eq!(shown["list_price"]["amount"], list_price, "{shown}");
            }
            let below = total(&shop, "price_max=900").await;
            assert_eq!(below, i32::from(price == 800));
        }
        let dates_alone = json!({"sku": "lamp", "price": 800, "sale_from": "2020-01-01T00:00:00Z"});
        let body = json!({"products": [lamp(&json!({"variants": [dates_alone]}))]});
        let refused = shop.admin(Method::POST, BATCH, Some(&body)).await;
        assert_eq!(
            refused.expect(200)["results"][0]["field"],
            "variants[0].list_price"
        );
    }
}

#[tokio::test]
async fn stock_policy_and_tags_are_what_filters_go_by() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        for (policy, available) in [("tracked", 0), ("untracked", 1), ("backorder", 1)] {
            let variant = json!({"sku": "lamp", "price": 800, "stock_policy": policy});
            let changes = json!({"variants": [variant], "tags": ["Gift idea", "brass"]});
            write(&shop, lamp(&changes)).await;
            assert_eq!(total(&shop, "in_stock=true").await, available, "{policy}");
        }
        assert_eq!(total(&shop, "attr=tags:brass").await, 1);
        assert_eq!(total(&shop, "attr=tags:steel").await, 0);
        let by_tag = shop.get("/api/search?q=gift+lamp").await.expect(200);
        assert_eq!(by_tag["hits"][0]["slug"], "lamp");
    }
}

#[tokio::test]
async fn unlisted_product_is_shown_to_those_who_know_it() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        write(&shop, lamp(&json!({"status": "unlisted"}))).await;
        assert_eq!(total(&shop, "").await, 0);
        shop.get("/api/products/lamp").await.expect(200);
    }
}

#[tokio::test]
async fn closed_seller_is_gone_until_it_opens() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        write(&shop, lamp(&json!({}))).await;
        let sellers = shop
            .admin(Method::GET, "/api/admin/sellers", None)
            .await
            .expect(200);
        let sellers = sellers["items"].as_array().unwrap();
        let seller = sellers.iter().find(|it| it["slug"] == "lampmaker").unwrap();
        let path = format!("/api/admin/sellers/{}", seller["id"]);
        for closed in [true, false] {
            let body = json!({"name": "Lampmaker", "closed": closed});
            let changed = shop.admin_with(Method::PUT, &path, &ANY, Some(&body)).await;
            assert_eq!(changed.expect(200)["closed_at"].is_string(), closed);
            shop.sync().await;
            let (status, found) = if closed { (404, 0) } else { (200, 1) };
            assert_eq!(total(&shop, "").await, found);
            for page in ["/api/products/lamp", "/api/sellers/lampmaker"] {
                shop.get(page).await.expect(status);
            }
        }
    }
}

#[tokio::test]
async fn reduction_tells_the_lowest_price_of_the_days_before_it() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        write(&shop, lamp(&json!({}))).await;
        let variant = json!({"sku": "lamp", "price": 750, "list_price": 1_000});
        write(&shop, lamp(&json!({"variants": [variant]}))).await;
        let page = shop.get("/api/search?q=lighthouse").await.expect(200);
        let product = shop.get("/api/products/lamp").await.expect(200);
        for shown in [&page["hits"][0], &product, &product["variants"][0]] {
            assert_eq!(shown["lowest_price_30d"]["amount"], 800, "{shown}");
        }
        let path = format!("/api/admin/products/{}", product["id"]);
        let admin = shop.admin(Method::GET, &path, None).await.expect(200);
        for shown in [&admin, &admin["variants"][0]] {
            assert_eq!(shown["lowest_price_30d"], 800, "{shown}");
        }

        write(
            &shop,
            lamp(&json!({"variants": [{"sku": "lamp", "price": 750}]})),
        )
        .await;
        let page = shop.get("/api/search?q=lighthouse").await.expect(200);
        let product = shop.get("/api/products/lamp").await.expect(200);
        for shown in [&page["hits"][0], &product, &product["variants"][0]] {
            assert_eq!(shown["lowest_price_30d"], Value::Null, "{shown}");
        }
    }
}
