//! Every order, and what happens at ties.

use souk_domain::{Hit, Sort};

use crate::{
    fixture::Fixture,
    query::{everything, text},
};

cases![
    prices_rise,
    prices_fall,
    newest_come_first,
    best_rated_come_first_and_unrated_last,
    popular_come_first,
    relevance_without_text_is_popularity,
    a_title_outweighs_a_description,
    scores_are_shown_only_where_they_order,
    ties_fall_to_the_lower_id,
];

async fn sorted(f: &Fixture, sort: Sort) -> Vec<Hit> {
    f.search(&everything().sort(sort)).await.hits
}

/// Checks that keys never rise from one hit to the next, and that ids rise where keys tie.
fn assert_falling<K: PartialOrd + Copy>(hits: &[Hit], key: impl Fn(&Hit) -> K) {
    for pair in hits.windows(2) {
        let (first, second) = (key(&pair[0]), key(&pair[1]));
        let in_order = first > second || (first == second && pair[0].id < pair[1].id);
        assert!(in_order, "{:?} before {:?}", pair[0].slug, pair[1].slug);
    }
}

async fn prices_rise(f: &Fixture) {
    let hits = sorted(f, Sort::PriceAsc).await;
    assert_eq!(hits[0].price.min, 0);
    assert_falling(&hits, |hit| -hit.price.min);
}

async fn prices_fall(f: &Fixture) {
    let hits = sorted(f, Sort::PriceDesc).await;
    assert_eq!(hits[0].price.min, 1_500_000);
    assert_falling(&hits, |hit| hit.price.min);
}

async fn newest_come_first(f: &Fixture) {
    let hits = sorted(f, Sort::Newest).await;
    assert_eq!(f.names(&hits)[..2], ["common", "dear"]);
    assert_falling(&hits, |hit| hit.created_at_ms);
}

async fn best_rated_come_first_and_unrated_last(f: &Fixture) {
    let hits = sorted(f, Sort::Rating).await;
    assert_eq!(
        f.names(&hits)[..3],
        ["mug-eclair", "mug-star", "shirt-star"]
    );
    assert_falling(&hits, |hit| hit.rating.unwrap_or(0.0));
    assert!(hits[23].rating.is_some() && hits[24].rating.is_none());
}

async fn popular_come_first(f: &Fixture) {
    let names = f.ordered(&everything().sort(Sort::Popular)).await;
    assert_eq!(names[..3], ["figure-15", "figure-14", "figure-13"]);
    let place = |name| names.iter().position(|other| *other == name);
    assert!(place("mug-star") < place("shirt-star"));
    assert_eq!(names.last().map(String::as_str), Some("gasket"));
}

async fn relevance_without_text_is_popularity(f: &Fixture) {
    assert_eq!(
        f.ordered(&everything().sort(Sort::Relevance)).await,
        f.ordered(&everything().sort(Sort::Popular)).await
    );
}

async fn a_title_outweighs_a_description(f: &Fixture) {
    let names = f.ordered(&text("mug ")).await;
    let place = |name| names.iter().position(|other| other == name);
    assert!(place("mug-star").is_some() && place("kettle-steel").is_some());
    assert!(
        place("mug-star") < place("kettle-steel"),
        "the kettle only mentions mugs: {names:?}"
    );
}

async fn scores_are_shown_only_where_they_order(f: &Fixture) {
    let hits = f.search(&text("mug ")).await.hits;
    assert!(hits.iter().all(|hit| hit.score.is_some_and(f32::is_finite)));
    assert_falling(&hits, |hit| hit.score);

    let hits = f.search(&text("mug ").sort(Sort::PriceAsc)).await.hits;
    assert!(!hits.is_empty() && hits.iter().all(|hit| hit.score.is_none()));
    let hits = f.search(&everything()).await.hits;
    assert!(hits.iter().all(|hit| hit.score.is_none()));
}

async fn ties_fall_to_the_lower_id(f: &Fixture) {
    for sort in Sort::ALL {
        let names = f.ordered(&text("twin ").sort(sort)).await;
        assert_eq!(names, ["mug-twin-a", "mug-twin-b"], "{sort}");
    }
}
