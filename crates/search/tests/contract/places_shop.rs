//! A shop whose products are in several categories, some of which share ancestors, and about several fandoms.

use souk_domain::ProductInput;
use souk_testkit::{ProductBuilder, product};

use crate::shops::Shop;

/// The shop. Its products are found again by their titles.
pub(crate) fn places_shop() -> Shop {
    Shop {
        slug: "places-shop",
        language: "en",
        categories: &[
            ("home", "Home", None),
            ("kitchen", "Kitchen", Some("home")),
            ("mugs", "Mugs", Some("kitchen")),
            ("jugs", "Jugs", Some("kitchen")),
            ("gifts", "Gifts", None),
            ("under-ten", "Under Ten", Some("gifts")),
            ("clearance", "Clearance", None),
            ("hidden", "Hidden Corner", None),
        ],
        fandoms: &[
            ("trek", "Trek", None),
            ("wars", "Wars", None),
            ("potter", "Potterworld", None),
            ("unused", "Unused Realm", None),
        ],
        sellers: &[("one", "The One", None)],
        attributes: vec![],
        offers: vec![],
        products: products(),
    }
}

fn products() -> Vec<ProductInput> {
    let stoneware = |title: &str, popularity| -> ProductBuilder {
        product(title)
            .seller("one")
            .brand("Clay")
            .popularity(popularity)
    };
    let built = [
        // Two categories below the same one, and that one itself.
        stoneware("Alpha", 60)
            .category("mugs")
            .further_category("jugs")
            .further_category("kitchen")
            .fandom("trek")
            .further_fandom("wars"),
        stoneware("Beta", 50)
            .category("mugs")
            .further_category("under-ten")
            .further_category("gifts")
            .fandom("wars")
            .further_fandom("trek")
            .further_fandom("potter"),
        stoneware("Gamma", 40)
            .category("gifts")
            .further_category("mugs")
            .fandom("potter"),
        stoneware("Delta", 30).category("mugs").fandom("trek"),
        // None is the main one.
        stoneware("Epsilon", 20)
            .further_category("clearance")
            .further_category("jugs")
            .further_fandom("wars"),
        stoneware("Zeta", 10).brand("Loom"),
        stoneware("Draft", 99)
            .status(souk_domain::ProductStatus::Draft)
            .category("mugs")
            .further_category("hidden")
            .further_fandom("unused"),
    ];
    built.into_iter().map(Into::into).collect()
}
