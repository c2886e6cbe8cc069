//! Offers of several sellers: conditions hold on one offer, and one of them leads.

use souk_domain::{BuyBoxReason, Condition, Facet, Hit, HitVariant, Sort};

use crate::{
    fixture::{Fixture, counts},
    query::{Query, everything, text},
};

cases![
    product_is_found_by_each_of_its_sellers,
    hit_shows_the_offer_of_the_seller,
    all_conditions_hold_on_one_offer,
    product_counts_for_each_of_its_sellers,
    sellers_count_with_the_other_conditions,
    price_order_follows_offers_that_pass,
    leading_offer_says_why_it_leads,
    product_of_one_seller_says_nothing_of_offers,
];

async fn found(f: &Fixture, query: Query) -> Vec<Hit> {
    let page = f.search_in(f.shared, &query).await;
    assert_eq!(page.total, page.hits.len() as u64, "{query:?}");
    page.hits
}

fn titles(hits: &[Hit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.title.as_str()).collect()
}

async fn finds(f: &Fixture, query: Query, expected: &[&str]) {
    let hits = found(f, query.clone().sort(Sort::Popular)).await;
    assert_eq!(titles(&hits), expected, "{query:?}");
}

async fn hit(f: &Fixture, title: &str, query: Query) -> Hit {
    let hits = found(f, query).await;
    let found = hits.into_iter().find(|hit| hit.title == title);
    found.expect("the product is found")
}

fn leading(hit: &Hit) -> &HitVariant {
    hit.variant.as_ref().expect("an offer leads")
}

async fn sellers(f: &Fixture, query: Query) -> Facet {
    let page = f.search_in(f.shared, &query.all_facets()).await;
    page.facets.seller.expect("the facet was asked for")
}

async fn product_is_found_by_each_of_its_sellers(f: &Fixture) {
    finds(f, everything().seller("alpha"), &["Coat", "Lamp"]).await;
    finds(f, everything().seller("beta"), &["Coat", "Vest", "Lamp"]).await;
    finds(f, everything().seller("gamma"), &["Lamp"]).await;
    let both = everything().seller("alpha").seller("beta");
    finds(f, both, &["Coat", "Vest", "Lamp"]).await;
    finds(f, text("coat").seller("beta"), &["Coat"]).await;
    finds(f, text("coat").seller("gamma"), &[]).await;
}

async fn hit_shows_the_offer_of_the_seller(f: &Fixture) {
    let of_beta = hit(f, "Coat", everything().seller("beta")).await;
    assert_eq!((of_beta.price.min, of_beta.price.max), (4_000, 9_000));
    assert_eq!((of_beta.stock, of_beta.seller.slug.as_str()), (4, "beta"));
    let own = hit(f, "Coat", everything().seller("alpha")).await;
    assert_eq!((own.price.min, own.price.max), (5_000, 6_000));
    assert_eq!((own.stock, own.seller.slug.as_str()), (1, "alpha"));
    assert_eq!(own.variants, 2);
}

async fn all_conditions_hold_on_one_offer(f: &Fixture) {
    let small = || everything().attribute("Size", "S");
    finds(f, small().seller("alpha"), &["Coat"]).await;
    finds(f, small().seller("alpha").in_stock(true), &[]).await;
    finds(f, small().seller("beta").in_stock(true), &["Coat", "Vest"]).await;
    finds(
        f,
        everything().seller("alpha").price(None, 4_500),
        &["Lamp"],
    )
    .await;
    finds(
        f,
        everything().seller("beta").price(3_000, 4_500),
        &["Coat"],
    )
    .await;
    finds(f, everything().seller("beta").in_stock(false), &["Lamp"]).await;
    finds(f, everything().seller("gamma").in_stock(false), &[]).await;
}

async fn product_counts_for_each_of_its_sellers(f: &Fixture) {
    let all = sellers(f, everything()).await;
    assert_eq!(counts(&all), [("beta", 3), ("alpha", 2), ("gamma", 1)]);
    // A facet does not narrow itself.
    let of_gamma = sellers(f, everything().seller("gamma")).await;
    assert_eq!(counts(&of_gamma), [("beta", 3), ("alpha", 2), ("gamma", 1)]);
}

async fn sellers_count_with_the_other_conditions(f: &Fixture) {
    let buyable = sellers(f, everything().in_stock(true)).await;
    assert_eq!(counts(&buyable), [("alpha", 2), ("beta", 2), ("gamma", 1)]);
    let small = everything().attribute("Size", "S").in_stock(true);
    assert_eq!(counts(&sellers(f, small).await), [("beta", 2)]);

    let beta = everything().seller("beta").all_facets();
    let facets = f.search_in(f.shared, &beta).await.facets;
    let availability = facets.availability.as_ref().expect("asked for");
    assert_eq!(counts(availability), [("in_stock", 2), ("out_of_stock", 1)]);
    let price = facets.price.as_ref().expect("asked for");
    assert_eq!(price.bounds, Some((1_000, 9_000)));
}

async fn price_order_follows_offers_that_pass(f: &Fixture) {
    let cheapest = |query: Query| query.sort(Sort::PriceAsc);
    let all = found(f, cheapest(everything())).await;
    assert_eq!(titles(&all), ["Lamp", "Vest", "Coat"]);
    let of_alpha = found(f, cheapest(everything().seller("alpha"))).await;
    assert_eq!(titles(&of_alpha), ["Lamp", "Coat"]);
    let buyable = found(f, cheapest(everything().in_stock(true))).await;
    assert_eq!(titles(&buyable), ["Vest", "Lamp", "Coat"]);
}

async fn leading_offer_says_why_it_leads(f: &Fixture) {
    let lamp = hit(f, "Lamp", everything()).await;
    assert_eq!((lamp.price.min, lamp.price.max), (1_000, 3_000));
    let reason = leading(&lamp).reason;
    assert_eq!(
        (lamp.seller.slug.as_str(), reason),
        ("gamma", Some(BuyBoxReason::Condition))
    );
    let buyable = hit(f, "Lamp", everything().seller("beta").seller("alpha")).await;
    let offer = leading(&buyable);
    assert_eq!(
        (offer.condition, offer.reason),
        (Condition::Used, Some(BuyBoxReason::InStock))
    );
    let coat = hit(f, "Coat", everything()).await;
    let offer = leading(&coat);
    assert_eq!((coat.seller.slug.as_str(), offer.price), ("beta", 4_000));
    assert_eq!(offer.reason, Some(BuyBoxReason::InStock));
    let alone = hit(f, "Coat", everything().seller("alpha")).await;
    assert_eq!(leading(&alone).reason, None);
}

async fn product_of_one_seller_says_nothing_of_offers(f: &Fixture) {
    let vest = hit(f, "Vest", everything()).await;
    let offer = leading(&vest);
    assert_eq!((offer.seller.as_ref(), offer.reason), (None, None));
    assert_eq!(vest.seller.slug, "beta");
}
