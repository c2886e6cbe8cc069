//! Order of the products that misspelt words find.

use souk_domain::MatchStage;

use crate::{fixture::Fixture, query::text};

cases![
    misspelt_word_in_title_ranks_above_description,
    misspelt_text_with_each_word_in_title_comes_first,
    nearer_spelling_ranks_above_farther,
    misspelt_word_among_unknown_ones_is_ranked,
    word_as_typed_ranks_above_misspelt_ones,
];

/// Asserts the stage and the order of what a text finds in the shop of misspelt texts.
async fn orders(f: &Fixture, typed: &str, stage: MatchStage, expected: &[&str]) {
    let page = f.search_in(f.spelling, &text(typed)).await;
    let titles: Vec<_> = page.hits.iter().map(|hit| hit.title.as_str()).collect();
    assert_eq!(page.stage, stage, "{typed}");
    assert_eq!(titles, expected, "{typed}");
}

async fn misspelt_word_in_title_ranks_above_description(f: &Fixture) {
    let dragons = [
        "Dragon Plush",
        "Dragon Tee",
        "Wall Scroll",
        "Plush Keychain",
    ];
    for typed in ["drgaon ", "dragn ", "draagon "] {
        let page = f.search_in(f.spelling, &text(typed)).await;
        assert_eq!(page.stage, MatchStage::Fuzzy, "{typed}");
        let titles: Vec<_> = page.hits.iter().map(|hit| hit.title.as_str()).collect();
        assert_eq!(titles[..2], dragons[..2], "{typed}");
        assert_eq!(titles.len(), dragons.len(), "{typed}");
        let scores: Vec<_> = page.hits.iter().map(|hit| hit.score).collect();
        assert!(scores[1] > scores[2], "{typed}: {scores:?}");
    }
}

async fn misspelt_text_with_each_word_in_title_comes_first(f: &Fixture) {
    for typed in ["dragn plush ", "plush drgaon ", "plsuh dragon "] {
        let expected = ["Dragon Plush", "Plush Keychain"];
        orders(f, typed, MatchStage::Fuzzy, &expected).await;
    }
}

async fn nearer_spelling_ranks_above_farther(f: &Fixture) {
    let expected = ["Gardenia Print", "Gardenias Print"];
    orders(f, "gardenai ", MatchStage::Fuzzy, &expected).await;
    let expected = ["Gardenias Print", "Gardenia Print"];
    orders(f, "gardenais ", MatchStage::Fuzzy, &expected).await;
}

async fn misspelt_word_among_unknown_ones_is_ranked(f: &Fixture) {
    let page = f.search_in(f.spelling, &text("zzzzzz drgaon ")).await;
    assert_eq!(page.stage, MatchStage::AnyTerm);
    let titles: Vec<_> = page.hits.iter().map(|hit| hit.title.as_str()).collect();
    assert_eq!(titles[..2], ["Dragon Plush", "Dragon Tee"]);
    assert_eq!(titles.len(), 4);
}

async fn word_as_typed_ranks_above_misspelt_ones(f: &Fixture) {
    let page = f.search_in(f.spelling, &text("zzzzzz cottn plush ")).await;
    assert_eq!(page.stage, MatchStage::AnyTerm);
    let titles: Vec<_> = page.hits.iter().map(|hit| hit.title.as_str()).collect();
    assert_eq!(titles.last(), Some(&"Dragon Tee"), "{titles:?}");
    assert_eq!(titles.len(), 3);
}
