//! A tenant sees its own catalogue and nothing else.

use souk_domain::{FacetName, Language};
use souk_search::SuggestRequest;

use crate::{
    fixture::{Fixture, counts},
    query::{everything, text},
};

cases![
    searches_stay_within_the_tenant,
    codes_stay_within_the_tenant,
    facets_and_their_labels_stay_within_the_tenant,
    suggestions_stay_within_the_tenant,
    similar_products_stay_within_the_tenant,
    each_tenant_has_its_language,
    every_tenant_is_ready,
];

async fn searches_stay_within_the_tenant(f: &Fixture) {
    let page = f.search_in(f.other, &everything()).await;
    assert_eq!(page.total, 3);
    let own = f.search(&text("next door ")).await;
    assert!(own.hits.iter().all(|hit| !hit.title.contains("door")));
    let page = f.search_in(f.other, &text("voyage ")).await;
    assert_eq!(page.total, 1);
    assert_eq!(page.hits[0].title, "Star Voyage Mug from next door");
    let page = f
        .search_in(f.other, &everything().fandom("moon-garden"))
        .await;
    assert_eq!(page.total, 0, "the neighbour's fandom");
}

async fn codes_stay_within_the_tenant(f: &Fixture) {
    let page = f.search_in(f.other, &text("KN-100-A")).await;
    let titles: Vec<_> = page.hits.iter().map(|hit| hit.title.as_str()).collect();
    assert_eq!(titles, ["Knopf"]);
}

async fn facets_and_their_labels_stay_within_the_tenant(f: &Fixture) {
    let query = everything().category("mugs").all_facets();
    let facets = f.search_in(f.other, &query).await.facets;
    let categories = facets.category.expect("asked for");
    assert_eq!(counts(&categories), [("mugs", 3)]);
    assert_eq!(categories.values[0].label, "Becher");
    let fandoms = facets.fandom.expect("asked for");
    assert_eq!(fandoms.values[0].label, "Sternreise");
    assert_eq!(counts(&facets.brand.expect("asked for")), [("Nextdoor", 1)]);

    let own = f.search(&query).await.facets;
    assert!(
        own.attributes
            .iter()
            .flat_map(|facet| &facet.values)
            .all(|value| value.value != "Mauve")
    );
    let brands = f
        .facet_values(&everything(), FacetName::Brand, None, "next", 10)
        .await;
    assert_eq!(brands.values, []);
}

async fn suggestions_stay_within_the_tenant(f: &Fixture) {
    for typed in ["next", "nextd", "stern", "knopf", "haup"] {
        let found = f.suggest(typed, 20).await;
        for suggestion in &found {
            let text = &suggestion.text;
            let foreign = ["Nextdoor", "next door", "Sternreise", "Knopf"];
            assert!(!foreign.iter().any(|name| text.contains(name)), "{text}");
        }
    }
    let request = SuggestRequest {
        tenant: f.other,
        language: Language::German,
        text: "nextd".to_owned(),
        limit: 10,
    };
    assert!(
        !f.engine
            .suggest(&request)
            .await
            .expect("an answer")
            .is_empty()
    );
}

async fn similar_products_stay_within_the_tenant(f: &Fixture) {
    let foreign = f
        .engine
        .similar(f.other, f.id("mug-star"), 5)
        .await
        .expect("an answer");
    assert_eq!(foreign, []);
    let own = f
        .engine
        .similar(f.shop, f.id("mug-star"), 50)
        .await
        .expect("an answer");
    assert!(own.iter().all(|hit| !hit.title.contains("next door")));
}

async fn each_tenant_has_its_language(f: &Fixture) {
    let page = f.search_in(f.other, &text("haus ")).await;
    assert_eq!(page.total, 1, "Häusern are many a Haus in German");
}

async fn every_tenant_is_ready(f: &Fixture) {
    for tenant in [f.shop, f.other, f.wide] {
        f.engine.ready(tenant).await.expect("an answer");
    }
}
