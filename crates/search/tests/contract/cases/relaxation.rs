//! Backfill with partial matches.

use souk_domain::{FacetName, MatchStage, SearchPage, Sort};

use crate::{
    fixture::Fixture,
    query::{Query, text},
};

cases![
    products_with_every_word_come_first,
    enough_products_with_every_word_stay_among_themselves,
    single_word_is_not_backfilled,
    an_order_that_is_not_by_relevance_keeps_to_every_word,
    words_are_taken_as_they_were_typed,
    a_filter_does_not_make_few_of_many,
    values_of_facets_are_counted_alike,
];

/// More than any two words of the cases have.
const MANY: u64 = 40;

async fn backfilled_to(f: &Fixture, enough: u64, query: &Query) -> SearchPage {
    let plan = query.plan_backfilled_to(enough, f.shop, f.language);
    let page = souk_search::search(f.engine.as_ref(), &plan).await;
    page.expect("an answer")
}

async fn products_with_every_word_come_first(f: &Fixture) {
    for words in ["moon mug ", "mug moon ", "steel kettle "] {
        let strict = f.names(&f.search(&text(words)).await.hits);
        let page = backfilled_to(f, MANY, &text(words)).await;
        assert_eq!(page.stage, MatchStage::AnyTerm, "{words}");
        let mut first = f.names(&page.hits);
        assert!(first.len() > strict.len(), "{words}");
        first.truncate(strict.len());
        assert_eq!(first, strict, "{words}");
    }
}

async fn enough_products_with_every_word_stay_among_themselves(f: &Fixture) {
    let query = text("collectibles attic ");
    let strict = f.search(&query).await;
    let page = backfilled_to(f, strict.total, &query).await;
    assert_eq!(
        (page.total, page.stage),
        (strict.total, MatchStage::AllTerms)
    );
    let page = backfilled_to(f, strict.total + 1, &query).await;
    assert!(page.total > strict.total);
}

async fn single_word_is_not_backfilled(f: &Fixture) {
    let page = backfilled_to(f, MANY, &text("umbrella ")).await;
    assert_eq!((page.total, page.stage), (1, MatchStage::AllTerms));
}

async fn an_order_that_is_not_by_relevance_keeps_to_every_word(f: &Fixture) {
    let query = text("moon mug ").sort(Sort::PriceAsc);
    let strict = f.search(&query).await;
    let page = backfilled_to(f, MANY, &query).await;
    assert!(strict.total > 0);
    assert_eq!(
        (page.total, page.stage),
        (strict.total, MatchStage::AllTerms)
    );
}

async fn words_are_taken_as_they_were_typed(f: &Fixture) {
    let mut either = f.found(&text("moon ")).await;
    either.extend(f.found(&text("mug ")).await);
    let page = backfilled_to(f, MANY, &text("moon mug ")).await;
    assert_eq!(page.total, either.len() as u64, "and none with a typo");
}

async fn a_filter_does_not_make_few_of_many(f: &Fixture) {
    let query = text("collectibles attic ");
    let enough = f.total(&query).await;
    let narrow = query.in_stock(false);
    let strict = f.search(&narrow).await;
    let page = backfilled_to(f, enough, &narrow).await;
    assert_eq!(page.total, strict.total);
}

async fn values_of_facets_are_counted_alike(f: &Fixture) {
    let query = text("moon mug ").facet(FacetName::Category);
    let page = backfilled_to(f, MANY, &query).await;
    let plan = query.plan_backfilled_to(MANY, f.shop, f.language);
    let engine = f.engine.as_ref();
    let values = souk_search::facet_values(engine, &plan, FacetName::Category, None, "", 50).await;
    assert_eq!(
        values.expect("an answer").values,
        page.facets.category.expect("asked for").values
    );
}
