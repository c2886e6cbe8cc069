//! Filters, alone and combined.

use souk_domain::FacetName;

use crate::{
    fixture::Fixture,
    query::{everything, text},
};

cases![
    no_filter_keeps_every_active_product,
    a_category_includes_its_descendants,
    a_fandom_keeps_its_products,
    a_brand_keeps_its_products,
    a_seller_keeps_its_products,
    price_limits_are_inclusive_and_on_one_variant,
    a_rating_keeps_what_is_rated_so_or_better,
    availability_tells_stock_from_none,
    attributes_are_the_products_and_its_variants,
    values_of_one_filter_are_alternatives,
    filters_add_up,
    filters_narrow_a_text,
    unknown_values_find_nothing,
];

async fn no_filter_keeps_every_active_product(f: &Fixture) {
    let page = f.search(&everything()).await;
    assert_eq!(page.total, 43);
    assert!(page.total_exact);
    assert_eq!(page.hits.len(), 43);
    for hidden in ["draft", "archived"] {
        assert!(!f.found(&everything()).await.contains(hidden), "{hidden}");
    }
}

async fn a_category_includes_its_descendants(f: &Fixture) {
    let count = async |slug| f.total(&everything().category(slug)).await;
    assert_eq!(count("mugs").await, 7);
    assert_eq!(count("kitchen").await, 9);
    assert_eq!(count("home").await, 15, "its own lamp included");
    assert_eq!(count("bare").await, 0);
}

async fn a_fandom_keeps_its_products(f: &Fixture) {
    f.finds(
        &everything().fandom("star-voyage"),
        &[
            "mug-star",
            "poster-star",
            "shirt-star",
            "figure-00",
            "figure-04",
            "figure-08",
            "figure-12",
        ],
    )
    .await;
}

async fn a_brand_keeps_its_products(f: &Fixture) {
    f.finds(
        &everything().brand("Acme"),
        &["mug-star", "mug-moon", "mug-sold-out"],
    )
    .await;
    f.finds(
        &everything().brand("Bistro & Co"),
        &["mug-eclair", "kettle-glass"],
    )
    .await;
}

async fn a_seller_keeps_its_products(f: &Fixture) {
    assert_eq!(f.total(&everything().seller("gear-hub")).await, 7);
}

async fn price_limits_are_inclusive_and_on_one_variant(f: &Fixture) {
    f.finds(
        &everything().price(1_299, 1_299),
        &["mug-star", "mug-sold-out"],
    )
    .await;
    f.finds(&everything().price(None, 150), &["free", "KN-100-A"])
        .await;
    f.finds(&everything().price(10_001, None), &["figure-15", "dear"])
        .await;
    f.finds(&everything().price(2_400, 2_450), &["mug-travel"])
        .await;
    f.finds(&everything().price(2_900, 2_999), &["mug-travel"])
        .await;
    f.finds(&everything().price(2_500, 2_899), &[]).await;
}

async fn a_rating_keeps_what_is_rated_so_or_better(f: &Fixture) {
    f.finds(
        &everything().rating_min(4.0),
        &[
            "mug-star",
            "mug-moon",
            "mug-eclair",
            "kettle-steel",
            "shirt-star",
            "figure-04",
            "figure-09",
            "figure-14",
        ],
    )
    .await;
    f.finds(
        &everything().rating_min(4.5),
        &["mug-star", "mug-eclair", "shirt-star"],
    )
    .await;
    assert_eq!(
        f.total(&everything().rating_min(1.0)).await,
        24,
        "whatever is rated at all"
    );
}

async fn availability_tells_stock_from_none(f: &Fixture) {
    f.finds(
        &everything().in_stock(false),
        &[
            "mug-travel",
            "mug-sold-out",
            "kettle-glass",
            "shirt-star",
            "shirt-dragon",
            "figure-00",
            "figure-04",
            "figure-08",
            "figure-12",
        ],
    )
    .await;
    assert_eq!(f.total(&everything().in_stock(true)).await, 36);
}

async fn attributes_are_the_products_and_its_variants(f: &Fixture) {
    f.finds(
        &everything().attribute("Colour", "Blue"),
        &["mug-star", "shirt-plain"],
    )
    .await;
    f.finds(
        &everything().attribute("Size", "M"),
        &["shirt-star", "shirt-dragon"],
    )
    .await;
    f.finds(
        &everything().attribute("Colour", "blue"),
        &["mug-star", "shirt-plain"],
    )
    .await;
}

async fn values_of_one_filter_are_alternatives(f: &Fixture) {
    assert_eq!(
        f.total(&everything().category("mugs").category("hats"))
            .await,
        9
    );
    assert_eq!(
        f.total(&everything().category("kitchen").category("mugs"))
            .await,
        9,
        "an ancestor takes its descendant in"
    );
    assert_eq!(f.total(&everything().brand("Acme").brand("Loom")).await, 7);
    let garden_or_dragon = everything().fandom("moon-garden").fandom("dragonhold");
    assert_eq!(f.total(&garden_or_dragon).await, 6 + 7);
    f.finds(
        &everything()
            .attribute("Colour", "Blue")
            .attribute("Colour", "White"),
        &["mug-star", "mug-moon", "shirt-plain"],
    )
    .await;
}

async fn filters_add_up(f: &Fixture) {
    f.finds(
        &everything()
            .category("kitchen")
            .brand("Acme")
            .in_stock(true),
        &["mug-star", "mug-moon"],
    )
    .await;
    f.finds(
        &everything()
            .attribute("Colour", "Cream")
            .attribute("Material", "Wool"),
        &["hat-knight"],
    )
    .await;
    f.finds(
        &everything()
            .fandom("star-voyage")
            .seller("main-street")
            .price(2_000, None)
            .rating_min(4.0)
            .attribute("Size", "M"),
        &["shirt-star"],
    )
    .await;
}

async fn filters_narrow_a_text(f: &Fixture) {
    f.finds(&text("mug ").brand("Twins"), &["mug-twin-a", "mug-twin-b"])
        .await;
}

async fn unknown_values_find_nothing(f: &Fixture) {
    for query in [
        everything().category("nowhere"),
        everything().fandom("nothing"),
        everything().brand("Nobody"),
        everything().seller("noone"),
        everything().attribute("Colour", "Ultraviolet"),
        everything().attribute("Weight", "Heavy"),
    ] {
        let page = f.search(&query.facet(FacetName::Price)).await;
        assert_eq!((page.total, page.hits.len()), (0, 0));
        assert_eq!(page.next, None);
        let price = page.facets.price.expect("the facet was asked for");
        assert_eq!((price.bounds, price.buckets.len()), (None, 0));
    }
}
