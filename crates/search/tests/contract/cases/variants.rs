//! Filters on options, price and stock speak of one variant: hits, totals, counts, order and what is shown.

use souk_domain::{Facet, FacetName, Facets, Hit, Sort};
use souk_search::merchandising::Chosen;

use crate::{
    fixture::{Fixture, counts},
    query::{Query, everything, text},
};

cases![
    all_conditions_hold_on_the_same_variant,
    sold_out_means_a_variant_that_is,
    options_count_with_the_other_conditions,
    availability_counts_variants_that_pass,
    price_steps_count_each_variant,
    facets_of_products_count_those_with_a_passing_variant,
    values_without_an_option_hold_for_all_variants,
    price_order_follows_passing_variants,
    price_order_is_paged,
    hit_shows_the_variants_that_pass,
    hit_without_such_filters_shows_the_cheapest,
    rule_that_narrows_speaks_of_the_same_variant,
    rule_that_hides_asks_for_one_variant,
    words_and_variants_narrow_together,
    values_are_searched_under_the_other_conditions,
];

fn titles(hits: &[Hit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.title.as_str()).collect()
}

fn size(size: &str) -> Query {
    everything().attribute("Size", size)
}

fn color(color: &str) -> Query {
    everything().attribute("Color", color)
}

async fn finds(f: &Fixture, query: Query, expected: &[&str]) {
    let sorted = query.clone().sort(Sort::Popular);
    let page = f.search_in(f.shoes, &sorted).await;
    assert_eq!(titles(&page.hits), expected, "{query:?}");
    assert_eq!(page.total, expected.len() as u64, "{query:?}");
}

async fn facets(f: &Fixture, query: Query) -> Facets {
    f.search_in(f.shoes, &query.all_facets()).await.facets
}

fn attribute<'f>(facets: &'f Facets, name: &str) -> Vec<(&'f str, u64)> {
    let facet = facets.attributes.iter().find(|facet| facet.name == name);
    facet.map(counts).unwrap_or_default()
}

fn counted(facet: &Option<Facet>) -> Vec<(&str, u64)> {
    counts(facet.as_ref().expect("the facet was asked for"))
}

async fn all_conditions_hold_on_the_same_variant(f: &Fixture) {
    finds(f, size("S"), &["Shoe A", "Shoe B"]).await;
    finds(f, size("S").in_stock(true), &["Shoe B"]).await;
    finds(f, size("S").attribute("Color", "blue"), &[]).await;
    finds(f, everything().price(3_000, 5_000), &["Shoe A"]).await;
    finds(f, color("blue").price(None, 1_500), &[]).await;
    finds(f, color("blue").price(None, 5_000), &["Shoe A"]).await;
    finds(f, size("M").attribute("Size", "L"), &["Shoe A", "Shoe C"]).await;
    finds(f, size("M").in_stock(true), &["Shoe A"]).await;
    finds(
        f,
        color("red").in_stock(true).price(5_000, None),
        &["Shoe C"],
    )
    .await;
}

async fn sold_out_means_a_variant_that_is(f: &Fixture) {
    finds(f, everything().in_stock(false), &["Shoe A", "Shoe C"]).await;
    finds(f, size("M").in_stock(false), &["Shoe C"]).await;
    finds(f, size("L").in_stock(false), &[]).await;
}

async fn options_count_with_the_other_conditions(f: &Fixture) {
    let all = facets(f, everything()).await;
    assert_eq!(attribute(&all, "Size"), [("M", 2), ("S", 2), ("L", 1)]);
    let colors = [("red", 3), ("blue", 2), ("striped", 1)];
    assert_eq!(attribute(&all, "Color"), colors);

    let buyable = facets(f, everything().in_stock(true)).await;
    let sizes = [("L", 1), ("M", 1), ("S", 1)];
    assert_eq!(attribute(&buyable, "Size"), sizes);
    let colors = [("blue", 2), ("red", 2), ("striped", 1)];
    assert_eq!(attribute(&buyable, "Color"), colors);

    // A facet does not narrow itself, the others do: blue ones are there in M and L.
    let blue = facets(f, color("blue")).await;
    assert_eq!(attribute(&blue, "Size"), [("L", 1), ("M", 1)]);
    let colors = [("red", 3), ("blue", 2), ("striped", 1)];
    assert_eq!(attribute(&blue, "Color"), colors);

    let blue_medium = facets(f, color("blue").attribute("Size", "M")).await;
    assert_eq!(attribute(&blue_medium, "Size"), [("L", 1), ("M", 1)]);
    assert_eq!(attribute(&blue_medium, "Color"), [("blue", 1), ("red", 1)]);
    assert_eq!(attribute(&blue_medium, "Sole"), [("rubber", 1)]);
}

async fn availability_counts_variants_that_pass(f: &Fixture) {
    let all = facets(f, everything()).await;
    let expected = [("in_stock", 4), ("out_of_stock", 2)];
    assert_eq!(counted(&all.availability), expected);
    let small = facets(f, size("S").in_stock(true)).await;
    let expected = [("in_stock", 1), ("out_of_stock", 1)];
    assert_eq!(counted(&small.availability), expected);
    let large = facets(f, size("L")).await;
    assert_eq!(counted(&large.availability), [("in_stock", 1)]);
}

fn steps(facets: &Facets) -> Vec<(i64, u64)> {
    let price = facets.price.as_ref().expect("the facet was asked for");
    let buckets = price.buckets.iter();
    buckets.map(|bucket| (bucket.from, bucket.count)).collect()
}

fn bounds(facets: &Facets) -> Option<(i64, i64)> {
    facets.price.as_ref().and_then(|price| price.bounds)
}

async fn price_steps_count_each_variant(f: &Fixture) {
    let all = facets(f, everything()).await;
    let expected = [(500, 1), (1_000, 1), (2_000, 2), (5_000, 1), (10_000, 1)];
    assert_eq!(steps(&all), expected);
    assert_eq!(bounds(&all), Some((500, 12_000)));

    let buyable = facets(f, everything().in_stock(true)).await;
    assert_eq!(steps(&buyable), [(500, 1), (2_000, 2), (5_000, 1)]);
    assert_eq!(bounds(&buyable), Some((500, 6_000)));

    // Its own limits do not narrow it.
    let dear = facets(f, size("M").price(10_000, None)).await;
    assert_eq!(steps(&dear), [(2_000, 1), (10_000, 1)]);
    assert_eq!(bounds(&dear), Some((4_000, 12_000)));
}

async fn facets_of_products_count_those_with_a_passing_variant(f: &Fixture) {
    let small = facets(f, size("S").in_stock(true)).await;
    assert_eq!(counted(&small.brand), [("Birch", 1)]);
    assert_eq!(counted(&small.category), [("shoes", 1)]);
    let none = facets(f, size("S").attribute("Color", "blue")).await;
    assert!(counted(&none.brand).is_empty());
    let birch = facets(f, size("S").brand("Birch")).await;
    assert_eq!(counted(&birch.brand), [("Alder", 1), ("Birch", 1)]);
    assert_eq!(attribute(&birch, "Size"), [("L", 1), ("M", 1), ("S", 1)]);
}

async fn values_without_an_option_hold_for_all_variants(f: &Fixture) {
    finds(f, color("striped").attribute("Size", "S"), &["Shoe B"]).await;
    finds(f, size("L").attribute("Sole", "leather"), &["Shoe C"]).await;
    finds(f, size("S").attribute("Sole", "leather"), &[]).await;
}

async fn price_order_follows_passing_variants(f: &Fixture) {
    let ordered = async |query: Query, sort| {
        let page = f.search_in(f.shoes, &query.sort(sort)).await;
        page.hits
            .into_iter()
            .map(|hit| hit.title)
            .collect::<Vec<_>>()
    };
    let shoes = || everything().category("shoes");
    let cheapest = ordered(shoes(), Sort::PriceAsc).await;
    assert_eq!(cheapest, ["Shoe A", "Shoe B", "Shoe C"]);
    let buyable = ordered(shoes().in_stock(true), Sort::PriceAsc).await;
    assert_eq!(buyable, ["Shoe B", "Shoe A", "Shoe C"]);
    let dearest = ordered(shoes().in_stock(true), Sort::PriceDesc).await;
    assert_eq!(dearest, ["Shoe C", "Shoe A", "Shoe B"]);
    let medium = ordered(size("M"), Sort::PriceAsc).await;
    assert_eq!(medium, ["Shoe A", "Shoe C"]);
    let dear = ordered(everything().price(3_000, None), Sort::PriceDesc).await;
    assert_eq!(dear, ["Shoe C", "Shoe A"]);
}

async fn price_order_is_paged(f: &Fixture) {
    for (sort, expected) in [
        (Sort::PriceAsc, ["Polish", "Shoe B", "Shoe A", "Shoe C"]),
        (Sort::PriceDesc, ["Shoe C", "Shoe A", "Shoe B", "Polish"]),
    ] {
        let query = everything().in_stock(true).sort(sort).limit(1);
        let mut page = f.search_in(f.shoes, &query).await;
        let mut found: Vec<String> = Vec::new();
        loop {
            found.extend(page.hits.into_iter().map(|hit| hit.title));
            let Some(cursor) = page.next else { break };
            page = f.search_in(f.shoes, &query.clone().after(cursor)).await;
        }
        assert_eq!(found, expected);
    }
}

async fn hit_shows_the_variants_that_pass(f: &Fixture) {
    let blue = color("blue").price(None, 5_000);
    let hit = f.search_in(f.shoes, &blue).await.hits.remove(0);
    assert_eq!((hit.price.min, hit.price.max), (4_000, 4_000));
    assert_eq!((hit.stock, hit.available, hit.variants), (5, true, 2));
    let variant = hit.variant.expect("the leading variant");
    assert_eq!((variant.sku.as_str(), variant.price), ("A-M", 4_000));
    assert_eq!(variant.options["Size"], "M");
    assert_eq!(variant.image.as_deref(), Some("/a-blue.jpg"));
    assert_eq!(variant.image_alt.as_deref(), Some("A in blue"));

    let page = f.search_in(f.shoes, &size("S").in_stock(false)).await;
    let hit = &page.hits[0];
    assert_eq!((hit.price.min, hit.stock, hit.available), (1_000, 0, false));
    assert_eq!(hit.variant.as_ref().map(|own| own.available), Some(false));

    let red = color("red").sort(Sort::PriceDesc);
    let hit = f.search_in(f.shoes, &red).await.hits.remove(0);
    assert_eq!(hit.title, "Shoe C");
    assert_eq!((hit.price.min, hit.price.max), (6_000, 12_000));
    assert_eq!(
        hit.variant.as_ref().map(|own| own.sku.as_str()),
        Some("C-L")
    );
}

async fn hit_without_such_filters_shows_the_cheapest(f: &Fixture) {
    let page = f.search_in(f.shoes, &text("shoe").brand("Alder")).await;
    let hit = &page.hits[0];
    assert_eq!((hit.price.min, hit.price.max), (1_000, 4_000));
    assert_eq!((hit.stock, hit.available), (5, true));
    assert_eq!(
        hit.variant.as_ref().map(|own| own.sku.as_str()),
        Some("A-S")
    );
    let page = f.search_in(f.shoes, &text("polish")).await;
    assert_eq!(
        page.hits[0].variant.as_ref().map(|own| own.price),
        Some(500)
    );
}

async fn rule_that_narrows_speaks_of_the_same_variant(f: &Fixture) {
    let buyable = everything().in_stock(true);
    finds(f, size("S").only(buyable.clone()), &["Shoe B"]).await;
    let narrowed = facets(f, everything().only(buyable)).await;
    let sizes = [("L", 1), ("M", 1), ("S", 1)];
    assert_eq!(attribute(&narrowed, "Size"), sizes);
    assert_eq!(counted(&narrowed.availability), [("in_stock", 4)]);
}

async fn rule_that_hides_asks_for_one_variant(f: &Fixture) {
    let small_and_blue = size("S").attribute("Color", "blue").matching();
    let hidden = everything().category("shoes").hide(small_and_blue);
    finds(f, hidden, &["Shoe A", "Shoe B", "Shoe C"]).await;
    let medium_and_sold_out: Chosen = size("M").in_stock(false).matching();
    let hidden = everything().category("shoes").hide(medium_and_sold_out);
    finds(f, hidden, &["Shoe A", "Shoe B"]).await;
}

async fn words_and_variants_narrow_together(f: &Fixture) {
    let query = text("shoe").attribute("Size", "M").in_stock(true);
    let page = f.search_in(f.shoes, &query.all_facets()).await;
    assert_eq!(titles(&page.hits), ["Shoe A"]);
    assert_eq!(page.total, 1);
    assert_eq!(
        attribute(&page.facets, "Size"),
        [("L", 1), ("M", 1), ("S", 1)]
    );
}

async fn values_are_searched_under_the_other_conditions(f: &Fixture) {
    let values = async |query: Query, name: &str, needle: &str| {
        let plan = f.plan(f.shoes, &query).await;
        let facet = FacetName::Attributes;
        let values =
            souk_search::facet_values(f.engine.as_ref(), &plan, facet, Some(name), needle, 10);
        let values = values.await.expect("the values").values;
        let values = values.into_iter().map(|own| (own.value, own.count));
        values.collect::<Vec<_>>()
    };
    let buyable = everything().in_stock(true);
    let red = values(buyable.clone(), "Color", "re").await;
    assert_eq!(red, [("red".to_owned(), 2)]);
    let none = values(buyable.attribute("Color", "striped"), "Size", "m").await;
    assert!(none.is_empty());
}
