//! A shop whose sellers offer each other's products.

use souk_domain::{Condition, OfferInput, Prices, SellerOffer};
use souk_testkit::product;

use crate::shops::Shop;

/// The shop. Its products are found again by their titles.
pub(crate) fn shared_shop() -> Shop {
    let made = |title: &str, seller: &str, popularity| {
        product(title)
            .seller(seller)
            .popularity(popularity)
            .without_variants()
    };
    Shop {
        slug: "shared-shop",
        language: "en",
        categories: &[],
        fandoms: &[],
        sellers: &[
            ("alpha", "Alpha", None),
            ("beta", "Beta", None),
            ("gamma", "Gamma", None),
        ],
        attributes: vec![],
        offers: vec![
            // Beta is cheaper in S, and has what alpha has not; in M it is dearer.
            ("Coat".to_owned(), offer("C-S", "beta", 4_000, 2)),
            ("Coat".to_owned(), offer("C-M", "beta", 9_000, 2)),
            // As dear as gamma's own, and used.
            ("Lamp".to_owned(), used(offer("L", "alpha", 3_000, 5))),
            // Cheaper, and sold out.
            ("Lamp".to_owned(), offer("L", "beta", 1_000, 0)),
        ],
        products: vec![
            made("Coat", "alpha", 30)
                .variant("C-S", 5_000, 0, &[("Size", "S")])
                .variant("C-M", 6_000, 1, &[("Size", "M")])
                .build(),
            made("Vest", "beta", 20)
                .variant("V-S", 2_500, 4, &[("Size", "S")])
                .build(),
            made("Lamp", "gamma", 10)
                .variant("L", 3_000, 7, &[])
                .build(),
        ],
    }
}

fn used(mut input: OfferInput) -> OfferInput {
    input.offer.condition = Condition::Used;
    input
}

fn offer(sku: &str, seller: &str, price: i64, stock: i64) -> OfferInput {
    let offer = SellerOffer {
        seller: seller.to_owned(),
        prices: Prices::of(price),
        stock,
        ..SellerOffer::default()
    };
    OfferInput {
        sku: sku.to_owned(),
        offer,
    }
}
