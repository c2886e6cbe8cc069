//! Completions while someone types.

use souk_domain::{Suggestion, SuggestionKind};

use crate::{fixture::Fixture, query::text};

cases![
    every_kind_is_suggested,
    the_first_letter_is_enough,
    a_typo_is_forgiven_from_the_third_letter,
    the_limit_holds,
    the_matched_part_is_marked_and_the_rest_escaped,
    suggested_queries_find_something,
    nothing_that_is_not_for_sale_is_suggested,
    what_leads_to_no_product_is_not_suggested,
    nonsense_suggests_nothing,
];

async fn suggests(f: &Fixture, typed: &str, kind: SuggestionKind, value: &str) {
    let found = f.suggest(typed, 20).await;
    let there = found
        .iter()
        .any(|suggestion| suggestion.kind == kind && suggestion.value.as_deref() == Some(value));
    assert!(there, "{typed}: no {kind:?} {value} in {found:#?}");
}

async fn every_kind_is_suggested(f: &Fixture) {
    suggests(f, "kitch", SuggestionKind::Category, "kitchen").await;
    suggests(f, "decor", SuggestionKind::Category, "decor").await;
    suggests(f, "star v", SuggestionKind::Fandom, "star-voyage").await;
    suggests(f, "eclair", SuggestionKind::Fandom, "eclair-knights").await;
    suggests(f, "wayf", SuggestionKind::Brand, "Wayfarer").await;
    let slug = f.slug("homeless").await;
    suggests(f, "umbre", SuggestionKind::Product, &slug).await;
    let found = f.suggest("umbre", 20).await;
    assert!(kinds(&found).contains(&SuggestionKind::Query), "{found:#?}");
}

fn kinds(suggestions: &[Suggestion]) -> Vec<SuggestionKind> {
    suggestions
        .iter()
        .map(|suggestion| suggestion.kind)
        .collect()
}

async fn the_first_letter_is_enough(f: &Fixture) {
    for typed in ["k", "K", "é", "e"] {
        assert!(!f.suggest(typed, 10).await.is_empty(), "{typed}");
    }
    suggests(f, "w", SuggestionKind::Brand, "Wayfarer").await;
}

async fn a_typo_is_forgiven_from_the_third_letter(f: &Fixture) {
    suggests(f, "kithc", SuggestionKind::Category, "kitchen").await;
    suggests(f, "wayfra", SuggestionKind::Brand, "Wayfarer").await;
    suggests(f, "dragomh", SuggestionKind::Fandom, "dragonhold").await;
    suggests(f, "umb", SuggestionKind::Product, &f.slug("homeless").await).await;
}

async fn the_limit_holds(f: &Fixture) {
    for limit in [1, 3, 8] {
        let found = f.suggest("m", limit).await;
        assert!(!found.is_empty() && found.len() <= limit);
    }
    assert_eq!(f.suggest("m", 0).await, []);
}

async fn the_matched_part_is_marked_and_the_rest_escaped(f: &Fixture) {
    for typed in ["mug", "friends", "eclair", "kitch", "s"] {
        for suggestion in f.suggest(typed, 20).await {
            let html = &suggestion.highlighted;
            assert!(html.contains("<mark>"), "{typed}: {html}");
            let plain = html.replace("<mark>", "").replace("</mark>", "");
            assert!(!plain.contains(['<', '>']), "{typed}: {html}");
        }
    }
}

async fn suggested_queries_find_something(f: &Fixture) {
    for typed in ["m", "st", "voy", "kett", "coll"] {
        let found = f.suggest(typed, 20).await;
        for query in found
            .iter()
            .filter(|found| found.kind == SuggestionKind::Query)
        {
            assert_eq!(query.value, None);
            assert!(f.total(&text(&query.text)).await > 0, "{}", query.text);
        }
    }
}

async fn nothing_that_is_not_for_sale_is_suggested(f: &Fixture) {
    for typed in ["draft", "archived"] {
        let found = f.suggest(typed, 20).await;
        assert!(
            found.iter().all(|found| !found.text.contains("Mug")),
            "{found:#?}"
        );
    }
}

async fn nonsense_suggests_nothing(f: &Fixture) {
    for typed in ["qqqqqqqq", "?!", "\"", "%", "'"] {
        assert_eq!(f.suggest(typed, 20).await, [], "{typed}");
    }
}

async fn what_leads_to_no_product_is_not_suggested(f: &Fixture) {
    for typed in ["nothing", "quiet"] {
        let found = f.suggest(typed, 20).await;
        assert!(
            found
                .iter()
                .all(|found| found.kind != SuggestionKind::Category
                    && found.kind != SuggestionKind::Fandom),
            "{found:#?}"
        );
    }
}
