//! Tests of rewriting queries.

use serde_json::{Value, json};
use souk_domain::{Filters, Sort};

use super::*;
use crate::{
    merchandising::{AppliedRule, AppliedSynonyms},
    merchandising::{Chosen, MAX_PINNED},
    query::Word,
};

const TENANT: TenantId = TenantId(1);
const NOW: i64 = 1_767_225_600_000; // 2026-01-01

fn rewriter(config: Value) -> Rewriter {
    let config = serde_json::from_value::<SearchConfig>(config)
        .unwrap()
        .validated()
        .unwrap();
    let products = BTreeMap::from([(ExternalKey::alone("mug-1"), ProductId(11))]);
    Rewriter::new(&config, Language::English, &products)
}

fn query(text: &str) -> SearchQuery {
    SearchQuery {
        text: (!text.is_empty()).then(|| text.to_owned()),
        ..SearchQuery::default()
    }
}

fn rules(rules: Value) -> Rewriter {
    rewriter(json!({"rules": rules}))
}

fn rule(id: &str, when: Value, then: Value) -> Value {
    json!({"id": id, "name": format!("Rule {id}"), "when": when, "then": then})
}

/// The ids of the rules that apply.
fn applied(rewriter: &Rewriter, query: &SearchQuery, now: i64) -> Vec<String> {
    let trace = rewriter.rewrite(TENANT, query, now).trace;
    trace.rules.into_iter().map(|rule| rule.id).collect()
}

fn synonyms_of(word: &Word) -> Vec<Vec<&str>> {
    word.synonyms
        .iter()
        .map(|phrase| phrase.iter().map(|word| word.stem.as_str()).collect())
        .collect()
}

#[test]
fn nothing_configured_changes_nothing() {
    let rewritten = rewriter(json!({})).rewrite(TENANT, &query("red mug"), NOW);
    let plain = SearchPlan::new(TENANT, Language::English, &query("red mug"), NOW);
    assert_eq!(rewritten.plan, plain);
    assert_eq!(rewritten.redirect, None);
    assert_eq!(rewritten.trace, Trace::default());
}

#[test]
fn settings_are_in_the_plan() {
    let rewriter = rewriter(json!({"settings": {"relaxing": {"enough": 3}}}));
    let plan = rewriter.rewrite(TENANT, &query("mug"), NOW).plan;
    assert_eq!(plan.settings.relaxation.enough, 3);
}

#[test]
fn two_way_synonyms_go_both_ways_and_stand_at_every_word_of_a_phrase() {
    let rewriter = rewriter(json!({"synonyms": [
        {"id": "pc", "phrases": ["laptop", "Notebook Computers", "ultrabook"]},
    ]}));
    let rewritten = rewriter.rewrite(TENANT, &query("notebook computer bag"), NOW);
    let words = &rewritten.plan.text.as_ref().unwrap().words;
    let other = vec![vec!["laptop"], vec!["ultrabook"]];
    assert_eq!(synonyms_of(&words[0]), other);
    assert_eq!(synonyms_of(&words[1]), other);
    assert_eq!(synonyms_of(&words[2]), Vec::<Vec<&str>>::new());
    assert_eq!(
        rewritten.trace.synonyms,
        [AppliedSynonyms {
            id: "pc".to_owned(),
            words: "notebook computer".to_owned(),
            also: vec!["laptop".to_owned(), "ultrabook".to_owned()],
        }]
    );
    let back = rewriter.rewrite(TENANT, &query("LAPTOPS"), NOW).plan;
    let word = &back.text.as_ref().unwrap().words[0];
    assert_eq!(
        synonyms_of(word),
        [vec!["notebook", "comput"], vec!["ultrabook"]]
    );
}

#[test]
fn one_way_synonyms_go_one_way() {
    let rewriter = rewriter(json!({"synonyms": [
        {"id": "tv", "phrases": ["television"], "from": ["tv", "telly"]},
    ]}));
    let expanded = |text: &str| {
        let rewritten = rewriter.rewrite(TENANT, &query(text), NOW);
        rewritten.trace.synonyms.len()
    };
    assert_eq!(["tv", "telly", "television"].map(expanded), [1, 1, 0]);
}

#[test]
fn a_synonym_is_put_to_a_word_once() {
    let rewriter = rewriter(json!({"synonyms": [
        {"id": "one", "phrases": ["mug", "cup"]},
        {"id": "two", "phrases": ["cups", "mugs"]},
    ]}));
    let plan = rewriter.rewrite(TENANT, &query("mug"), NOW).plan;
    assert_eq!(synonyms_of(&plan.text.unwrap().words[0]), [vec!["cup"]]);
}

#[test]
fn stop_words_are_left_out_also_of_synonyms_and_not_out_of_phrases_that_are_looked_for() {
    let rewriter = rewriter(json!({
        "stop_words": ["of", "the"],
        "synonyms": [{"id": "tea", "phrases": ["cup of tea", "the brew"]}],
    }));
    let rewritten = rewriter.rewrite(TENANT, &query("the cup of tea"), NOW);
    let words = &rewritten.plan.text.as_ref().unwrap().words;
    let surfaces: Vec<_> = words.iter().map(|word| word.surface.as_str()).collect();
    assert_eq!(surfaces, ["cup", "tea"]);
    assert_eq!(synonyms_of(&words[0]), [vec!["brew"]]);
    assert_eq!(rewritten.trace.stop_words, ["the", "of"]);
}

#[test]
fn the_first_redirect_counts() {
    let redirect =
        |id: &str, query: Value| json!({"id": id, "query": query, "url": format!("/{id}")});
    let rewriter = rewriter(json!({"redirects": [
        redirect("whole", json!({"is": "Returns"})),
        redirect("some", json!({"contains": "return policy"})),
        redirect("late", json!({"contains": "return"})),
    ]}));
    for (text, expected) in [
        ("return", Some("/whole")),
        ("the return policies", Some("/some")),
        ("return mug", Some("/late")),
        ("mug", None),
        ("", None),
    ] {
        let rewritten = rewriter.rewrite(TENANT, &query(text), NOW);
        assert_eq!(rewritten.redirect.as_deref(), expected, "{text}");
    }
}

#[test]
fn rules_apply_in_their_order_to_the_queries_they_name() {
    let pin = || json!({"pin": [{"id": 1}]});
    let rewriter = rules(json!([
        rule("is", json!({"query": {"is": "Dragon Mugs"}}), pin()),
        rule("starts", json!({"query": {"starts_with": "dragon"}}), pin()),
        rule("contains", json!({"query": {"contains": "mug"}}), pin()),
        rule("always", json!({}), pin()),
    ]));
    for (text, expected) in [
        ("dragon mug", &["is", "starts", "contains", "always"][..]),
        ("dragon mug mug", &["starts", "contains", "always"]),
        ("dragon", &["starts", "always"]),
        ("dragonfly", &["always"]),
        ("my mug", &["contains", "always"]),
        ("", &["always"]),
    ] {
        assert_eq!(applied(&rewriter, &query(text), NOW), expected, "{text}");
    }
}

#[test]
fn a_rule_that_is_off_does_nothing() {
    let mut off = rule("off", json!({}), json!({"pin": [{"id": 1}]}));
    off["enabled"] = json!(false);
    assert!(applied(&rules(json!([off])), &query("mug"), NOW).is_empty());
}

#[test]
fn filters_are_a_condition() {
    let when = json!({"filters": {"category": ["mugs", "kettles"], "attributes": {"Colour": ["Red"]}, "in_stock": true}});
    let rewriter = rules(json!([rule("it", when, json!({"pin": [{"id": 1}]}))]));
    let filtered = |filters: Value| {
        let filters: Filters = serde_json::from_value(filters).unwrap();
        let query = SearchQuery {
            filters,
            ..SearchQuery::default()
        };
        !applied(&rewriter, &query, NOW).is_empty()
    };
    let red = json!({"Colour": ["Blue", "Red"]});
    assert!(filtered(
        json!({"category": ["mugs"], "attributes": red, "in_stock": true})
    ));
    assert!(!filtered(json!({"category": ["mugs"], "attributes": red})));
    assert!(!filtered(
        json!({"category": ["hats"], "attributes": red, "in_stock": true})
    ));
    assert!(!filtered(json!({"category": ["mugs"], "in_stock": true})));
    assert!(!filtered(json!({})));
}

#[test]
fn rules_come_and_go_by_the_time() {
    let pin = || json!({"pin": [{"id": 1}]});
    let rewriter = rules(json!([
        rule("from", json!({"from": "2026-01-01T00:00:00Z"}), pin()),
        rule("until", json!({"until": "2026-01-01T00:00:00Z"}), pin()),
    ]));
    assert_eq!(applied(&rewriter, &query(""), NOW - 1), ["until"]);
    assert_eq!(applied(&rewriter, &query(""), NOW), ["from"]);
    assert_ne!(rewriter.period(NOW - 1), rewriter.period(NOW));
    assert_eq!(rewriter.period(NOW), rewriter.period(i64::MAX));
}

#[test]
fn effects_of_several_rules_add_up() {
    let rewriter = rules(json!([
        rule(
            "one",
            json!({}),
            json!({
                "pin": [{"external_id": "mug-1"}, {"id": 2}, {"external_id": "gone"}],
                "hide": [{"products": [{"external_id": "gone"}]}, {"products": [{"id": 9}]}],
            })
        ),
        rule(
            "two",
            json!({}),
            json!({
                "pin": [{"id": 2}, {"id": 3}],
                "boost": [{"select": {"filters": {"brand": ["Acme"]}}, "factor": 0.5}],
                "filter": {"in_stock": true},
            })
        ),
    ]));
    let Rewritten { plan, trace, .. } = rewriter.rewrite(TENANT, &query("mug"), NOW);
    let merchandising = plan.merchandising;
    assert_eq!(merchandising.pinned, [11, 2, 3].map(ProductId));
    assert_eq!(
        merchandising.hidden,
        [Chosen::Products([ProductId(9)].into())],
        "what does not exist hides nothing"
    );
    assert_eq!(merchandising.boosts.len(), 1);
    assert_eq!(merchandising.only[0].in_stock, Some(true));
    assert_eq!(trace.unknown_products, ["gone".to_owned()].into());
    assert_eq!(
        trace.rules[0],
        AppliedRule {
            id: "one".to_owned(),
            name: "Rule one".to_owned()
        }
    );
}

#[test]
fn there_are_no_more_pins_than_an_engine_takes() {
    let pins = |first: i64| -> Vec<Value> {
        let ids = first..first + MAX_PINNED as i64;
        ids.map(|id| json!({"id": id})).collect()
    };
    let rewriter = rules(json!([
        rule("one", json!({}), json!({"pin": pins(1)})),
        rule("two", json!({}), json!({"pin": pins(100)})),
    ]));
    let plan = rewriter.rewrite(TENANT, &query("mug"), NOW).plan;
    assert_eq!(plan.merchandising.pinned.len(), MAX_PINNED);
    assert_eq!(plan.merchandising.pinned[0], ProductId(1));
}

#[test]
fn a_search_without_text_is_rewritten_too() {
    let rewriter = rewriter(json!({"stop_words": ["the"]}));
    let plan = rewriter.rewrite(TENANT, &query(""), NOW).plan;
    assert_eq!((plan.text, plan.sort), (None, Sort::Popular));
}
