//! Tests of reading and checking configurations.

use serde_json::{Value, json};

use super::*;

fn config(value: Value) -> SearchConfig {
    serde_json::from_value(value).unwrap()
}

/// A rule of which one part is other than good.
fn rule(part: &str, value: Value) -> Value {
    let mut rule = json!({
        "id": "one",
        "name": "One",
        "when": {},
        "then": {"pin": [{"id": 1}]},
    });
    rule[part] = value;
    json!({"rules": [rule]})
}

#[test]
fn nothing_is_a_configuration() {
    let nothing = config(json!({}));
    assert_eq!(nothing, SearchConfig::default());
    assert!(nothing.validated().is_ok());
}

#[test]
fn written_config_reads_back() {
    let written = json!({
        "settings": SearchSettings::default(),
        "stop_words": ["a", "the"],
        "synonyms": [
            {"id": "one", "phrases": ["laptop", "notebook computer"]},
            {"id": "two", "phrases": ["television"], "from": ["tv"]},
        ],
        "redirects": [{"id": "one", "query": {"is": "returns"}, "url": "/help/returns"}],
        "rules": [{
            "id": "one",
            "name": "Mugs first",
            "enabled": false,
            "when": {
                "query": {"starts_with": "mug"},
                "filters": {"category": ["mugs"], "attributes": {"Colour": ["Red"]}},
                "from": "2026-01-01T00:00:00Z",
                "until": "2026-02-01T00:00:00Z",
            },
            "then": {
                "pin": [{"id": 7}, {"external_id": "mug-1"}],
                "boost": [{"select": {"filters": {"in_stock": true}}, "factor": 2.0}],
                "hide": [{"products": [{"external_id": "mug-2"}]}],
                "filter": {"price": {"min": 100}, "rating_min": 4.0},
            },
        }],
    });
    let read = config(written.clone()).validated().unwrap();
    let document = read.to_document().unwrap();
    assert_eq!(
        serde_json::from_str::<SearchConfig>(&document).unwrap(),
        read
    );
    let named = read.external_ids();
    let named: BTreeSet<&str> = named.iter().map(|key| key.external_id.as_str()).collect();
    assert_eq!(named, BTreeSet::from(["mug-1", "mug-2"]));
    let again = serde_json::to_value(&read).unwrap();
    for list in ["stop_words", "synonyms", "redirects", "rules"] {
        assert_eq!(again[list], written[list], "{list}");
    }
}

#[test]
fn no_group_hides_behind_what_the_catalogue_suggests() {
    let group = |id: &str| json!({"synonyms": [{"id": id, "phrases": ["a", "b"]}]});
    let refused = config(group("suggestions")).validated().unwrap_err();
    assert_eq!(refused.field, "synonyms[0].id");
    assert!(config(group("suggestion")).validated().is_ok());
}

#[test]
fn no_word_of_a_phrase_is_left_out_in_silence() {
    let long = "a".repeat(64);
    for phrase in [format!("{long} mug"), format!("mug-{long}")] {
        let redirects = json!([{"id": "a", "query": {"is": phrase}, "url": "/"}]);
        let refused = config(json!({"redirects": redirects})).validated();
        assert_eq!(
            refused.unwrap_err().field,
            "redirects[0].query.is",
            "{phrase}"
        );
    }
}

#[test]
fn invalid_field_is_named() {
    let long = "a".repeat(MAX_PHRASE_CHARS + 1);
    let synonyms = |phrases: Value| json!({"synonyms": [{"id": "a", "phrases": phrases}]});
    let redirect =
        |url: &str| json!({"redirects": [{"id": "a", "query": {"is": "b"}, "url": url}]});
    let then = |then: Value| rule("then", then);
    let when = |when: Value| rule("when", when);
    let hide = |filters: Value| then(json!({"hide": [{"filters": filters}]}));
    for (value, field) in [
        (
            json!({"settings": {"words": {"synonym": 2}}}),
            "settings.words.synonym",
        ),
        (json!({"stop_words": ["a b"]}), "stop_words"),
        (json!({"stop_words": ["-"]}), "stop_words"),
        (synonyms(json!(["one"])), "synonyms[0].phrases"),
        (synonyms(json!(["one", "!"])), "synonyms[0].phrases[1]"),
        (
            synonyms(json!(["one", "a b c d e f g"])),
            "synonyms[0].phrases[1]",
        ),
        (synonyms(json!([long, "one"])), "synonyms[0].phrases[0]"),
        (
            json!({"synonyms": [{"id": "a", "phrases": ["b"], "from": ["?"]}]}),
            "synonyms[0].from[0]",
        ),
        (
            json!({"synonyms": [{"id": "No", "phrases": ["a", "b"]}]}),
            "synonyms[0].id",
        ),
        (redirect("javascript:alert(1)"), "redirects[0].url"),
        (redirect("//elsewhere.example"), "redirects[0].url"),
        (redirect("/\\elsewhere.example"), "redirects[0].url"),
        (redirect("https://"), "redirects[0].url"),
        (redirect("/a b"), "redirects[0].url"),
        (rule("id", json!("")), "rules[0].id"),
        (rule("name", json!(" ")), "rules[0].name"),
        (
            when(json!({"query": {"contains": "?"}})),
            "rules[0].when.query.contains",
        ),
        (when(json!({"filters": {}})), "rules[0].when.filters"),
        (
            when(json!({"filters": {"rating_min": 4}})),
            "rules[0].when.filters.rating_min",
        ),
        (
            when(json!({"from": "2026-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"})),
            "rules[0].when.until",
        ),
        (then(json!({})), "rules[0].then"),
        (then(json!({"pin": [{"id": 0}]})), "rules[0].then.pin[0]"),
        (
            then(json!({"pin": [{"external_id": ""}]})),
            "rules[0].then.pin[0]",
        ),
        (
            then(json!({"boost": [{"select": {"products": []}, "factor": 1}]})),
            "rules[0].then.boost[0].select.products",
        ),
        (
            then(json!({"boost": [{"select": {"products": [{"id": 1}]}, "factor": 21}]})),
            "rules[0].then.boost[0].factor",
        ),
        (hide(json!({})), "rules[0].then.hide[0].filters"),
        (
            hide(json!({"category": ["No Slug"]})),
            "rules[0].then.hide[0].filters.category",
        ),
        (
            hide(json!({"brand": [""]})),
            "rules[0].then.hide[0].filters.brand",
        ),
        (
            hide(json!({"price": {}})),
            "rules[0].then.hide[0].filters.price",
        ),
        (
            hide(json!({"attributes": {"a": []}})),
            "rules[0].then.hide[0].filters.attributes",
        ),
        (
            then(json!({"filter": {"rating_min": 9}})),
            "rules[0].then.filter.rating_min",
        ),
    ] {
        let error = config(value.clone()).validated().unwrap_err();
        assert_eq!(error.field, field, "{value}");
        assert!(!error.message.is_empty());
    }
}

#[test]
fn ids_are_unique_and_made_where_they_are_missing() {
    let redirect = |id: &str| json!({"id": id, "query": {"is": "b"}, "url": "/"});
    let twice = config(json!({"redirects": [redirect("a"), redirect("b"), redirect("a")]}));
    assert_eq!(twice.validated().unwrap_err().field, "redirects[2].id");

    let mut unnamed = config(json!({"redirects": [redirect("a"), redirect("")]}));
    unnamed.give_ids(|| "made".to_owned());
    let ids: Vec<_> = unnamed.redirects.iter().map(Item::id).collect();
    assert_eq!(ids, ["a", "made"]);
}

#[test]
fn there_are_bounds() {
    let words: Vec<_> = (0..=MAX_STOP_WORDS)
        .map(|word| format!("w{word}"))
        .collect();
    let error = config(json!({"stop_words": words}))
        .validated()
        .unwrap_err();
    assert_eq!(error.field, "stop_words");
    let pins: Vec<_> = (1..=51).map(|id| json!({"id": id})).collect();
    let error = config(rule("then", json!({"pin": pins})))
        .validated()
        .unwrap_err();
    assert_eq!(error.field, "rules[0].then.pin");
}

#[test]
fn misspelt_field_is_rejected() {
    for value in [
        json!({"rule": []}),
        rule("than", json!({})),
        rule("then", json!({"pinn": []})),
        rule("when", json!({"query": {"like": "a"}})),
        rule("then", json!({"filter": {"colour": ["red"]}})),
    ] {
        assert!(
            serde_json::from_value::<SearchConfig>(value.clone()).is_err(),
            "{value}"
        );
    }
}
