//! Expectations of every answer of the catalogue: what UCP's schemas say, as far as Souk's answers go.
//!
//! They hold where the schemas themselves are not at hand; with `UCP_SCHEMAS`, answers are checked against these, too.

use serde_json::Value;

/// Panics unless an answer fits its operation.
pub(super) fn check(operation: &str, answer: &Value) {
    let version = answer["ucp"]["version"].as_str().unwrap();
    assert_eq!(version.len(), 10, "{answer}");
    for message in list(&answer["messages"]) {
        let kind = message["type"].as_str().unwrap();
        assert!(["info", "warning", "error"].contains(&kind), "{message}");
        assert!(message["content"].is_string(), "{message}");
        assert!(message["code"].is_string() || kind == "info", "{message}");
        assert_eq!(
            message["severity"].is_string(),
            kind == "error",
            "{message}"
        );
    }
    if answer["ucp"]["status"] == "error" {
        assert!(!list(&answer["messages"]).is_empty(), "{answer}");
        assert_eq!(answer.as_object().unwrap().len(), 2, "{answer}");
        return;
    }
    match operation {
        "product" => {
            product(&answer["product"]);
            let has_options = answer["product"].get("options").is_some();
            assert_eq!(answer["product"]["selected"].is_array(), has_options);
        }
        operation => {
            let products = answer["products"].as_array().unwrap();
            for found in products {
                product(found);
                if operation == "lookup" {
                    let variants = list(&found["variants"]);
                    assert!(variants.iter().all(|it| !list(&it["inputs"]).is_empty()));
                }
            }
        }
    }
    if operation == "search" {
        let page = &answer["pagination"];
        let has_next = page["has_next_page"].as_bool().unwrap();
        assert_eq!(page["cursor"].is_string(), has_next, "{page}");
        assert!(page["total_count"].is_u64(), "{page}");
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn product(product: &Value) {
    for name in ["id", "handle", "title"] {
        assert!(product[name].is_string(), "{name}: {product}");
    }
    assert!(product["description"]["plain"].is_string(), "{product}");
    let variants = list(&product["variants"]);
    assert!(!variants.is_empty(), "{product}");
    let (min, max) = range(&product["price_range"]);
    for variant in variants {
        for name in ["id", "sku", "title"] {
            assert!(variant[name].is_string(), "{name}: {variant}");
        }
        assert!(variant["description"]["plain"].is_string(), "{variant}");
        let amount = price(&variant["price"]);
        assert!((min..=max).contains(&amount), "{variant}");
        if let Some(list_price) = variant.get("list_price") {
            assert!(price(list_price) > amount, "{variant}");
        }
        let availability = &variant["availability"];
        let is_out = availability["status"] == "out_of_stock";
        assert_eq!(availability["available"], !is_out, "{variant}");
        assert!(variant["seller"]["name"].is_string(), "{variant}");
        for option in list(&variant["options"]) {
            assert!(option["name"].is_string() && option["label"].is_string());
        }
    }
    if product.get("list_price_range").is_some() {
        range(&product["list_price_range"]);
    }
    for option in list(&product["options"]) {
        assert!(!list(&option["values"]).is_empty(), "{option}");
    }
    let media = list(&product["media"]).iter();
    let of_variants = variants.iter().flat_map(|variant| list(&variant["media"]));
    for image in media.chain(of_variants) {
        assert!(
            image["url"].as_str().unwrap().starts_with("http"),
            "{image}"
        );
    }
    if let Some(rating) = product.get("rating") {
        let value = rating["value"].as_f64().unwrap();
        assert!((1.0..=5.0).contains(&value), "{rating}");
    }
}

fn range(range: &Value) -> (i64, i64) {
    let (min, max) = (price(&range["min"]), price(&range["max"]));
    assert!(min <= max, "{range}");
    (min, max)
}

fn price(price: &Value) -> i64 {
    let currency = price["currency"].as_str().unwrap();
    assert!(currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase()));
    let amount = price["amount"].as_i64().unwrap();
    assert!(amount >= 0, "{price}");
    amount
}
