//! Operators of a text: exact phrases and excluded words.

use std::collections::BTreeSet;

use souk_domain::{FacetName, MatchStage, Sort};

use crate::{
    fixture::Fixture,
    query::{Query, everything, text},
};

cases![
    words_of_a_phrase_stand_side_by_side_and_in_order,
    a_phrase_does_not_go_from_one_text_to_the_next,
    quotes_of_every_kind_count_and_open_ones_do_not,
    a_word_alone_in_quotes_is_taken_as_it_is_written,
    an_excluded_word_excludes_its_inflections,
    an_excluded_phrase_leaves_its_words,
    a_hyphen_within_or_between_words_excludes_nothing,
    exclusions_alone_match_everything_else,
    operators_hold_at_every_stage,
    operators_hold_for_pinned_products,
    facets_and_totals_honour_operators,
    a_code_may_be_quoted_or_excluded,
];

async fn titles(f: &Fixture, query: &Query) -> BTreeSet<String> {
    let page = f.search_in(f.exact, query).await;
    assert_eq!(page.total, page.hits.len() as u64);
    page.hits.into_iter().map(|hit| hit.title).collect()
}

async fn finds(f: &Fixture, typed: &str, expected: &[&str]) {
    let expected: BTreeSet<_> = expected.iter().copied().map(str::to_owned).collect();
    assert_eq!(titles(f, &text(typed)).await, expected, "{typed}");
}

const WITH_PHRASE: [&str; 3] = ["Red Mug", "Tall Cup", "Wide Cup"];

async fn words_of_a_phrase_stand_side_by_side_and_in_order(f: &Fixture) {
    finds(f, "\"red mug\"", &WITH_PHRASE).await;
    finds(f, "\"red mugs\"", &["Red Mugs", "Thin Cup"]).await;
    finds(f, "\"mug red\"", &["Mug, Red"]).await;
    finds(f, "\"RÉD mug\" acme", &["Red Mug"]).await;
    finds(f, "\"coffee mug\" \"red coffee\"", &["Red Coffee Mug"]).await;
    finds(f, "\"red coffee mug\"", &["Red Coffee Mug"]).await;
    finds(f, "\"red coffee red\"", &[]).await;
}

async fn a_phrase_does_not_go_from_one_text_to_the_next(f: &Fixture) {
    finds(f, "\"red lid\"", &[]).await;
    finds(f, "\"mug acme\"", &[]).await;
    finds(f, "\"deep red\"", &["Plain Cup"]).await;
}

async fn quotes_of_every_kind_count_and_open_ones_do_not(f: &Fixture) {
    for typed in [
        "“red coffee”",
        "„red coffee“",
        "«red coffee»",
        "»red coffee«",
        "\"red coffee\" ",
    ] {
        finds(f, typed, &["Red Coffee Mug"]).await;
    }
    let open = titles(f, &text("\"mug red acme ")).await;
    assert_eq!(open, titles(f, &text("mug red acme ")).await);
    assert_eq!(open.len(), 2);
}

async fn a_word_alone_in_quotes_is_taken_as_it_is_written(f: &Fixture) {
    finds(f, "\"mugs\" blue", &["Red Mugs"]).await;
    let mugs = titles(f, &text("\"coffees\"")).await;
    assert!(mugs.is_empty(), "{mugs:?}");
}

async fn an_excluded_word_excludes_its_inflections(f: &Fixture) {
    finds(f, "red -mugs -cup", &[]).await;
    finds(f, "acme -coffees", &["Red Mug"]).await;
    finds(
        f,
        "valve -brass -steel -kits ",
        &["Copper Valve", "Wi-Fi Valve", "Seal"],
    )
    .await;
    let all = titles(f, &text("valve ")).await;
    assert_eq!(titles(f, &text("valve -unheardof")).await, all);
}

async fn an_excluded_phrase_leaves_its_words(f: &Fixture) {
    finds(f, "acme -\"red mug\"", &["Red Coffee Mug"]).await;
    finds(f, "red mug acme -\"red coffee\"", &["Red Mug"]).await;
    finds(
        f,
        "valve -wi-fi -brass -copper -kit -seal",
        &["Steel Valve"],
    )
    .await;
}

async fn a_hyphen_within_or_between_words_excludes_nothing(f: &Fixture) {
    finds(f, "wi-fi ", &["Wi-Fi Valve"]).await;
    finds(f, "acme - coffee ", &["Red Coffee Mug"]).await;
    finds(f, "acme coffee-", &["Red Coffee Mug"]).await;
}

async fn exclusions_alone_match_everything_else(f: &Fixture) {
    let everything: BTreeSet<_> = titles(f, &everything()).await;
    let valves = titles(f, &text("valves ")).await;
    let others: BTreeSet<_> = everything.difference(&valves).cloned().collect();
    assert_eq!(titles(f, &text("-valve")).await, others);
    assert_eq!(
        titles(f, &text("-valves -\"red mug\" ")).await.len(),
        others.len() - 3
    );
    let page = f.search_in(f.exact, &text("-valve").limit(2)).await;
    let first: Vec<_> = page.hits.iter().map(|hit| hit.title.as_str()).collect();
    assert_eq!(first, ["Red Mug", "Red Coffee Mug"], "the most popular");
    let next = page.next.expect("more");
    let second = f
        .search_in(f.exact, &text("-valve").limit(2).after(next))
        .await;
    assert_eq!(second.hits[0].title, "Mug, Red");
    let cheapest = f
        .search_in(f.exact, &text("-valve").sort(Sort::PriceAsc))
        .await;
    assert_eq!(cheapest.total, others.len() as u64);
}

async fn operators_hold_at_every_stage(f: &Fixture) {
    // No product has all words.
    for typed in [
        "\"red mug\" unheardof bistro",
        "unheardof bistro \"red mug\"",
    ] {
        finds(f, typed, &WITH_PHRASE).await;
    }
    finds(f, "bistroo -mug", &[]).await;
    finds(f, "unheardof acme -coffee", &["Red Mug"]).await;
    for stage in [MatchStage::AllTerms, MatchStage::Fuzzy, MatchStage::AnyTerm] {
        let plan = text("acme cofee -red").plan(f.exact, f.language).at(stage);
        let page = f.engine.search(&plan).await.expect("an answer");
        assert_eq!(page.total, 0, "{stage:?}");
        let plan = text("acme \"coffee mug\"")
            .plan(f.exact, f.language)
            .at(stage);
        let page = f.engine.search(&plan).await.expect("an answer");
        assert_eq!(page.total, 1, "{stage:?}");
    }
    let plan = text("acme bistro -coffee ").plan_backfilled_to(40, f.exact, f.language);
    let page = souk_search::search(f.engine.as_ref(), &plan)
        .await
        .expect("an answer");
    assert_eq!(page.total, 2);
}

async fn operators_hold_for_pinned_products(f: &Fixture) {
    let all = f.search_in(f.exact, &text("acme ")).await;
    let coffee = all
        .hits
        .iter()
        .find(|hit| hit.title == "Red Coffee Mug")
        .expect("it")
        .id;
    for (typed, total) in [
        ("bistro", 2),
        ("bistro -coffee", 1),
        ("\"mug red\"", 1),
        ("-coffee", 13),
    ] {
        let page = f.search_in(f.exact, &text(typed).pin(coffee)).await;
        assert_eq!(page.total, total, "{typed}");
    }
}

async fn facets_and_totals_honour_operators(f: &Fixture) {
    let brands = async |query: Query| -> Vec<(String, u64)> {
        let page = f.search_in(f.exact, &query.facet(FacetName::Brand)).await;
        let brands = page.facets.brand.expect("asked for").values.into_iter();
        brands.map(|value| (value.value, value.count)).collect()
    };
    let owned = |brands: &[(&str, u64)]| -> Vec<(String, u64)> {
        brands
            .iter()
            .map(|(brand, count)| ((*brand).to_owned(), *count))
            .collect()
    };
    assert_eq!(
        brands(text("\"red mug\"")).await,
        owned(&[("Acme", 1), ("Red Mug Works", 1)])
    );
    assert_eq!(
        brands(text("red -coffee")).await,
        owned(&[("Acme", 1), ("Bistro", 1), ("Red Mug Works", 1)])
    );
    assert_eq!(
        brands(text("-coffee")).await,
        owned(&[("Acme", 1), ("Bistro", 1), ("Red Mug Works", 1)])
    );
    let narrowed = text("-coffee").brand("Acme");
    assert_eq!(
        brands(narrowed.clone()).await,
        owned(&[("Acme", 1), ("Bistro", 1), ("Red Mug Works", 1)])
    );
    assert_eq!(titles(f, &narrowed).await.len(), 1);
    let in_category = text("-coffee").category("mugs");
    assert_eq!(titles(f, &in_category).await.len(), 6);
}

async fn a_code_may_be_quoted_or_excluded(f: &Fixture) {
    finds(f, "\"KT-INS\"", &["Steel Valve"]).await;
    finds(f, "\"ABC-DEF\" valve", &["Valve Kit"]).await;
    let others = titles(f, &text("valve -KT-INS114-DRE")).await;
    assert!(
        !others.contains("Brass Valve") && others.contains("Steel Valve"),
        "{others:?}"
    );
}
