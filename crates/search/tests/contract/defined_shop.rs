//! A shop that says what its attributes are: internal ones, such that are not searched, orders, numbers and dates.

use souk_domain::{
    AttributeDefinition, AttributeFilterKind, AttributeType, ProductInput, ValueOrder,
};
use souk_testkit::{ProductBuilder, product};

use crate::shops::Shop;

/// The shop. Its products are found again by their titles.
pub(crate) fn defined_shop() -> Shop {
    Shop {
        slug: "defined-shop",
        language: "en",
        categories: &[],
        fandoms: &[],
        sellers: &[("one", "The One", None)],
        attributes: definitions(),
        offers: vec![],
        products: products(),
    }
}

fn definitions() -> Vec<AttributeDefinition> {
    let new = |name: &str, position| AttributeDefinition {
        position,
        ..AttributeDefinition::new(name)
    };
    vec![
        AttributeDefinition::internal("Cost"),
        // Its values would be part numbers, else.
        AttributeDefinition::internal("model"),
        AttributeDefinition::internal("batch"),
        AttributeDefinition {
            value_order: ValueOrder::Natural,
            ..new("size", 1)
        },
        AttributeDefinition {
            value_order: ValueOrder::Natural,
            ..new("shoe", 2)
        },
        AttributeDefinition {
            value_order: ValueOrder::Manual,
            values: ["gold", "silver", "bronze"].map(str::to_owned).into(),
            ..new("grade", 3)
        },
        AttributeDefinition {
            searched: false,
            ..new("note", 4)
        },
        AttributeDefinition {
            searched: false,
            ..new("mpn", 5)
        },
        AttributeDefinition {
            filter: AttributeFilterKind::None,
            ..new("fabric", 0)
        },
        AttributeDefinition {
            kind: AttributeType::Number,
            unit: Some("kg".to_owned()),
            filter: AttributeFilterKind::Range,
            ..new("weight", 7)
        },
        AttributeDefinition {
            kind: AttributeType::Date,
            filter: AttributeFilterKind::Range,
            ..new("released", 6)
        },
    ]
}

fn products() -> Vec<ProductInput> {
    let animal = |title: &str, brand: &str, popularity| -> ProductBuilder {
        product(title)
            .seller("one")
            .brand(brand)
            .popularity(popularity)
            .without_variants()
    };
    let sized = |builder: ProductBuilder, size: &str| {
        let sku = format!("sku-{size}");
        builder.variant(
            &sku,
            1_000,
            1,
            &[("size", size), ("batch", "lot batchword")],
        )
    };
    let built = [
        sized(animal("Ant", "Zoo", 70), "M")
            .attribute("weight", "0.5")
            .attribute("released", "2023-05-01")
            .attribute("shoe", "10")
            .attribute("grade", "silver")
            .attribute("Cost", "zanzibar")
            .attribute("Colour", "red"),
        sized(animal("Bee", "Zoo", 60), "S")
            .attribute("weight", "500 g")
            .attribute("released", "2024-02")
            .attribute("shoe", "9")
            .attribute("shoe", "10")
            .attribute("grade", "bronze")
            .attribute("model", "qqx-9000")
            .attribute("Colour", "red"),
        sized(animal("Cat", "Zoo", 50), "XL")
            .attribute("weight", "2 kg")
            .attribute("released", "2024-12-31")
            .attribute("shoe", "9.5")
            .attribute("shoe", "10")
            .attribute("grade", "gold")
            .attribute("note", "krypton")
            .attribute("Colour", "blue"),
        sized(animal("Dog", "Zoo", 40), "L")
            .attribute("weight", "10")
            .attribute("released", "2025")
            .attribute("grade", "bronze")
            .attribute("mpn", "wwy-7000")
            .attribute("note", "krypton"),
        sized(animal("Elk", "Wild", 30), "XXL")
            .attribute("weight", "2")
            .attribute("weight", "12,5 kg")
            .attribute("grade", "bronze")
            .attribute("fabric", "velvet"),
        sized(animal("Fox", "Wild", 20), "XS")
            .attribute("weight", "heavy")
            .attribute("released", "soon")
            .attribute("grade", "other"),
        product("Gnu").seller("one").brand("Wild").popularity(10),
    ];
    built.into_iter().map(Into::into).collect()
}
