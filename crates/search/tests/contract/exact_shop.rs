//! A shop for exact phrases, exclusions and codes, and one with compounds. Products are found again by their titles.

use souk_domain::ProductInput;
use souk_testkit::{ProductBuilder, product};

use crate::shops::Shop;

/// The shop of phrases and codes.
pub(crate) fn exact_shop() -> Shop {
    Shop {
        slug: "exact-shop",
        language: "en",
        categories: &[
            ("mugs", "Mugs", None),
            ("fine", "Fine Red Mugs", None),
            ("valves", "Valves", None),
        ],
        fandoms: &[],
        sellers: &[("one", "The One", None)],
        attributes: vec![],
        offers: vec![],
        products: products(),
    }
}

fn of(title: &str, category: &str, popularity: i64) -> ProductBuilder {
    product(title)
        .seller("one")
        .category(category)
        .popularity(popularity)
}

fn products() -> Vec<ProductInput> {
    let mug = |title: &str, popularity| of(title, "mugs", popularity);
    let valve = |title: &str, sku: &str, popularity| {
        of(title, "valves", popularity)
            .without_variants()
            .variant(sku, 1_000, 3, &[])
    };
    let built = [
        mug("Red Mug", 90).brand("Acme"),
        mug("Red Coffee Mug", 80).brand("Acme"),
        mug("Mug, Red", 70).brand("Bistro"),
        mug("Tall Cup", 60).description("Goes with a réd mug."),
        mug("Wide Cup", 50).brand("Red Mug Works"),
        of("Thin Cup", "fine", 40),
        mug("Plain Cup", 30)
            .attribute("Colour", "deep red")
            .attribute("Kind", "lid"),
        mug("Red Mugs", 20).attribute("Colour", "Blue"),
        valve("Brass Valve", "KT-INS114-DRE", 9),
        valve("Steel Valve", "KT-INS", 8),
        valve("Copper Valve", "AB-KT-INS", 7),
        valve("Valve Kit", "ABC-DEF", 6),
        valve("Seal", "XINS", 5),
        valve("Wi-Fi Valve", "W1", 4),
    ];
    built.into_iter().map(Into::into).collect()
}

/// A German shop.
pub(crate) fn compound_shop() -> Shop {
    let titles = [
        "Kaffeetasse blau",
        "Tasse weiß",
        "Tasse für Kaffee",
        "Kaffee-Tasse rot",
        "Bücherregal",
        "Wanduhr",
        "Stockente aus Holz",
        "Stock",
        "Dokumente",
        "Red Bull",
        "Hair Dryer",
    ];
    let products = titles.into_iter().zip(0_i64..).map(|(title, number)| {
        let product = of(title, "all", 100 - number);
        product
            .without_variants()
            .variant(&format!("Q{number}"), 1_000, 3, &[])
            .build()
    });
    Shop {
        slug: "compound-shop",
        language: "de",
        categories: &[("all", "Alles", None)],
        fandoms: &[],
        sellers: &[("one", "Laden", None)],
        attributes: vec![],
        offers: vec![],
        products: products.collect(),
    }
}
