//! Merchandising configurations, compiled and executed on every engine.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use souk_domain::FacetName;
use souk_search::merchandising::{Rewriter, SearchConfig};

use crate::{
    fixture::{Fixture, counts},
    query::{Query, everything, text},
};

cases![
    synonyms_find_what_is_called_otherwise,
    synonyms_go_one_way,
    synonyms_of_several_words_stand_for_all_of_them,
    stop_words_are_not_asked_for,
    pins_come_first,
    what_is_hidden_is_not_found_nor_counted,
    what_is_filtered_is_all_there_is,
    boosts_and_burials_change_the_order,
    a_rule_applies_to_its_queries_only,
];

const NOW: i64 = 1_800_000_000_000;

/// A configuration in force.
struct Shop<'a> {
    fixture: &'a Fixture,
    rewriter: Rewriter,
}

impl<'a> Shop<'a> {
    fn new(fixture: &'a Fixture, config: Value) -> Self {
        let config: SearchConfig = serde_json::from_value(config).expect("a configuration");
        let config = config.validated().expect("a good one");
        let named = config.external_ids().into_iter();
        let products: BTreeMap<_, _> = named
            .map(|key| {
                let id = fixture.id(&key.external_id);
                (key, id)
            })
            .collect();
        Self {
            fixture,
            rewriter: Rewriter::new(&config, fixture.language, &products),
        }
    }

    async fn search(&self, query: &Query) -> souk_domain::SearchPage {
        let rewritten = self.rewriter.rewrite(self.fixture.shop, &query.0, NOW);
        let page = souk_search::search(self.fixture.engine.as_ref(), &rewritten.plan).await;
        page.unwrap_or_else(|error| panic!("{query:?}: {error:?}"))
    }

    async fn ordered(&self, query: &Query) -> Vec<String> {
        self.fixture.names(&self.search(query).await.hits)
    }

    async fn found(&self, query: &Query) -> Vec<String> {
        let mut found = self.ordered(query).await;
        found.sort();
        found
    }
}

/// Without filling up, which would find more.
fn strict(mut config: Value) -> Value {
    config["settings"] = json!({"relaxing": {"enough": 0}});
    config
}

fn rule(when: Value, then: Value) -> Value {
    strict(json!({"rules": [{"id": "it", "name": "It", "when": when, "then": then}]}))
}

async fn synonyms_find_what_is_called_otherwise(f: &Fixture) {
    let config = strict(json!({"synonyms": [{"id": "a", "phrases": ["tankard", "mug"]}]}));
    let shop = Shop::new(f, config);
    let mugs = Shop::new(f, strict(json!({}))).found(&text("mugs ")).await;
    assert!(!mugs.is_empty());
    assert_eq!(shop.found(&text("tankards ")).await, mugs);
    assert_eq!(
        shop.found(&text("mugs ")).await,
        mugs,
        "nothing is called a tankard"
    );
}

async fn synonyms_go_one_way(f: &Fixture) {
    let config = |phrases: Value, from: Value| {
        strict(json!({"synonyms": [{"id": "a", "phrases": phrases, "from": from}]}))
    };
    let plain = Shop::new(f, strict(json!({})));
    let (mugs, kettles) = (
        plain.found(&text("mugs ")).await,
        plain.found(&text("kettles ")).await,
    );
    let shop = Shop::new(f, config(json!(["kettle"]), json!(["mug"])));
    let mut both = [mugs, kettles.clone()].concat();
    both.sort();
    both.dedup();
    assert_eq!(shop.found(&text("mugs ")).await, both);
    assert_eq!(shop.found(&text("kettles ")).await, kettles);
}

async fn synonyms_of_several_words_stand_for_all_of_them(f: &Fixture) {
    let config = json!({"synonyms": [{"id": "a", "phrases": ["cosmic goblet", "moon mug"]}]});
    let shop = Shop::new(f, strict(config));
    let plain = Shop::new(f, strict(json!({})));
    let expected = plain.found(&text("moon mug ")).await;
    assert!(!expected.is_empty());
    assert_eq!(shop.found(&text("cosmic goblet ")).await, expected);
    let garden = plain.found(&text("moon mug garden ")).await;
    assert_eq!(shop.found(&text("cosmic goblet garden ")).await, garden);
}

async fn stop_words_are_not_asked_for(f: &Fixture) {
    let shop = Shop::new(f, strict(json!({"stop_words": ["gimme", "mug"]})));
    let plain = Shop::new(f, strict(json!({})));
    let moon = plain.found(&text("moon ")).await;
    assert_eq!(shop.found(&text("gimme moon ")).await, moon);
    let mugs = plain.found(&text("mug ")).await;
    assert_eq!(
        shop.found(&text("mug ")).await,
        mugs,
        "there is nothing else"
    );
}

async fn pins_come_first(f: &Fixture) {
    let pins = json!({"pin": [{"external_id": "mug-travel"}, {"external_id": "mug-moon"}]});
    let shop = Shop::new(f, rule(json!({}), pins));
    for query in [text("mug "), everything()] {
        let plain = Shop::new(f, strict(json!({}))).ordered(&query).await;
        let mut expected = vec!["mug-travel".to_owned(), "mug-moon".to_owned()];
        expected.extend(
            plain
                .into_iter()
                .filter(|name| !["mug-travel", "mug-moon"].contains(&name.as_str())),
        );
        assert_eq!(shop.ordered(&query).await, expected, "{query:?}");
    }
    let filtered = text("mug ").category("kettles");
    assert!(
        !shop
            .ordered(&filtered)
            .await
            .contains(&"mug-travel".to_owned())
    );
}

async fn what_is_hidden_is_not_found_nor_counted(f: &Fixture) {
    let hide = json!({"hide": [
        {"products": [{"external_id": "mug-star"}]},
        {"filters": {"brand": ["Wayfarer"]}},
    ]});
    let query = text("mug ").facet(FacetName::Brand);
    let before = Shop::new(f, strict(json!({}))).search(&query).await;
    let after = Shop::new(f, rule(json!({}), hide)).search(&query).await;
    let names = f.names(&after.hits);
    for hidden in ["mug-star", "mug-travel"] {
        assert!(f.names(&before.hits).contains(&hidden.to_owned()));
        assert!(!names.contains(&hidden.to_owned()), "{names:?}");
    }
    let brands = before.facets.brand.expect("asked for");
    let wayfarer = counts(&brands).into_iter();
    let wayfarer: u64 = wayfarer
        .filter(|(brand, _)| *brand == "Wayfarer")
        .map(|(_, count)| count)
        .sum();
    assert_eq!(after.total, before.total - 1 - wayfarer);
    let brands = after.facets.brand.expect("asked for");
    assert!(
        counts(&brands)
            .iter()
            .all(|(brand, _)| *brand != "Wayfarer")
    );
}

async fn what_is_filtered_is_all_there_is(f: &Fixture) {
    let only = json!({"filter": {"category": ["mugs"]}});
    let query = everything().facet(FacetName::Category);
    let page = Shop::new(f, rule(json!({}), only)).search(&query).await;
    let mugs = f.total(&everything().category("mugs")).await;
    assert_eq!(page.total, mugs);
    let categories = page.facets.category.expect("asked for");
    assert!(categories.values.iter().all(|value| !value.selected));
    assert!(counts(&categories).iter().all(|(_, count)| *count == mugs));
}

async fn boosts_and_burials_change_the_order(f: &Fixture) {
    let query = text("mug ");
    let plain = Shop::new(f, strict(json!({}))).ordered(&query).await;
    let (first, last) = (plain.first().expect("a mug"), plain.last().expect("a mug"));
    let change = |name: &str, factor: f32| json!({"boost": [{"select": {"products": [{"external_id": name}]}, "factor": factor}]});
    let boosted = Shop::new(f, rule(json!({}), change(last, 20.0)));
    assert_eq!(boosted.ordered(&query).await.first(), Some(last));
    let buried = Shop::new(f, rule(json!({}), change(first, 0.05)));
    assert_eq!(buried.ordered(&query).await.last(), Some(first));
}

async fn a_rule_applies_to_its_queries_only(f: &Fixture) {
    let when = json!({"query": {"contains": "Moons"}, "filters": {"category": ["mugs"]}});
    let hide = json!({"hide": [{"filters": {"category": ["mugs"]}}]});
    let shop = Shop::new(f, rule(when, hide));
    let mugs = text("moon mug ").category("mugs");
    assert_eq!(shop.search(&mugs).await.total, 0);
    assert!(shop.search(&text("moon mug ")).await.total > 0);
    assert!(shop.search(&text("mug ").category("mugs")).await.total > 0);
}
