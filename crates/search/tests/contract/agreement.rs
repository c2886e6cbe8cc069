//! The same searches of the same catalogue on every engine: they find and count alike, and put much the same first.

use std::collections::BTreeSet;

use proptest::{strategy::Strategy, strategy::ValueTree, test_runner::TestRunner};
use souk_domain::{SearchPage, Sort};

use crate::{
    differential::{Search, a_search, catalogue, comparable},
    fixture::Opened,
};

const QUERIES: usize = 80;
/// Number of first results that are compared.
const TOP: usize = 10;
/// How much of it two engines have in common over all queries, at the least. Each has an order of relevance of its
/// own, over few and often repeated words, where many products are equally good.
const COMMON: f64 = 0.6;

/// Compares all engines with the first.
pub(crate) async fn compare() {
    let engines = [
        ("tantivy", Opened::tantivy(vec![catalogue()]).await),
        (
            "elasticsearch",
            Opened::elasticsearch(vec![catalogue()]).await,
        ),
        ("postgres", Opened::postgres(vec![catalogue()]).await),
        ("sqlite", Opened::sqlite(vec![catalogue()]).await),
    ];
    let mut common = [0; 4];
    let mut shown = 0;
    for query in searches() {
        let mut pages = Vec::new();
        for (_, opened) in &engines {
            pages.push(page(opened, &query).await);
        }
        let expected = &pages[0];
        let first = top(expected);
        shown += first.len();
        for ((name, _), (page, common)) in engines.iter().zip(pages.iter().zip(&mut common)) {
            assert_eq!(page.stage, expected.stage, "{name}: {query:?}");
            assert_eq!(page.total, expected.total, "{name}: {query:?}");
            let facets = comparable(page.facets.clone());
            assert_eq!(
                facets,
                comparable(expected.facets.clone()),
                "{name}: {query:?}"
            );
            *common += top(page).intersection(&first).count();
        }
    }
    assert!(shown > QUERIES, "too little was found to compare");
    for ((name, _), common) in engines.iter().zip(common) {
        let share = common as f64 / shown as f64;
        assert!(share >= COMMON, "{name} has {share:.2} of the first hits");
    }
}

/// The same searches for words in every run.
fn searches() -> Vec<Search> {
    let mut runner = TestRunner::deterministic();
    let strategy =
        a_search().prop_filter("words to rank by", |search| search.query.0.text.is_some());
    let search = |_| {
        let tree = strategy.new_tree(&mut runner).expect("a search");
        let Search {
            query,
            merchandising,
        } = tree.current();
        Search {
            query: query.sort(Sort::Relevance),
            merchandising,
        }
    };
    (0..QUERIES).map(search).collect()
}

async fn page(opened: &Opened, search: &Search) -> SearchPage {
    let (tenant, documents) = &opened.market.documents["generated"];
    let language = opened.market.language(*tenant).await;
    let query = search.of(documents).limit(TOP as u32);
    let plan = query.plan(*tenant, language);
    let page = souk_search::search(opened.engine.as_ref(), &plan).await;
    page.expect("an answer")
}

/// The slugs of the hits: each database gives ids of its own.
fn top(page: &SearchPage) -> BTreeSet<&str> {
    page.hits.iter().map(|hit| hit.slug.as_str()).collect()
}
