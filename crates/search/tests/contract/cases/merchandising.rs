//! Pins, boosts and what is left out.

use souk_domain::{Facet, FacetName, MatchStage, ProductId, SearchPage, Sort};
use souk_search::merchandising::Chosen;

use crate::{
    fixture::{Fixture, counts},
    query::{Query, everything, text},
};

cases![
    pins_come_first_in_their_order,
    pins_come_first_while_browsing,
    pins_pass_filters,
    pins_are_counted,
    pins_change_no_other_order,
    pins_of_others_are_nothing,
    pins_do_not_keep_words_from_being_relaxed,
    what_is_hidden_is_neither_found_nor_counted,
    what_is_hidden_is_not_pinned,
    only_narrows_every_facet,
    all_of_only_has_to_hold,
    values_that_nothing_has_choose_nothing,
    boosts_lift_and_bury,
    boosts_are_multiplied,
    boosts_change_no_other_order,
    codes_and_every_word_come_before_all_boosts,
    boosts_multiply_popularity_while_browsing,
    steered_pages_follow_each_other,
    a_cursor_of_before_steering_keeps_its_place,
];

/// The words of mugs, of which some are boosted.
fn mugs() -> Query {
    text("mug ")
}

fn brand(brand: &str) -> Chosen {
    everything().brand(brand).matching()
}

fn brands(page: &SearchPage) -> Facet {
    page.facets.brand.clone().expect("asked for")
}

async fn pins_come_first_in_their_order(f: &Fixture) {
    let pinned = ["lamp-dragon", "mug-twin-b", "free", "mug-star"];
    let plain = f.ordered(&mugs()).await;
    let query = pinned.iter().fold(mugs(), |query, id| query.pin(f.id(id)));
    let page = f.search(&query).await;
    let mut expected: Vec<_> = pinned.map(str::to_owned).into();
    expected.extend(
        plain
            .iter()
            .filter(|id| !pinned.contains(&id.as_str()))
            .cloned(),
    );
    assert_eq!(f.names(&page.hits), expected);
    assert_eq!(page.total, plain.len() as u64 + 2, "two are no mugs");
    let scores: Vec<_> = page.hits.iter().map(|hit| hit.score.is_some()).collect();
    assert_eq!(scores[..5], [false, false, false, false, true]);
    let again = query.pin(f.id("free"));
    assert_eq!(
        f.ordered(&again).await,
        expected,
        "pinned twice is pinned once"
    );
}

async fn pins_come_first_while_browsing(f: &Fixture) {
    let plain = f.ordered(&everything()).await;
    let pinned = ["gasket", "mug-star"];
    let query = everything().pin(f.id("gasket")).pin(f.id("mug-star"));
    let page = f.search(&query.all_facets()).await;
    let mut expected: Vec<_> = pinned.map(str::to_owned).into();
    expected.extend(
        plain
            .into_iter()
            .filter(|id| !pinned.contains(&id.as_str())),
    );
    assert_eq!(f.names(&page.hits), expected);
    let whole = f.search(&everything().all_facets()).await;
    assert_eq!((page.total, page.facets), (whole.total, whole.facets));
}

async fn pins_pass_filters(f: &Fixture) {
    let pinned = |query: Query| query.pin(f.id("lamp-dragon")).pin(f.id("mug-moon"));
    let query = pinned(mugs()).brand("Acme");
    let found = f.ordered(&query).await;
    assert_eq!(found[0], "mug-moon");
    assert!(!found.contains(&"lamp-dragon".to_owned()));
    let query = pinned(everything()).brand("Acme");
    assert_eq!(f.ordered(&query).await[0], "mug-moon");
    assert_eq!(f.total(&query).await, 3);
}

async fn pins_are_counted(f: &Fixture) {
    let query = mugs().brand("Acme").facet(FacetName::Brand);
    let plain = f.search(&query).await;
    let page = f.search(&query.clone().pin(f.id("lamp-dragon"))).await;
    assert_eq!(page.total, plain.total);
    assert!(!counts(&brands(&plain)).contains(&("Lumen", 1)));
    assert!(counts(&brands(&page)).contains(&("Lumen", 1)));
    let query = query.pin(f.id("lamp-dragon"));
    let values = f
        .facet_values(&query, FacetName::Brand, None, "lum", 5)
        .await;
    assert_eq!(counts(&values), [("Lumen", 1)]);
}

async fn pins_change_no_other_order(f: &Fixture) {
    let query = mugs().pin(f.id("dear")).sort(Sort::PriceAsc);
    let hits = f.search(&query).await.hits;
    assert_eq!(f.names(&hits).last().map(String::as_str), Some("dear"));
    for sort in [Sort::Newest, Sort::Rating, Sort::PriceDesc] {
        let plain = f.ordered(&everything().sort(sort)).await;
        let query = everything().sort(sort).pin(f.id("gasket"));
        assert_eq!(f.ordered(&query).await, plain, "{sort}");
    }
}

async fn pins_of_others_are_nothing(f: &Fixture) {
    let theirs = f.search_in(f.other, &everything()).await.hits[0].id;
    for query in [everything(), mugs()] {
        let plain = f.ordered(&query).await;
        let ids = [theirs, ProductId(i64::MAX), ProductId(-1), f.id("draft")];
        let query = ids.into_iter().fold(query, Query::pin);
        assert_eq!(f.ordered(&query).await, plain);
    }
}

async fn pins_do_not_keep_words_from_being_relaxed(f: &Fixture) {
    let query = text("ketle ").pin(f.id("mug-star"));
    let page = f.search(&query).await;
    assert_eq!(page.stage, MatchStage::Fuzzy);
    let plain = f.total(&text("ketle ")).await;
    assert_eq!(page.total, plain + 1);
    assert_eq!(f.names(&page.hits)[0], "mug-star");

    let pinned = ["free", "dear", "html", "common"];
    let query = text("moon mug ");
    let plain = query.plan_backfilled_to(5, f.shop, f.language);
    let plain = souk_search::search(f.engine.as_ref(), &plain).await;
    let query = pinned.iter().fold(query, |query, id| query.pin(f.id(id)));
    let plan = query.plan_backfilled_to(5, f.shop, f.language);
    let page = souk_search::search(f.engine.as_ref(), &plan).await;
    let (plain, page) = (plain.expect("an answer"), page.expect("an answer"));
    assert_eq!(
        (plain.stage, page.stage),
        (MatchStage::AnyTerm, MatchStage::AnyTerm)
    );
    assert_eq!(f.names(&page.hits)[..4], pinned);
    assert_eq!(page.total, plain.total + 4);

    let page = f.search(&text("unheard ").pin(f.id("free"))).await;
    assert_eq!(f.names(&page.hits), ["free"]);
}

async fn what_is_hidden_is_neither_found_nor_counted(f: &Fixture) {
    for query in [
        everything(),
        mugs(),
        mugs().in_stock(true),
        text("mug unheard "),
    ] {
        let whole = f.ordered(&query).await;
        let acme = f.found(&query.clone().brand("Acme")).await;
        let left: Vec<_> = whole
            .iter()
            .filter(|id| !acme.contains(*id) && *id != "mug-twin-a")
            .cloned()
            .collect();
        let query = query
            .hide(brand("Acme"))
            .hide(f.products(&["mug-twin-a", "mug-star"]))
            .all_facets();
        let page = f.search(&query).await;
        assert_eq!(f.names(&page.hits), left, "{query:?}");
        assert_eq!(page.total, left.len() as u64);
        let shown = brands(&page);
        assert!(counts(&shown).iter().all(|(brand, _)| *brand != "Acme"));
        let available = page.facets.availability.expect("asked for");
        for (side, count) in counts(&available) {
            let mut on_side = query.clone();
            on_side.0.filters.in_stock = Some(side == "in_stock");
            assert_eq!(count, f.total(&on_side).await, "{side}");
        }
        let values = f.facet_values(&query, FacetName::Brand, None, "", 50).await;
        assert!(counts(&values).iter().all(|(brand, _)| *brand != "Acme"));
    }
    // What has no brand is not of a hidden brand.
    let query = everything()
        .hide(brand("Loom"))
        .hide(everything().rating_min(1.0).matching());
    assert!(f.found(&query).await.contains("hat-straw"));
}

async fn what_is_hidden_is_not_pinned(f: &Fixture) {
    for query in [everything(), mugs()] {
        let query = query
            .pin(f.id("mug-star"))
            .pin(f.id("free"))
            .hide(f.products(&["mug-star"]));
        let found = f.ordered(&query).await;
        assert_eq!(found[0], "free");
        assert!(!found.contains(&"mug-star".to_owned()));
    }
}

async fn only_narrows_every_facet(f: &Fixture) {
    for query in [everything(), mugs()] {
        let query = query.only(everything().brand("Acme")).all_facets();
        let page = f.search(&query).await;
        let shown = brands(&page);
        assert_eq!(counts(&shown), [("Acme", page.total)]);
        assert!(!shown.values[0].selected);
        // A shopper's own selection still widens its own facet, within what there is.
        let page = f.search(&query.brand("Acme").brand("Twins")).await;
        let shown = brands(&page);
        assert_eq!(counts(&shown), [("Acme", page.total), ("Twins", 0)]);
    }
    let query = mugs()
        .pin(f.id("lamp-dragon"))
        .only(everything().category("mugs"));
    assert!(!f.found(&query).await.contains("lamp-dragon"));
}

async fn all_of_only_has_to_hold(f: &Fixture) {
    let query = everything()
        .only(everything().category("home").price(1_000, 2_000))
        .only(everything().attribute("Material", "Ceramic").in_stock(true));
    f.finds(&query, &["mug-star"]).await;
    let query = everything()
        .only(everything().category("mugs"))
        .only(everything().category("kettles"));
    f.finds(&query, &[]).await;
    assert_eq!(
        f.total(&mugs().only(everything())).await,
        f.total(&mugs()).await
    );
}

async fn values_that_nothing_has_choose_nothing(f: &Fixture) {
    let unknown = || {
        [
            everything().category("unheard"),
            everything().fandom("unheard"),
            everything().brand("unheard"),
            everything().seller("unheard"),
            everything().attribute("Colour", "unheard"),
        ]
    };
    let plain = f.ordered(&mugs()).await;
    for nothing in unknown() {
        f.finds(&mugs().only(nothing.clone()), &[]).await;
        let query = mugs()
            .hide(nothing.clone().matching())
            .boost(nothing.matching(), 20.0);
        assert_eq!(f.ordered(&query).await, plain);
    }
}

async fn boosts_lift_and_bury(f: &Fixture) {
    let lifted = f.ordered(&mugs().boost(brand("Twins"), 20.0)).await;
    assert_eq!(lifted[..2], ["mug-twin-a", "mug-twin-b"]);
    let lifted = mugs().boost(f.products(&["mug-sold-out", "free"]), 20.0);
    let page = f.search(&lifted).await;
    assert_eq!(f.names(&page.hits)[0], "mug-sold-out");
    assert_eq!(page.total, f.total(&mugs()).await, "a boost finds nothing");

    let plain = f.ordered(&mugs()).await;
    let buried = f.ordered(&mugs().boost(brand("Acme"), 0.05)).await;
    let mut acme: Vec<_> = f.ordered(&mugs().brand("Acme")).await;
    // Scores are whole numbers, and so low ones may be equal.
    let mut last = buried[buried.len() - acme.len()..].to_vec();
    last.sort_unstable();
    acme.sort_unstable();
    assert_eq!(last, acme);
    assert_eq!(buried.len(), plain.len());
}

async fn boosts_are_multiplied(f: &Fixture) {
    let acme = || everything().brand("Acme").matching();
    let single = f.search(&mugs().boost(acme(), 4.0)).await;
    let double = f
        .search(&mugs().boost(acme(), 2.0).boost(acme(), 2.0))
        .await;
    assert_eq!(f.names(&single.hits), f.names(&double.hits));
    let even = f
        .search(&mugs().boost(acme(), 4.0).boost(acme(), 0.25))
        .await;
    assert_eq!(f.names(&even.hits), f.ordered(&mugs()).await);
    let plain = f.search(&mugs().brand("Acme")).await.hits[0]
        .score
        .expect("a score");
    let boosted = single.hits[0].score.expect("a score");
    assert!((boosted / plain - 4.0).abs() < 0.05, "{boosted} of {plain}");
}

async fn boosts_change_no_other_order(f: &Fixture) {
    for sort in [
        Sort::PriceAsc,
        Sort::PriceDesc,
        Sort::Newest,
        Sort::Rating,
        Sort::Popular,
    ] {
        let plain = f.ordered(&mugs().sort(sort)).await;
        let query = mugs().sort(sort).boost(brand("Twins"), 20.0);
        assert_eq!(f.ordered(&query).await, plain, "{sort}");
    }
}

async fn codes_and_every_word_come_before_all_boosts(f: &Fixture) {
    let query = text("kn-100-a").boost(f.products(&["KN-200/7"]), 20.0);
    assert_eq!(f.ordered(&query).await[..2], ["KN-100-A", "KN-100-AB"]);
    let query = text("moon mug ").boost(brand("Twins"), 20.0);
    let plan = query.plan_backfilled_to(40, f.shop, f.language);
    let page = souk_search::search(f.engine.as_ref(), &plan).await;
    let found = f.names(&page.expect("an answer").hits);
    assert_eq!(found[..3], ["mug-moon", "mug-twin-a", "mug-twin-b"]);
}

async fn boosts_multiply_popularity_while_browsing(f: &Fixture) {
    let query = everything()
        .boost(everything().category("mugs").matching(), 2.0)
        .boost(f.products(&["figure-15"]), 0.5)
        .boost(brand("Wayfarer"), 1.0);
    let expected = [
        "mug-star",
        "mug-moon",
        "figure-14",
        "figure-13",
        "figure-12",
        "figure-11",
        // Of 110 both.
        "mug-travel",
        "figure-10",
    ];
    assert_eq!(f.ordered(&query).await[..8], expected);
    assert_eq!(f.total(&query).await, 43);
    let pinned = query.pin(f.id("gasket"));
    assert_eq!(f.ordered(&pinned).await[..2], ["gasket", "mug-star"]);
}

async fn steered_pages_follow_each_other(f: &Fixture) {
    let steered = |query: Query| {
        query
            .pin(f.id("gasket"))
            .pin(f.id("mug-twin-b"))
            .pin(f.id("free"))
            .boost(brand("Acme"), 1.1)
            .boost(everything().category("kitchen").matching(), 0.3)
            .hide(f.products(&["mug-moon"]))
    };
    let pinned = |query: Query| query.pin(f.id("gasket")).pin(f.id("free"));
    for query in [
        steered(everything()),
        pinned(everything()),
        steered(mugs()),
        pinned(text("mug figure voyage ")),
        steered(everything().in_stock(true)),
        steered(mugs()).sort(Sort::PriceAsc),
    ] {
        let whole = f.ordered(&query).await;
        let mut followed = Vec::new();
        let mut next = Some(query.clone().limit(2));
        while let Some(query) = next {
            let page = f.search(&query).await;
            let offset = followed.len() as u32;
            let numbered = f.ordered(&query.clone().offset(offset)).await;
            assert_eq!(f.names(&page.hits), numbered, "{query:?}");
            followed.extend(numbered);
            assert!(
                followed.len() <= whole.len(),
                "cursors go round in a circle"
            );
            next = page.next.map(|cursor| query.after(cursor));
        }
        assert_eq!(followed, whole, "{query:?}");
    }
}

async fn a_cursor_of_before_steering_keeps_its_place(f: &Fixture) {
    let first = f.search(&everything().limit(10)).await;
    let rest = everything().offset(10);
    let query = everything()
        .pin(first.hits[0].id)
        .after(first.next.expect("a second page"));
    assert_eq!(f.ordered(&query).await, f.ordered(&rest).await);
}
