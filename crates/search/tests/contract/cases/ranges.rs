//! Ranges of numbers and dates: what they find, what they count, and the bounds that facets show.

use souk_domain::{FacetName, RangeFacet};

use super::attributes::{finds, search};
use crate::{
    fixture::{Fixture, counts},
    query::{Query, everything, text},
};

cases![
    range_finds_products_with_a_number_in_it,
    numbers_are_compared_in_one_unit,
    date_range_finds_by_the_first_moment,
    ranges_combine_with_text_and_other_filters,
    bounds_follow_every_filter_but_their_own,
    counts_of_other_facets_follow_a_range,
    range_of_an_undefined_or_internal_attribute_finds_nothing,
    range_without_limits_finds_what_has_a_number,
];

const DAY_MS: f64 = 86_400_000.0;
/// Days from 1970 to the first of January 2024.
const YEAR_2024: f64 = 19_723.0 * DAY_MS;
const YEAR_2023_MAY: f64 = 19_478.0 * DAY_MS;
const LAST_OF_2024: f64 = YEAR_2024 + 365.0 * DAY_MS;
const YEAR_2025: f64 = YEAR_2024 + 366.0 * DAY_MS;

async fn bounds(f: &Fixture, query: Query) -> Vec<(String, Option<(f64, f64)>)> {
    let page = search(f, &query.facet(FacetName::Attributes)).await;
    let ranges = page.facets.ranges.into_iter();
    ranges
        .map(
            |RangeFacet {
                 name,
                 bounds,
                 exact,
             }| {
                assert!(exact, "{name}");
                (name, bounds)
            },
        )
        .collect()
}

fn weight(range: impl Into<Option<(f64, f64)>>) -> (String, Option<(f64, f64)>) {
    ("weight".to_owned(), range.into())
}

fn released(range: impl Into<Option<(f64, f64)>>) -> (String, Option<(f64, f64)>) {
    ("released".to_owned(), range.into())
}

async fn range_finds_products_with_a_number_in_it(f: &Fixture) {
    let by = |min, max| everything().range("weight", min, max);
    finds(f, by(Some(2.0), None), &["Cat", "Dog", "Elk"]).await;
    finds(f, by(Some(2.0), Some(10.0)), &["Cat", "Dog", "Elk"]).await;
    finds(f, by(Some(2.1), Some(10.0)), &["Dog"]).await;
    finds(f, by(Some(2.1), None), &["Dog", "Elk"]).await;
    finds(f, by(None, Some(1.0)), &["Ant", "Bee"]).await;
    finds(f, by(Some(100.0), None), &[]).await;
    finds(f, by(None, Some(-1.0)), &[]).await;
    // Between both numbers of one product, of which neither lies in it.
    finds(f, by(Some(11.0), Some(12.0)), &[]).await;
}

async fn numbers_are_compared_in_one_unit(f: &Fixture) {
    let half = everything().range("weight", 0.5, 0.5);
    finds(f, half, &["Ant", "Bee"]).await;
    let two = everything().range("weight", 2.0, 2.0);
    finds(f, two, &["Cat", "Elk"]).await;
    let comma = everything().range("weight", 12.5, 12.5);
    finds(f, comma, &["Elk"]).await;
}

async fn date_range_finds_by_the_first_moment(f: &Fixture) {
    let by = |min, max| everything().range("released", min, max);
    finds(f, by(Some(YEAR_2024), None), &["Bee", "Cat", "Dog"]).await;
    finds(f, by(Some(YEAR_2024), Some(LAST_OF_2024)), &["Bee", "Cat"]).await;
    finds(f, by(Some(YEAR_2025), None), &["Dog"]).await;
    finds(f, by(None, Some(YEAR_2024 - 1.0)), &["Ant"]).await;
}

async fn ranges_combine_with_text_and_other_filters(f: &Fixture) {
    let heavy = || everything().range("weight", 2.0, None);
    finds(f, heavy().brand("Zoo"), &["Cat", "Dog"]).await;
    finds(f, heavy().range("released", YEAR_2025, None), &["Dog"]).await;
    finds(f, heavy().attribute("note", "krypton"), &["Cat", "Dog"]).await;
    finds(f, heavy().attribute("Cost", "zanzibar"), &[]).await;
    finds(f, text("elk").range("weight", 2.0, None), &["Elk"]).await;
    finds(f, text("elk").range("weight", None, 1.0), &[]).await;
    let paged = heavy().limit(1).offset(1);
    assert_eq!(search(f, &paged).await.total, 3);
}

async fn bounds_follow_every_filter_but_their_own(f: &Fixture) {
    let all = [released((YEAR_2023_MAY, YEAR_2025)), weight((0.5, 12.5))];
    assert_eq!(bounds(f, everything()).await, all);
    let zoo = bounds(f, everything().brand("Zoo")).await;
    assert_eq!(
        zoo,
        [released((YEAR_2023_MAY, YEAR_2025)), weight((0.5, 10.0))]
    );
    let heavy = bounds(f, everything().range("weight", 3.0, 11.0)).await;
    assert_eq!(
        heavy,
        [released((YEAR_2025, YEAR_2025)), weight((0.5, 12.5))]
    );
    let both = everything()
        .range("weight", 2.0, None)
        .range("released", YEAR_2024, LAST_OF_2024);
    let expected = [released((LAST_OF_2024, YEAR_2025)), weight((0.5, 2.0))];
    assert_eq!(bounds(f, both).await, expected);
    // Nothing has a number, and nothing is asked for.
    assert_eq!(bounds(f, text("gnu")).await, []);
    // One that is asked for is shown all the same.
    let asked = bounds(f, text("gnu").range("weight", 1.0, None)).await;
    assert_eq!(asked, [weight(None)]);
    // Without the attributes, nothing is counted.
    let none = search(f, &everything().facet(FacetName::Brand)).await;
    assert!(none.facets.ranges.is_empty());
}

async fn counts_of_other_facets_follow_a_range(f: &Fixture) {
    let heavy = everything().range("weight", 2.0, None).all_facets();
    let facets = search(f, &heavy).await.facets;
    let brands = facets.brand.expect("brands");
    assert_eq!(counts(&brands), [("Zoo", 2), ("Wild", 1)]);
    let named = |name: &str| facets.attributes.iter().find(|facet| facet.name == name);
    let sizes = counts(named("size").expect("sizes"));
    assert_eq!(sizes, [("L", 1), ("XL", 1), ("XXL", 1)]);
    assert!(named("weight").is_none() && named("released").is_none());
    let nothing = everything().range("weight", 100.0, None).all_facets();
    let facets = search(f, &nothing).await.facets;
    assert!(facets.brand.expect("brands").values.is_empty());
}

async fn range_of_an_undefined_or_internal_attribute_finds_nothing(f: &Fixture) {
    for name in ["Cost", "batch", "size", "shoe", "Colour", "unknown"] {
        let ranged = everything().range(name, 0.0, None);
        finds(f, ranged.clone(), &[]).await;
        let bounds = bounds(f, ranged).await;
        assert!(bounds.iter().all(|(own, _)| own != name), "{bounds:?}");
    }
}

async fn range_without_limits_finds_what_has_a_number(f: &Fixture) {
    let any = everything().range("weight", None, None);
    finds(f, any, &["Ant", "Bee", "Cat", "Dog", "Elk"]).await;
}
