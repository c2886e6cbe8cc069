//! Columns and attributes that nobody but the shop may see, in files that declare attributes by name.

use serde_json::{Value, json};
use souk_catalogue_io::import::Loss;

use crate::shop::DemoShop;

/// Names of the shop's own, whose values must not be found.
const PRIVATE: &[&str] = &[
    "Cost price",
    "Margin",
    "profit margin",
    "Supplier",
    "supplier email",
    "wholesale price",
    "Vendor SKU",
    "Markup %",
];
/// Names of a product's properties.
const PUBLIC: &[&str] = &[
    "Print margin top",
    "Copy margin",
    "Annual energy cost",
    "Email protocols",
    "Markup language",
];

async fn attributes(file: &str, text: &str) -> (Vec<String>, String) {
    let shop = DemoShop::new().await;
    shop.import_text(file, text).await;
    let catalogue = shop.catalogue().await;
    assert_eq!(catalogue.len(), 1, "{file}");
    let attributes = catalogue[0]["attributes"].as_object().unwrap();
    let names = attributes.keys().map(|name| name.to_lowercase()).collect();
    (names, Value::from(catalogue).to_string())
}

/// Names with a value each: `secret` of the private ones, `shown` of the others.
fn named() -> impl Iterator<Item = (&'static str, &'static str)> {
    let private = PRIVATE.iter().map(|name| (*name, "secret"));
    private.chain(PUBLIC.iter().map(|name| (*name, "shown")))
}

#[tokio::test]
async fn declared_attributes_in_every_form_keep_costs_from_shoppers() {
    let columns = |prefix: &str| {
        let names: Vec<String> = named().map(|(name, _)| format!("{prefix}{name}")).collect();
        let values: Vec<&str> = named().map(|(_, value)| value).collect();
        format!(
            "id,title,price,{}\n1,Press,9,{}\n",
            names.join(","),
            values.join(",")
        )
    };
    let members: serde_json::Map<String, Value> = named()
        .map(|(name, value)| (name.into(), json!(value)))
        .collect();
    let pairs: Vec<Value> = named()
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    let product = |attributes: Value| {
        json!({"id": 1, "title": "Press", "price": 9, "attributes": attributes}).to_string()
    };
    let params: String = named()
        .map(|(name, value)| format!("<param name=\"{name}\">{value}</param>"))
        .collect();
    let woo = |part: fn(usize, &str, &str) -> String| {
        let parts: Vec<String> = named()
            .enumerate()
            .map(|(at, (name, value))| part(at + 1, name, value))
            .collect();
        parts.join(",")
    };
    let files = [
        ("columns.csv", columns("attr_t_")),
        ("attributes.csv", columns("attribute:")),
        ("object.jsonl", product(json!(members))),
        ("pairs.jsonl", product(json!(pairs))),
        (
            "feed.xml",
            format!(
                "<yml_catalog><shop><offers><offer id=\"1\" available=\"true\"><name>Press</name><price>9</price>\
                 <currencyId>EUR</currencyId>{params}</offer></offers></shop></yml_catalog>"
            ),
        ),
        (
            "woo.csv",
            format!(
                "ID,Type,SKU,Name,Published,Regular price,{}\n1,simple,P,Press,1,9,{}\n",
                woo(|at, _, _| format!("Attribute {at} name,Attribute {at} value(s)")),
                woo(|_, name, value| format!("{name},{value}")),
            ),
        ),
    ];
    for (file, text) in files {
        let (names, catalogue) = attributes(file, &text).await;
        assert!(!catalogue.contains("secret"), "{file}: {catalogue}");
        for name in PUBLIC {
            assert!(
                names.contains(&name.to_lowercase()),
                "{file}: {name}: {names:?}"
            );
        }
        assert_eq!(names.len(), PUBLIC.len(), "{file}: {names:?}");
    }
}

#[tokio::test]
async fn addresses_are_hidden_by_value_whatever_declares_them() {
    let shop = DemoShop::new().await;
    // Of two variants, the values differ: an attribute would set them apart, as an option does.
    let text = "id,sku,title,price,attr_t_email_protocols,attr_b_e_mail,attr_n_made_by,option:By,attr_t_video\n\
                1,A,Press,9,ada@shop.example,1,ada@shop.example,ada@shop.example,1080p@59.94\n\
                1,B,Press,9,bob@shop.example,1,bob@shop.example,bob@shop.example,1080p@59.94\n";
    let summary = shop.import_text("a.csv", text).await;
    let catalogue = Value::from(shop.catalogue().await).to_string();
    assert!(!catalogue.contains("shop.example"), "{catalogue}");
    assert!(catalogue.contains("1080p@59.94"), "{catalogue}");
    assert!(summary.losses[&Loss::Email] >= 2);
}

#[tokio::test]
async fn attributes_that_hold_addresses_never_set_variants_apart() {
    let shop = DemoShop::new().await;
    let text = "id,sku,title,price,attr_t_sent_by\n\
                1,A,Press,9,ada@shop.example\n\
                1,B,Press,9,bob@shop.example\n";
    let summary = shop.import_text("a.csv", text).await;
    let catalogue = Value::from(shop.catalogue().await).to_string();
    assert!(!catalogue.contains("shop.example"), "{catalogue}");
    assert_eq!(summary.losses[&Loss::Email], 2);
}
