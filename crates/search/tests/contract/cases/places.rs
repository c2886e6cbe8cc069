//! Several categories and fandoms of one product: found by each, counted once.

use souk_domain::{Facet, FacetName, Hit, Sort, SuggestionKind};
use souk_search::SuggestRequest;

use crate::{
    fixture::{Fixture, counts},
    query::{Query, everything, text},
};

cases![
    category_filter_finds_main_and_further_ones,
    fandom_filter_finds_leading_and_further_ones,
    product_counts_once_in_each_category_and_ancestor,
    product_counts_once_for_each_fandom,
    own_facet_ignores_own_selection,
    other_filters_narrow_counts_by_set,
    text_narrows_counts_by_set,
    words_of_further_names_find_the_product,
    hit_shows_main_category_and_leading_fandom,
    listing_of_a_category_is_sorted_and_paged,
    facet_values_are_searched_among_further_ones,
    further_names_are_suggested,
    merchandising_filters_see_further_ones,
    product_with_the_main_category_among_further_ones_is_similar,
];

fn titles(hits: &[Hit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.title.as_str()).collect()
}

async fn finds(f: &Fixture, query: Query, expected: &[&str]) {
    let page = f
        .search_in(f.places, &query.clone().sort(Sort::Popular))
        .await;
    assert_eq!(titles(&page.hits), expected, "{query:?}");
    assert_eq!(page.total, expected.len() as u64, "{query:?}");
}

async fn facet(f: &Fixture, query: Query, name: FacetName) -> Facet {
    let facets = f.search_in(f.places, &query.facet(name)).await.facets;
    let facet = match name {
        FacetName::Category => facets.category,
        _ => facets.fandom,
    };
    facet.expect("the facet was asked for")
}

async fn counted(f: &Fixture, query: Query, name: FacetName, expected: &[(&str, u64)]) {
    let facet = facet(f, query.clone(), name).await;
    assert_eq!(counts(&facet), expected, "{query:?}");
    assert!(facet.exact && facet.left_out == 0, "{query:?}");
}

async fn category_filter_finds_main_and_further_ones(f: &Fixture) {
    let by = |slug| everything().category(slug);
    finds(f, by("mugs"), &["Alpha", "Beta", "Gamma", "Delta"]).await;
    finds(f, by("jugs"), &["Alpha", "Epsilon"]).await;
    finds(
        f,
        by("home"),
        &["Alpha", "Beta", "Gamma", "Delta", "Epsilon"],
    )
    .await;
    finds(f, by("gifts"), &["Beta", "Gamma"]).await;
    finds(f, by("under-ten"), &["Beta"]).await;
    finds(f, by("clearance"), &["Epsilon"]).await;
    finds(f, by("hidden"), &[]).await;
    let either = by("jugs").category("gifts");
    finds(f, either, &["Alpha", "Beta", "Gamma", "Epsilon"]).await;
}

async fn fandom_filter_finds_leading_and_further_ones(f: &Fixture) {
    let by = |slug| everything().fandom(slug);
    finds(f, by("trek"), &["Alpha", "Beta", "Delta"]).await;
    finds(f, by("wars"), &["Alpha", "Beta", "Epsilon"]).await;
    finds(f, by("potter"), &["Beta", "Gamma"]).await;
    finds(f, by("unused"), &[]).await;
    let both = by("wars").category("jugs");
    finds(f, both, &["Alpha", "Epsilon"]).await;
}

async fn product_counts_once_in_each_category_and_ancestor(f: &Fixture) {
    let expected = [
        ("home", 5),
        ("kitchen", 5),
        ("mugs", 4),
        ("gifts", 2),
        ("jugs", 2),
        ("clearance", 1),
        ("under-ten", 1),
    ];
    counted(f, everything(), FacetName::Category, &expected).await;
    let categories = facet(f, everything(), FacetName::Category).await.values;
    let shown = |slug: &str| {
        let value = categories.iter().find(|value| value.value == slug);
        let value = value.expect("a counted category");
        (value.label.clone(), value.parent.clone())
    };
    assert_eq!(shown("jugs"), ("Jugs".into(), Some("kitchen".into())));
    assert_eq!(
        shown("under-ten"),
        ("Under Ten".into(), Some("gifts".into()))
    );
    assert_eq!(shown("clearance"), ("Clearance".into(), None));
}

async fn product_counts_once_for_each_fandom(f: &Fixture) {
    let expected = [("trek", 3), ("wars", 3), ("potter", 2)];
    counted(f, everything(), FacetName::Fandom, &expected).await;
    let fandoms = facet(f, everything(), FacetName::Fandom).await.values;
    assert_eq!(fandoms[2].label, "Potterworld");
}

async fn own_facet_ignores_own_selection(f: &Fixture) {
    let all = facet(f, everything(), FacetName::Category).await;
    let jugs = facet(f, everything().category("jugs"), FacetName::Category).await;
    assert_eq!(counts(&jugs), counts(&all));
    let fandoms = [("trek", 3), ("wars", 3), ("potter", 2)];
    counted(
        f,
        everything().fandom("potter"),
        FacetName::Fandom,
        &fandoms,
    )
    .await;
}

async fn other_filters_narrow_counts_by_set(f: &Fixture) {
    let expected = [
        ("home", 3),
        ("kitchen", 3),
        ("jugs", 2),
        ("mugs", 2),
        ("clearance", 1),
        ("gifts", 1),
        ("under-ten", 1),
    ];
    counted(
        f,
        everything().fandom("wars"),
        FacetName::Category,
        &expected,
    )
    .await;
    let expected = [("wars", 2), ("trek", 1)];
    counted(
        f,
        everything().category("jugs"),
        FacetName::Fandom,
        &expected,
    )
    .await;
    let none = everything().brand("Loom");
    counted(f, none, FacetName::Category, &[]).await;
}

async fn text_narrows_counts_by_set(f: &Fixture) {
    let expected = [
        ("gifts", 1),
        ("home", 1),
        ("kitchen", 1),
        ("under-ten", 1),
        ("mugs", 1),
    ];
    counted(f, text("beta "), FacetName::Category, &expected).await;
    let expected = [("potter", 1), ("trek", 1), ("wars", 1)];
    counted(f, text("beta "), FacetName::Fandom, &expected).await;
}

async fn words_of_further_names_find_the_product(f: &Fixture) {
    finds(f, text("clearance "), &["Epsilon"]).await;
    finds(f, text("potterworld "), &["Beta", "Gamma"]).await;
    finds(f, text("gifts trek "), &["Beta"]).await;
    finds(f, text("jugs "), &["Alpha", "Epsilon"]).await;
    finds(f, text("clearance kitchen "), &["Epsilon"]).await;
}

async fn hit_shows_main_category_and_leading_fandom(f: &Fixture) {
    let page = f
        .search_in(f.places, &everything().sort(Sort::Popular))
        .await;
    let slug = |label: &Option<souk_domain::Label>| label.as_ref().map(|label| label.slug.clone());
    let shown: Vec<_> = page
        .hits
        .iter()
        .map(|hit| (slug(&hit.category), slug(&hit.fandom)))
        .collect();
    let expected = [
        (Some("mugs"), Some("trek")),
        (Some("mugs"), Some("wars")),
        (Some("gifts"), Some("potter")),
        (Some("mugs"), Some("trek")),
        (None, None),
        (None, None),
    ];
    let expected = expected.map(|(one, other)| (one.map(str::to_owned), other.map(str::to_owned)));
    assert_eq!(shown, expected);
}

async fn listing_of_a_category_is_sorted_and_paged(f: &Fixture) {
    let query = everything().category("home").sort(Sort::Popular).limit(2);
    let first = f.search_in(f.places, &query).await;
    assert_eq!(titles(&first.hits), ["Alpha", "Beta"]);
    let cursor = first.next.expect("another page");
    let second = f.search_in(f.places, &query.clone().after(cursor)).await;
    assert_eq!(titles(&second.hits), ["Gamma", "Delta"]);
    let last = f.search_in(f.places, &query.offset(4)).await;
    assert_eq!(titles(&last.hits), ["Epsilon"]);
}

async fn facet_values_are_searched_among_further_ones(f: &Fixture) {
    for (name, needle, expected) in [
        (FacetName::Category, "j", ("jugs", 2)),
        (FacetName::Category, "under", ("under-ten", 1)),
        (FacetName::Fandom, "pott", ("potter", 2)),
        (FacetName::Fandom, "wars", ("wars", 3)),
    ] {
        let plan = everything().plan(f.places, f.language);
        let values = souk_search::facet_values(f.engine.as_ref(), &plan, name, None, needle, 9);
        let values = values.await.expect("the values");
        assert_eq!(counts(&values), [expected], "{needle}");
    }
}

async fn further_names_are_suggested(f: &Fixture) {
    for (typed, kind, value) in [
        ("clear", SuggestionKind::Category, Some("clearance")),
        ("under", SuggestionKind::Category, Some("under-ten")),
        ("potterw", SuggestionKind::Fandom, Some("potter")),
        ("hidd", SuggestionKind::Category, None),
        ("unus", SuggestionKind::Fandom, None),
    ] {
        let request = SuggestRequest {
            tenant: f.places,
            language: f.language,
            text: typed.to_owned(),
            limit: 20,
        };
        let found = f.engine.suggest(&request).await.expect("suggestions");
        let found = found.iter().filter(|found| found.kind == kind);
        let values: Vec<_> = found.map(|found| found.value.as_deref()).collect();
        assert_eq!(values, Vec::from_iter(value.map(Some)), "{typed}");
    }
}

async fn merchandising_filters_see_further_ones(f: &Fixture) {
    let hidden = everything().hide(everything().category("jugs").matching());
    finds(f, hidden, &["Beta", "Gamma", "Delta", "Zeta"]).await;
    let only = everything().only(everything().fandom("wars"));
    finds(f, only, &["Alpha", "Beta", "Epsilon"]).await;
    let lifted = everything().boost(everything().category("clearance").matching(), 20.0);
    let page = f.search_in(f.places, &lifted.sort(Sort::Popular)).await;
    assert_eq!(page.hits[0].title, "Epsilon");
}

async fn product_with_the_main_category_among_further_ones_is_similar(f: &Fixture) {
    let page = f
        .search_in(f.places, &everything().sort(Sort::Popular))
        .await;
    let gamma = &page.hits[2];
    assert_eq!(gamma.title, "Gamma");
    let similar = f.engine.similar(f.places, gamma.id, 9).await;
    // Gamma is a gift about Potterworld, and so is Beta besides.
    assert_eq!(titles(&similar.expect("hits"))[0], "Beta");
}
