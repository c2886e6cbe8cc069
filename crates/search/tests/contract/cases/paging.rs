//! Pages by number and by cursor: the same sequence, each hit once.

use souk_domain::Sort;

use crate::{
    fixture::Fixture,
    query::{Query, everything, text},
};

cases![
    numbers_and_cursors_walk_the_same_sequence,
    the_last_page_has_no_cursor,
    a_limit_of_zero_asks_for_counts_alone,
    past_the_end_is_an_empty_page,
];

/// All hits by page numbers, then by cursors.
async fn walks(f: &Fixture, query: &Query, per_page: u32) -> [Vec<String>; 2] {
    let mut numbered = Vec::new();
    loop {
        let offset = numbered.len() as u32;
        let page = f
            .ordered(&query.clone().limit(per_page).offset(offset))
            .await;
        if page.is_empty() {
            break;
        }
        numbered.extend(page);
    }
    let mut followed = Vec::new();
    let mut next = Some(query.clone().limit(per_page));
    while let Some(query) = next {
        let page = f.search(&query).await;
        assert!(page.hits.len() <= per_page as usize);
        followed.extend(f.names(&page.hits));
        assert!(followed.len() <= 100, "cursors go round in a circle");
        next = page.next.map(|cursor| query.after(cursor));
    }
    [numbered, followed]
}

async fn numbers_and_cursors_walk_the_same_sequence(f: &Fixture) {
    for sort in Sort::ALL {
        for (query, per_page) in [
            (everything(), 9),
            (text("mug figure voyage garden knights "), 7),
            (text("mug "), 2),
            (text("kn-100"), 1),
            (everything().category("kitchen").in_stock(true), 3),
        ] {
            let query = query.sort(sort);
            let whole = f.ordered(&query).await;
            let [numbered, followed] = walks(f, &query, per_page).await;
            assert_eq!(numbered, whole, "{sort}, by numbers: {query:?}");
            assert_eq!(followed, whole, "{sort}, by cursors: {query:?}");
        }
    }
}

async fn the_last_page_has_no_cursor(f: &Fixture) {
    for (limit, more) in [(42, true), (43, false), (44, false)] {
        let page = f.search(&everything().limit(limit)).await;
        assert_eq!(page.next.is_some(), more, "{limit} of 43");
    }
}

async fn a_limit_of_zero_asks_for_counts_alone(f: &Fixture) {
    for query in [everything(), text("mug ")] {
        let whole = f.search(&query.clone().all_facets()).await;
        let page = f.search(&query.all_facets().limit(0)).await;
        assert_eq!(page.hits, []);
        assert_eq!(page.total, whole.total);
        assert_eq!(page.facets, whole.facets);
    }
}

async fn past_the_end_is_an_empty_page(f: &Fixture) {
    let page = f.search(&everything().offset(43)).await;
    assert_eq!((page.total, page.hits.len(), page.next), (43, 0, None));
}
