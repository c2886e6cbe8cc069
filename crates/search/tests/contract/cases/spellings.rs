//! Values that people take for one are one: counts, filters, searched values, suggestions and rules.

use souk_domain::{Facet, FacetName, Facets, SuggestionKind};

use crate::{
    fixture::{Fixture, counts, selected},
    query::{Query, everything},
};

cases![
    brand_is_one_value_in_its_most_frequent_spelling,
    filter_takes_any_spelling,
    own_filter_does_not_narrow_the_facet,
    attribute_is_one_however_its_name_is_spelled,
    conditions_in_any_spelling_hold_on_one_variant,
    values_are_searched_under_any_spelling_of_the_name,
    brand_is_suggested_once,
    rules_select_any_spelling,
    internal_attribute_is_hidden_in_every_spelling,
    accents_tell_values_apart,
];

async fn facets(f: &Fixture, query: Query) -> Facets {
    f.search_in(f.spellings, &query.all_facets()).await.facets
}

async fn finds(f: &Fixture, query: Query, expected: &[&str]) {
    let page = f.search_in(f.spellings, &query).await;
    let mut titles: Vec<_> = page.hits.iter().map(|hit| hit.title.as_str()).collect();
    titles.sort_unstable();
    let expected: Vec<_> = expected
        .iter()
        .map(|name| format!("Phone {name}"))
        .collect();
    assert_eq!(titles, expected, "{query:?}");
    assert_eq!(page.total, expected.len() as u64, "{query:?}");
}

fn brands(facets: &Facets) -> &Facet {
    facets.brand.as_ref().expect("brands were asked for")
}

fn attribute<'f>(facets: &'f Facets, name: &str) -> &'f Facet {
    let facet = facets.attributes.iter().find(|facet| facet.name == name);
    facet.unwrap_or_else(|| panic!("no {name} in {:?}", facets.attributes))
}

const BRANDS: [(&str, u64); 3] = [("Apple", 5), ("ACME Labs", 2), ("Applé", 1)];

async fn brand_is_one_value_in_its_most_frequent_spelling(f: &Fixture) {
    let facets = facets(f, everything()).await;
    assert_eq!(counts(brands(&facets)), BRANDS);
}

async fn filter_takes_any_spelling(f: &Fixture) {
    let apples = ["A", "B", "C", "D", "E"];
    for spelling in ["Apple", "APPLE", "apple", "aPPle", " apple ", "Ａｐｐｌｅ"] {
        finds(f, everything().brand(spelling), &apples).await;
    }
    finds(f, everything().brand("acme labs"), &["G", "H"]).await;
    let both = everything().brand("APPLE").brand("Apple");
    finds(f, both, &apples).await;
    finds(f, everything().brand("app le"), &[]).await;
}

async fn own_filter_does_not_narrow_the_facet(f: &Fixture) {
    let facets = facets(f, everything().brand("APPLE").brand("nobody")).await;
    let mut expected = BRANDS.to_vec();
    expected.push(("nobody", 0));
    assert_eq!(counts(brands(&facets)), expected);
    assert_eq!(selected(brands(&facets)), ["Apple", "nobody"]);
}

async fn attribute_is_one_however_its_name_is_spelled(f: &Fixture) {
    let all = facets(f, everything()).await;
    let colors = [("Red", 4), ("Blue", 1), ("Rose", 1), ("Rosé", 1)];
    assert_eq!(counts(attribute(&all, "Color")), colors);
    assert_eq!(attribute(&all, "Größe").values[0].count, 3);
    assert_eq!(all.attributes.len(), 3, "{:?}", all.attributes);

    finds(
        f,
        everything().attribute("COLOR", "RED"),
        &["A", "B", "C", "D"],
    )
    .await;
    finds(
        f,
        everything().attribute("grösse", "weiss"),
        &["E", "F", "G"],
    )
    .await;
    let both = everything()
        .attribute("color", "blue")
        .attribute("Color", "rose");
    finds(f, both.clone(), &["D", "H"]).await;
    let filtered = facets(f, both).await;
    assert_eq!(counts(attribute(&filtered, "Color")), colors);
    assert_eq!(selected(attribute(&filtered, "Color")), ["Blue", "Rose"]);
}

async fn conditions_in_any_spelling_hold_on_one_variant(f: &Fixture) {
    let blue = everything().attribute("color", "BLUE");
    finds(f, blue.clone().attribute("SIZE", "l"), &["D"]).await;
    finds(f, blue.clone().attribute("size", "s"), &[]).await;
    finds(f, blue.clone().in_stock(true), &[]).await;
    let sizes = facets(f, blue).await;
    assert_eq!(counts(attribute(&sizes, "Size")), [("L", 1), ("M", 1)]);
}

async fn values_are_searched_under_any_spelling_of_the_name(f: &Fixture) {
    for name in ["Color", "COLOR", "colOR"] {
        let (query, facet) = (everything(), FacetName::Attributes);
        let found = f
            .values_in(f.spellings, &query, facet, Some(name), "r")
            .await;
        assert_eq!(
            counts(&found),
            [("Red", 4), ("Rose", 1), ("Rosé", 1)],
            "{name}"
        );
    }
    let found = f
        .values_in(
            f.spellings,
            &everything(),
            FacetName::Attributes,
            Some("GRÖSSE"),
            "",
        )
        .await;
    assert_eq!(found.values.len(), 1);
    let found = f
        .values_in(f.spellings, &everything(), FacetName::Brand, None, "app")
        .await;
    assert_eq!(counts(&found), [("Apple", 5), ("Applé", 1)]);
}

async fn brand_is_suggested_once(f: &Fixture) {
    let found = f.suggest_in(f.spellings, "acm", 10).await;
    let brands = found.iter().filter(|own| own.kind == SuggestionKind::Brand);
    let brands: Vec<_> = brands.map(|own| (own.text.as_str(), own.count)).collect();
    assert_eq!(brands, [("ACME Labs", Some(2))]);
}

async fn rules_select_any_spelling(f: &Fixture) {
    let apple = || everything().brand("APPLE");
    finds(f, everything().hide(apple().matching()), &["F", "G", "H"]).await;
    let red = everything().attribute("COLOR", "red");
    finds(
        f,
        everything().only(red).brand("apple"),
        &["A", "B", "C", "D"],
    )
    .await;
}

async fn internal_attribute_is_hidden_in_every_spelling(f: &Fixture) {
    let all = facets(f, everything()).await;
    assert!(all.attributes.iter().all(|facet| facet.name != "COST"));
    finds(f, everything().attribute("COST", "low"), &[]).await;
}

async fn accents_tell_values_apart(f: &Fixture) {
    finds(f, everything().brand("APPLÉ"), &["F"]).await;
    finds(f, everything().attribute("color", "ROSÉ"), &["B"]).await;
    finds(f, everything().attribute("color", "ROSE"), &["H"]).await;
}
