//! Ranking signals.

use souk_search::settings::RankingSignals;

use crate::{
    fixture::Fixture,
    query::{Query, text},
    shops::DAY_MS,
};

cases![
    none_counts_by_default,
    the_popular_come_first,
    the_well_rated_come_first,
    what_is_in_stock_comes_first,
    the_fresh_come_first,
    codes_and_every_word_come_before_all_factors,
    pages_follow_each_other,
];

fn all() -> RankingSignals {
    RankingSignals {
        popularity: 1.0,
        rating: 1.0,
        freshness: 1.0,
        stock: 1.0,
        ..RankingSignals::default()
    }
}

/// Sixteen products that words tell nothing apart of.
fn ranking_signal_products() -> Query {
    text("collector ")
}

fn named(numbers: impl IntoIterator<Item = usize>) -> Vec<String> {
    let numbers = numbers.into_iter();
    numbers
        .map(|number| format!("figure-{number:02}"))
        .collect()
}

async fn none_counts_by_default(f: &Fixture) {
    assert_eq!(f.ordered(&ranking_signal_products()).await, named(0..16));
    let off = ranking_signal_products().ranking_signals(RankingSignals::default());
    assert_eq!(f.ordered(&off).await, named(0..16));
}

/// The numbers of products of the wide shop, in order, of those that have all the attributes that a later one has: words
/// tell nothing apart of them. The higher its number, the more popular and the newer a product is.
async fn wide_numbers(f: &Fixture, ranking_signals: RankingSignals) -> Vec<i64> {
    let query = text("even ")
        .ranking_signals(ranking_signals)
        .on_day(59 * DAY_MS);
    let hits = f.search_in(f.wide, &query).await.hits;
    let numbers = hits.iter().map(|hit| hit.created_at_ms / DAY_MS);
    numbers.filter(|number| *number >= 14).collect()
}

async fn the_popular_come_first(f: &Fixture) {
    let off = wide_numbers(f, RankingSignals::default()).await;
    assert_eq!(off, (14..60).step_by(2).collect::<Vec<_>>());
    let ranking_signals = RankingSignals {
        popularity: 1.0,
        ..RankingSignals::default()
    };
    let on = wide_numbers(f, ranking_signals).await;
    assert_eq!(on, off.into_iter().rev().collect::<Vec<_>>());
}

async fn the_well_rated_come_first(f: &Fixture) {
    let query = ranking_signal_products().ranking_signals(RankingSignals {
        rating: 1.0,
        ..RankingSignals::default()
    });
    // By the number's rest of five: a single rating of so many stars, or none for zero.
    let rated = [4, 0, 3, 2, 1].map(|stars| (0..16).filter(move |number| number % 5 == stars));
    assert_eq!(f.ordered(&query).await, named(rated.into_iter().flatten()));
}

async fn what_is_in_stock_comes_first(f: &Fixture) {
    let query = ranking_signal_products().ranking_signals(RankingSignals {
        stock: 0.5,
        ..RankingSignals::default()
    });
    let (sold_out, in_stock): (Vec<_>, Vec<_>) = (0..16).partition(|number| number % 4 == 0);
    assert_eq!(
        f.ordered(&query).await,
        named(in_stock.into_iter().chain(sold_out))
    );
}

async fn the_fresh_come_first(f: &Fixture) {
    let ranking_signals = RankingSignals {
        freshness: 1.0,
        freshness_days: 10.0,
        ..RankingSignals::default()
    };
    let numbers = wide_numbers(f, ranking_signals).await;
    // Nothing is left of it after twenty days.
    let fresh = numbers.into_iter().filter(|number| *number > 39);
    assert_eq!(
        fresh.collect::<Vec<_>>(),
        (40..60).rev().skip(1).step_by(2).collect::<Vec<_>>()
    );
}

async fn codes_and_every_word_come_before_all_factors(f: &Fixture) {
    let query = text("kn-100-a ").ranking_signals(all());
    assert_eq!(f.ordered(&query).await[0], "KN-100-A");
    let query = text("glass kettle ").ranking_signals(all());
    let plan = query.plan_backfilled_to(40, f.shop, f.language);
    let page = souk_search::search(f.engine.as_ref(), &plan).await;
    assert_eq!(f.names(&page.expect("an answer").hits)[0], "kettle-glass");
}

async fn pages_follow_each_other(f: &Fixture) {
    let query = text("collector mug ").ranking_signals(all());
    let plan = |query: &Query| query.plan_backfilled_to(40, f.shop, f.language);
    let whole = souk_search::search(f.engine.as_ref(), &plan(&query)).await;
    let whole = f.names(&whole.expect("an answer").hits);
    assert!(whole.len() > 20);
    let mut followed = Vec::new();
    let mut next = Some(query.clone().limit(3));
    while let Some(query) = next {
        let page = souk_search::search(f.engine.as_ref(), &plan(&query)).await;
        let page = page.expect("an answer");
        followed.extend(f.names(&page.hits));
        assert!(
            followed.len() <= whole.len(),
            "cursors go round in a circle"
        );
        next = page.next.map(|cursor| query.after(cursor));
    }
    assert_eq!(followed, whole);
}
