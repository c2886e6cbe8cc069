//! A shop of shoes whose variants differ in price, stock, size and colour.

use souk_domain::ProductInput;
use souk_testkit::product;

use crate::shops::Shop;

/// The shop. Its products are found again by their titles.
pub(crate) fn shoes_shop() -> Shop {
    Shop {
        slug: "shoes-shop",
        language: "en",
        categories: &[("shoes", "Shoes", None), ("care", "Care", None)],
        fandoms: &[],
        sellers: &[("one", "The One", None)],
        attributes: vec![],
        offers: vec![],
        products: products(),
    }
}

fn products() -> Vec<ProductInput> {
    let shoe = |title: &str, popularity| {
        product(title)
            .seller("one")
            .category("shoes")
            .popularity(popularity)
            .without_variants()
    };
    let built = [
        shoe("Shoe A", 30)
            .brand("Alder")
            .attribute("Sole", "rubber")
            .variant("A-S", 1_000, 0, &[("Size", "S"), ("Color", "red")])
            .variant("A-M", 4_000, 5, &[("Size", "M"), ("Color", "blue")])
            .image_of("/a.jpg", "A", &[])
            .image_of("/a-blue.jpg", "A in blue", &["A-M"]),
        shoe("Shoe B", 20)
            .brand("Birch")
            .attribute("Sole", "rubber")
            // A colour that some variants have, and one that all come in.
            .attribute("Color", "red")
            .attribute("Color", "striped")
            .variant("B-S", 2_000, 3, &[("Size", "S"), ("Color", "red")]),
        shoe("Shoe C", 10)
            .brand("Birch")
            .attribute("Sole", "leather")
            .variant("C-M", 12_000, 0, &[("Size", "M"), ("Color", "red")])
            .variant("C-L", 6_000, 2, &[("Size", "L"), ("Color", "red")])
            .variant("C-L2", 6_000, 4, &[("Size", "L"), ("Color", "blue")]),
        product("Polish")
            .seller("one")
            .category("care")
            .popularity(5)
            .price(500),
    ];
    built.into_iter().map(Into::into).collect()
}
