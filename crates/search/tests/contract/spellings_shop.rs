//! A shop whose sellers spell brands, names and values of attributes as they like.

use souk_domain::{AttributeDefinition, ProductInput};
use souk_testkit::product;

use crate::shops::Shop;

/// The shop. Its products are found again by their titles.
pub(crate) fn spellings_shop() -> Shop {
    Shop {
        slug: "spellings-shop",
        language: "en",
        categories: &[("phones", "Phones", None)],
        fandoms: &[],
        sellers: &[("one", "The One", None)],
        attributes: vec![AttributeDefinition::internal("Cost")],
        offers: vec![],
        products: products(),
    }
}

fn products() -> Vec<ProductInput> {
    let phone = |title: &str, brand: &str, popularity| {
        product(title)
            .seller("one")
            .category("phones")
            .brand(brand)
            .popularity(popularity)
    };
    let built = [
        phone("Phone A", "Apple", 90)
            .attribute("Color", "Red")
            .attribute("COST", "low"),
        phone("Phone B", "APPLE", 80)
            .attribute("Color", "red")
            .attribute("Color", "Rosé"),
        phone("Phone C", "apple ", 70).attribute("color", "Red"),
        phone("Phone D", "Apple", 60)
            .without_variants()
            .variant("D-1", 1_000, 1, &[("COLOR", "RED"), ("Size", "S")])
            .variant("D-2", 2_000, 0, &[("COLOR", "Blue"), ("Size", "M")])
            .variant("D-3", 3_000, 0, &[("color", "blue"), ("size", "L")]),
        phone("Phone E", "Ａｐｐｌｅ", 50).attribute("Größe", "Weiß"),
        phone("Phone F", "Applé", 40).attribute("GRÖSSE", "WEISS"),
        phone("Phone G", "Acme  Labs", 30).attribute("Größe", "weiß"),
        phone("Phone H", "ACME Labs", 20).attribute("Color", "Rose"),
    ];
    built.into_iter().map(Into::into).collect()
}
