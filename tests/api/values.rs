//! Values that are one however they are written: brands, attributes, trade item numbers, amounts.

use poem::http::Method;
use serde_json::{Value, json};

use crate::shop::Shop;

const BATCH: &str = "/api/admin/products/batch";

fn product(id: &str, changes: &Value) -> Value {
    let mut product = json!({
        "external_id": id, "title": format!("Zither {id}"), "seller": "zitherist",
        "variants": [{"sku": format!("ZI-{id}"), "price": 1_250, "stock": 1}],
    });
    for (name, value) in changes.as_object().unwrap() {
        product[name] = value.clone();
    }
    product
}

async fn write(shop: &Shop, products: Vec<Value>) -> Value {
    let body = json!({"products": products, "missing": "create"});
    let written = shop.admin(Method::POST, BATCH, Some(&body)).await;
    shop.sync().await;
    written.expect(200)
}

fn with_gtin(gtin: &str) -> Value {
    json!({"variants": [{"sku": "ZI-G", "price": 1_250, "stock": 1, "gtin": gtin}]})
}

async fn total(shop: &Shop, query: &str) -> Value {
    let found = shop.get(&format!("/api/search?{query}")).await;
    found.expect(200)["total"].clone()
}

#[tokio::test]
async fn spellings_of_a_brand_are_one_value() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        let spelled = ["Zeal", "ZEAL", "zeal ", "Zeal"];
        let products = spelled.iter().enumerate().map(|(place, brand)| {
            let colors = ["Red", "RED", "red", "Blue"];
            let name = if place % 2 == 0 { "Zcolor" } else { "ZCOLOR" };
            let changes = json!({"brand": brand, "attributes": {name: [colors[place]]}});
            product(&place.to_string(), &changes)
        });
        assert_eq!(write(&shop, products.collect()).await["rejected"], 0);
        let page = shop.get("/api/search?q=zither").await.expect(200);
        let brands = &page["facets"]["brand"]["values"];
        assert_eq!(brands.as_array().unwrap().len(), 1, "{brands}");
        assert_eq!(brands[0]["value"], "Zeal");
        assert_eq!(brands[0]["count"], 4);
        for brand in ["Zeal", "zEAL", "ZEAL"] {
            let query = format!("q=zither&brand={brand}");
            assert_eq!(total(&shop, &query).await, 4, "{brand}");
        }
        assert_eq!(total(&shop, "q=zither&attr=zcolor:rED").await, 3);
        let path = "/api/search/facets/attr:zcolor?query=zither";
        let values = shop.get(path).await.expect(200)["facet"]["values"].clone();
        assert_eq!(values[0]["count"], 3, "{values}");
    }
}

#[tokio::test]
async fn option_is_named_once() {
    let shop = Shop::open().await;
    let options = json!({"Size": "S", "SIZE": "M"});
    let variants = json!([{"sku": "ZI-O", "price": 100, "options": options}]);
    let written = write(&shop, vec![product("O", &json!({"variants": variants}))]).await;
    assert_eq!(written["rejected"], 1, "{written}");
    assert!(
        written.to_string().contains("variants[0].options"),
        "{written}"
    );
}

#[tokio::test]
async fn trade_item_number_is_found_in_each_of_its_forms() {
    let shop = Shop::open().await;
    let written = write(&shop, vec![product("G", &with_gtin("0 36000-291452"))]).await;
    assert_eq!(written["rejected"], 0, "{written}");
    for form in [
        "036000291452",
        "0036000291452",
        "00036000291452",
        "0036000-291452",
    ] {
        assert_eq!(total(&shop, &format!("q={form}")).await, 1, "{form}");
    }
    assert_eq!(total(&shop, "q=10036000291459").await, 0);
}

#[tokio::test]
async fn trade_item_number_with_a_wrong_check_digit_is_refused() {
    let shop = Shop::open().await;
    for (gtin, reason) in [
        ("036000291453", "check digit"),
        ("4.00638E+12", "scientific notation"),
        ("GTIN-7", "check digit"),
    ] {
        let written = write(&shop, vec![product("G", &with_gtin(gtin))]).await;
        assert_eq!(written["rejected"], 1, "{gtin}");
        let said = written.to_string();
        assert!(
            said.contains("variants[0].gtin") && said.contains(reason),
            "{said}"
        );
    }
}

#[tokio::test]
async fn amount_says_its_digits() {
    let shop = Shop::open().await;
    write(&shop, vec![product("E", &json!({}))]).await;
    let page = shop.get("/api/search?q=zither").await.expect(200);
    assert_eq!(page["hits"][0]["price"]["exponent"], 2);
    assert_eq!(
        page["facets"]["price"]["min"]["exponent"], 2,
        "{}",
        page["facets"]["price"]
    );
}
