//! Compounds, and words written together and apart, by the words of the catalogue.

use souk_search::query_understanding::Trainer;

use crate::{fixture::Fixture, query::text};

cases![
    part_of_a_compound_finds_it_behind_the_word,
    a_compound_finds_its_words,
    words_side_by_side_are_found_as_one,
    a_short_word_is_not_found_within_others,
    a_further_form_is_marked,
];

/// Returns the titles that a text finds, with what the catalogue's own words tell.
async fn ordered(f: &Fixture, typed: &str) -> Vec<String> {
    let (tenant, documents) = f.documents("compound-shop");
    let language = "de".parse().expect("a language");
    let mut trainer = Trainer::new(language);
    documents.iter().for_each(|document| trainer.read(document));
    let (plan, _) = trainer.finish().steer(text(typed).plan(tenant, language));
    let page = souk_search::search(f.engine.as_ref(), &plan).await;
    let page = page.expect("an answer");
    page.hits.into_iter().map(|hit| hit.title).collect()
}

async fn part_of_a_compound_finds_it_behind_the_word(f: &Fixture) {
    let found = ordered(f, "tasse ").await;
    assert_eq!(found.len(), 4, "{found:?}");
    assert_eq!(found[3], "Kaffeetasse blau");
    assert_eq!(ordered(f, "regal ").await, ["Bücherregal"]);
    assert_eq!(ordered(f, "uhr ").await, ["Wanduhr"]);
}

async fn a_compound_finds_its_words(f: &Fixture) {
    let found = ordered(f, "kaffeetasse ").await;
    assert_eq!(found[0], "Kaffeetasse blau");
    assert!(found.contains(&"Kaffee-Tasse rot".to_owned()), "{found:?}");
}

async fn words_side_by_side_are_found_as_one(f: &Fixture) {
    assert_eq!(ordered(f, "redbull").await, ["Red Bull"]);
    assert_eq!(ordered(f, "hairdryer ").await, ["Hair Dryer"]);
}

async fn a_short_word_is_not_found_within_others(f: &Fixture) {
    assert_eq!(ordered(f, "ente ").await, ["Stockente aus Holz"]);
}

async fn a_further_form_is_marked(f: &Fixture) {
    let (tenant, documents) = f.documents("compound-shop");
    let language = "de".parse().expect("a language");
    let mut trainer = Trainer::new(language);
    documents.iter().for_each(|document| trainer.read(document));
    let (plan, _) = trainer
        .finish()
        .steer(text("regal ").plan(tenant, language));
    let page = f.engine.search(&plan).await.expect("an answer");
    let marked = page.hits[0].highlights.title.as_deref();
    assert_eq!(marked, Some("<mark>Bücherregal</mark>"));
}
