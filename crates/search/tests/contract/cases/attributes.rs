//! Definitions of attributes: what is internal is found by nobody, what is not searched by no word, and orders of values.

use souk_domain::{Facet, FacetName, SearchPage, Sort};
use souk_search::SuggestRequest;

use crate::{
    fixture::{Fixture, counts},
    query::{Query, everything, text},
};

cases![
    internal_value_is_found_by_no_word,
    internal_value_is_found_by_no_filter_and_in_no_facet,
    internal_value_is_in_no_facet_search_and_no_suggestion,
    unsearched_value_is_found_by_filter_alone,
    unfiltered_attribute_is_searched_and_no_facet,
    values_come_in_the_order_of_the_definition,
    defined_attributes_come_first_by_position,
];

pub(super) fn titles(page: &SearchPage) -> Vec<&str> {
    page.hits.iter().map(|hit| hit.title.as_str()).collect()
}

pub(super) async fn search(f: &Fixture, query: &Query) -> SearchPage {
    f.search_in(f.defined, query).await
}

pub(super) async fn finds(f: &Fixture, query: Query, expected: &[&str]) {
    let query = query.sort(Sort::Popular);
    let page = search(f, &query).await;
    assert_eq!(titles(&page), expected, "{query:?}");
    assert_eq!(page.total, expected.len() as u64, "{query:?}");
}

async fn attributes(f: &Fixture, query: Query) -> Vec<Facet> {
    let query = query.facet(FacetName::Attributes);
    search(f, &query).await.facets.attributes
}

fn named<'f>(facets: &'f [Facet], name: &str) -> &'f Facet {
    let facet = facets.iter().find(|facet| facet.name == name);
    facet.unwrap_or_else(|| panic!("no facet {name}"))
}

async fn internal_value_is_found_by_no_word(f: &Fixture) {
    // As a word, the beginning of one, with a typo, as a part number and its beginning, in an option of a variant.
    for words in [
        "zanzibar",
        "zanzib",
        "zanzibr",
        "qqx-9000",
        "qqx9000",
        "qqx-90",
        "9000",
        "batchword",
        "lot batchword",
    ] {
        finds(f, text(words), &[]).await;
    }
    // Nor beside a word that is found.
    let page = search(f, &text("Ant zanzibar")).await;
    assert_ne!(page.stage, souk_domain::MatchStage::AllTerms);
}

async fn internal_value_is_found_by_no_filter_and_in_no_facet(f: &Fixture) {
    for (name, value) in [
        ("Cost", "zanzibar"),
        ("model", "qqx-9000"),
        ("batch", "lot batchword"),
    ] {
        let filtered = everything().attribute(name, value);
        finds(f, filtered.clone(), &[]).await;
        let facets = attributes(f, filtered.clone()).await;
        assert!(facets.iter().all(|facet| facet.name != name), "{facets:?}");
        // Nor does a rule find it.
        finds(f, everything().only(filtered), &[]).await;
    }
    let facets = attributes(f, everything()).await;
    let names: Vec<_> = facets.iter().map(|facet| facet.name.as_str()).collect();
    for internal in ["Cost", "model", "batch"] {
        assert!(!names.contains(&internal), "{names:?}");
    }
    let all = format!("{:?}", search(f, &everything().all_facets()).await);
    for secret in ["zanzibar", "qqx", "batchword"] {
        assert!(!all.contains(secret), "{secret}");
    }
}

async fn internal_value_is_in_no_facet_search_and_no_suggestion(f: &Fixture) {
    for (name, needle) in [
        ("Cost", ""),
        ("Cost", "zan"),
        ("batch", ""),
        ("model", "qqx"),
    ] {
        let plan = f.plan(f.defined, &everything()).await;
        let engine = f.engine.as_ref();
        let facet = FacetName::Attributes;
        let values = souk_search::facet_values(engine, &plan, facet, Some(name), needle, 20);
        let values = values.await.expect("the values");
        assert!(
            values.values.is_empty() && values.left_out == 0,
            "{values:?}"
        );
    }
    for typed in ["zanz", "zanzibar", "qqx9", "batchw"] {
        let request = SuggestRequest {
            tenant: f.defined,
            language: f.language,
            text: typed.to_owned(),
            limit: 20,
        };
        let suggestions = f.engine.suggest(&request).await.expect("suggestions");
        assert_eq!(suggestions, [], "{typed}");
    }
}

async fn unsearched_value_is_found_by_filter_alone(f: &Fixture) {
    for words in ["krypton", "krypt", "wwy-7000", "wwy7000", "wwy-70"] {
        finds(f, text(words), &[]).await;
    }
    finds(
        f,
        everything().attribute("note", "krypton"),
        &["Cat", "Dog"],
    )
    .await;
    finds(f, everything().attribute("mpn", "wwy-7000"), &["Dog"]).await;
    let facets = attributes(f, everything()).await;
    assert_eq!(counts(named(&facets, "note")), [("krypton", 2)]);
}

async fn unfiltered_attribute_is_searched_and_no_facet(f: &Fixture) {
    finds(f, text("velvet"), &["Elk"]).await;
    let filtered = everything().attribute("fabric", "velvet");
    finds(f, filtered.clone(), &["Elk"]).await;
    for query in [everything(), filtered] {
        let facets = attributes(f, query).await;
        assert!(
            facets.iter().all(|facet| facet.name != "fabric"),
            "{facets:?}"
        );
    }
}

async fn values_come_in_the_order_of_the_definition(f: &Fixture) {
    let facets = attributes(f, everything()).await;
    let sizes = counts(named(&facets, "size"));
    let expected = [
        ("XS", 1),
        ("S", 1),
        ("M", 1),
        ("L", 1),
        ("XL", 1),
        ("XXL", 1),
    ];
    assert_eq!(sizes, expected);
    let shoes = counts(named(&facets, "shoe"));
    assert_eq!(shoes, [("9", 1), ("9.5", 1), ("10", 3)]);
    let grades = counts(named(&facets, "grade"));
    let expected = [("gold", 1), ("silver", 1), ("bronze", 3), ("other", 1)];
    assert_eq!(grades, expected);
    // Without a definition, by count.
    let colours = counts(named(&facets, "Colour"));
    assert_eq!(colours, [("red", 2), ("blue", 1)]);
    // As the values of one facet are, whatever is selected in it.
    let plan = f
        .plan(f.defined, &everything().attribute("size", "S"))
        .await;
    let engine = f.engine.as_ref();
    let facet = FacetName::Attributes;
    let values = souk_search::facet_values(engine, &plan, facet, Some("size"), "x", 20);
    let values = values.await.expect("the values");
    assert_eq!(counts(&values), [("XS", 1), ("XL", 1), ("XXL", 1)]);
}

async fn defined_attributes_come_first_by_position(f: &Fixture) {
    let facets = attributes(f, everything()).await;
    let names: Vec<_> = facets.iter().map(|facet| facet.name.as_str()).collect();
    assert_eq!(names, ["size", "shoe", "grade", "note", "mpn", "Colour"]);
    // Also where nothing is left to choose.
    let facets = attributes(f, everything().brand("Wild")).await;
    let names: Vec<_> = facets.iter().map(|facet| facet.name.as_str()).collect();
    assert_eq!(names, ["size", "grade"]);
}
