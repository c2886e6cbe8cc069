//! Words that match by what means the same.

use souk_domain::MatchStage;
use souk_search::{
    query::TextPlan,
    query::analysis::Analyzer,
    query::synonyms::{MAX_SYNONYMS, Synonym},
};

use crate::{fixture::Fixture, query::text};

cases![
    a_word_matches_by_its_synonym_as_stems_do,
    own_words_match_as_before,
    a_synonym_of_several_words_stands_for_all_of_them,
    all_words_of_a_synonym_have_to_match,
    words_of_a_synonym_may_match_in_different_fields,
    a_synonym_is_taken_literally,
    other_words_may_have_typos_beside_a_synonym,
    a_synonym_is_a_word_that_is_not_missing,
    overlapping_synonyms_mean_each_word,
    many_long_synonyms_are_answered,
    synonyms_are_marked,
    stop_words_can_be_dropped,
];

async fn a_word_matches_by_its_synonym_as_stems_do(f: &Fixture) {
    let mugs = f.search(&text("mug ")).await;
    for synonym in ["mug", "Mugs", "MUG!"] {
        let page = f.search(&text("beaker ").synonym(0..1, synonym)).await;
        assert_eq!((page.total, page.stage), (mugs.total, MatchStage::AllTerms));
    }
}

async fn own_words_match_as_before(f: &Fixture) {
    let mut either = f.found(&text("umbrella ")).await;
    either.extend(f.found(&text("poster ")).await);
    let query = text("umbrella ")
        .synonym(0..1, "poster")
        .synonym(0..1, "unheard");
    assert_eq!(f.found(&query).await, either);
}

async fn a_synonym_of_several_words_stands_for_all_of_them(f: &Fixture) {
    let query = text("mug cosmic cruise ").synonym(1..3, "voyage");
    f.finds(&query, &["mug-star"]).await;
    // The words that were typed are as good, but only all of them.
    let query = text("moon garden ").synonym(0..2, "umbrella");
    let mut expected = f.found(&text("moon garden ")).await;
    expected.insert("homeless".to_owned());
    assert_eq!(f.found(&query).await, expected);
}

async fn all_words_of_a_synonym_have_to_match(f: &Fixture) {
    for phrase in ["star voyage", "steel mug", "acme white", "hub steel"] {
        let expected = f.found(&text(&format!("{phrase} "))).await;
        assert!(!expected.is_empty());
        for (words, places) in [("vessel ", 0..1), ("vessel thing ", 0..2)] {
            let query = text(words).synonym(places, phrase);
            assert_eq!(f.found(&query).await, expected, "{phrase}");
        }
    }
    f.finds(&text("vessel ").synonym(0..1, "steel unheard"), &[])
        .await;
}

async fn words_of_a_synonym_may_match_in_different_fields(f: &Fixture) {
    let query = text("thing ").synonym(0..1, "attic dragonhold lamp");
    f.finds(&query, &["lamp-dragon"]).await;
    let query = text("thing ").synonym(0..1, "decor 3000");
    f.finds(&query, &[]).await;
}

async fn a_synonym_is_taken_literally(f: &Fixture) {
    f.finds(&text("thing").synonym(0..1, "umbrel"), &[]).await;
    f.finds(&text("thing ").synonym(0..1, "umbrela"), &[]).await;
    // Words of a title, not the codes of its neighbours.
    f.finds(&text("thing ").synonym(0..1, "KN-100-A"), &["KN-200/7"])
        .await;
    f.finds(&text("thing ").synonym(0..1, "006R9"), &[]).await;
}

async fn other_words_may_have_typos_beside_a_synonym(f: &Fixture) {
    let page = f.search(&text("thing ketle ").synonym(0..1, "steel")).await;
    assert_eq!(page.stage, MatchStage::Fuzzy);
    assert!(f.names(&page.hits).contains(&"kettle-steel".to_owned()));
}

async fn a_synonym_is_a_word_that_is_not_missing(f: &Fixture) {
    let query = text("lantern dragonhold ").synonym(0..1, "lamp");
    let plan = query.plan_backfilled_to(40, f.shop, f.language);
    let page = souk_search::search(f.engine.as_ref(), &plan).await;
    let page = page.expect("an answer");
    assert_eq!(page.stage, MatchStage::AnyTerm);
    assert_eq!(f.names(&page.hits)[0], "lamp-dragon");
    assert_eq!(page.total, f.total(&text("dragonhold ")).await);
}

async fn overlapping_synonyms_mean_each_word(f: &Fixture) {
    let query = text("big hot drink ")
        .synonym(0..2, "steel")
        .synonym(1..3, "travel");
    f.finds(&query, &["mug-travel"]).await;
}

async fn many_long_synonyms_are_answered(f: &Fixture) {
    let words =
        "one two three four five six seven eight nine ten eleven twelve thing other more last ";
    let mut query = text(words);
    for place in 0..16 {
        for number in 0..MAX_SYNONYMS {
            let phrase = (0..6).map(|part| format!("word{place}x{number}x{part}"));
            let phrase: Vec<_> = phrase.collect();
            query = query.synonym(place..place + 1, &phrase.join(" "));
        }
    }
    f.search(&query.synonym(0..16, "umbrella")).await;
}

async fn synonyms_are_marked(f: &Fixture) {
    let page = f.search(&text("brolly ").synonym(0..1, "Umbrellas")).await;
    assert_eq!(
        page.hits[0].highlights.title.as_deref(),
        Some("<mark>Umbrella</mark> without a Category")
    );
}

async fn stop_words_can_be_dropped(f: &Fixture) {
    let mut plan = text("an umbrella for rain ").plan(f.shop, f.language);
    let mut words = TextPlan::new("an umbrella for rain ", f.language);
    let mut analyzer = Analyzer::new(f.language);
    let synonym = Synonym::new("category", |_| false, &mut analyzer);
    words.add_synonym(2..4, &synonym);
    words.drop_stop_words(|word| ["an", "for"].contains(&word.surface.as_str()));
    plan.text = Some(words);
    let page = f.engine.search(&plan).await.expect("an answer");
    assert_eq!(f.names(&page.hits), ["homeless"]);
}
