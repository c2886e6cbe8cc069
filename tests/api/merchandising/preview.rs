//! What would be, before it is.

use poem::http::Method;
use serde_json::{Value, json};

use super::configure;
use crate::shop::Shop;

const PREVIEW: &str = "/api/admin/search/preview";

fn slugs(results: &Value) -> Vec<&str> {
    let hits = results["hits"].as_array().unwrap().iter();
    hits.map(|hit| hit["slug"].as_str().unwrap()).collect()
}

/// The names of the rules that applied.
fn rules(results: &Value) -> Vec<&str> {
    let rules = results["applied"]["rules"].as_array().unwrap().iter();
    rules.map(|rule| rule["name"].as_str().unwrap()).collect()
}

async fn preview(shop: &Shop, body: Value) -> Value {
    let reply = shop.admin(Method::POST, PREVIEW, Some(&body)).await;
    reply.expect(200)
}

#[tokio::test]
async fn what_would_apply_is_told_and_nothing_is_saved() {
    let shop = Shop::open().await;
    let config = json!({
        "settings": {"relaxing": {"enough": 0}},
        "stop_words": ["gimme"],
        "synonyms": [{"id": "a", "phrases": ["mug", "tankard"]}],
        "redirects": [{"id": "b", "query": {"contains": "mug"}, "url": "/mugs"}],
        "rules": [{
            "id": "c",
            "name": "Mugs first",
            "when": {"query": {"starts_with": "gimme dragon"}},
            "then": {"pin": [{"external_id": "mug-1"}, {"external_id": "gone"}]},
        }],
    });
    let seen = preview(&shop, json!({"q": "gimme dragon mugs", "config": config})).await;
    insta::assert_json_snapshot!("search_preview_applied", seen["with"]["applied"]);
    assert_eq!(seen["with"]["redirect"], "/mugs");
    assert_eq!(slugs(&seen["with"])[0], "dragon-mug");
    assert_eq!(
        seen["with"]["matched"], "all_terms",
        "without the stop word"
    );
    assert_eq!(seen["live"]["matched"], "any_term");
    assert_eq!(rules(&seen["live"]), Vec::<&str>::new());
    let found = shop.get("/api/search?q=mug").await.expect(200);
    assert_eq!(found["settings_version"], 0);
}

#[tokio::test]
async fn a_rule_takes_the_place_of_the_live_one_or_follows() {
    let shop = Shop::open().await;
    let rule = |id: &str, name: &str| json!({"id": id, "name": name, "then": {"pin": [{"external_id": "mug-1"}]}});
    configure(
        &shop,
        &json!({"rules": [rule("it", "Old"), rule("other", "Other")]}),
    )
    .await;
    let seen = preview(&shop, json!({"q": "mug", "rule": rule("it", "New")})).await;
    assert_eq!(rules(&seen["live"]), ["Old", "Other"]);
    assert_eq!(rules(&seen["with"]), ["New", "Other"]);
    let seen = preview(&shop, json!({"q": "mug", "rule": rule("", "Last")})).await;
    assert_eq!(rules(&seen["with"]), ["Old", "Other", "Last"]);
    let seen = preview(&shop, json!({"q": "mug"})).await;
    assert_eq!(seen["live"], seen["with"]);
}

#[tokio::test]
async fn what_applies_at_another_time_is_seen_now() {
    let shop = Shop::open().await;
    let rule = json!({
        "name": "Later",
        "when": {"from": "2030-01-01T00:00:00Z"},
        "then": {"pin": [{"external_id": "mug-1"}]},
    });
    let at = async |time: &str| {
        let seen = preview(&shop, json!({"q": "mug", "at": time, "rule": rule})).await;
        rules(&seen["with"]).len()
    };
    assert_eq!(at("2029-12-31T23:59:59Z").await, 0);
    assert_eq!(at("2030-01-01T00:00:00Z").await, 1);
}

#[tokio::test]
async fn bad_input_is_named() {
    let shop = Shop::open().await;
    let rule = json!({"name": "a", "then": {}});
    for (body, status, field) in [
        (json!({"q": "a".repeat(401)}), 422, "q"),
        (json!({"per_page": 0}), 422, "per_page"),
        (json!({"rule": rule}), 422, "rule.then"),
        (
            json!({"config": {"stop_words": ["?"]}}),
            422,
            "config.stop_words",
        ),
        (
            json!({"rule": {"name": "a", "then": {"pin": [{"id": 1}]}}, "config": {}}),
            422,
            "rule",
        ),
        (json!({"filters": {"size": 1}}), 400, "filters.size"),
    ] {
        let reply = shop.admin(Method::POST, PREVIEW, Some(&body)).await;
        assert_eq!(reply.error(status).1.as_deref(), Some(field), "{body}");
    }
}
