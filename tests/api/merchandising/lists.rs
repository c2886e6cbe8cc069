//! Synonyms, stop words, redirects and rules, one by one.

use poem::http::Method;
use serde_json::{Value, json};

use super::RULES;
use crate::shop::{ADMIN_KEY, Shop, add_tenant};
use souk_testkit::product;

fn rule() -> Value {
    json!({
        "id": "mugs-first",
        "name": "Mugs first",
        "when": {
            "query": {"starts_with": "dragon"},
            "from": "2026-01-01T00:00:00Z",
        },
        "then": {
            "pin": [{"external_id": "mug-1"}],
            "boost": [{"select": {"filters": {"category": ["mugs"]}}, "factor": 2.0}],
        },
    })
}

#[tokio::test]
async fn nothing_is_open_without_the_key() {
    let shop = Shop::open().await;
    for path in [
        "config",
        "settings",
        "synonyms",
        "synonyms/suggestions",
        "stop-words",
        "redirects",
        "rules",
        "rules/x",
        "versions",
        "versions/1",
        "events",
        "experiment",
    ] {
        let path = format!("/api/admin/search/{path}");
        let headers = [("Authorization", "Bearer wrong")];
        let reply = shop.send(Method::GET, &path, &headers, None).await;
        assert_eq!(reply.error(401).0, "unauthorized", "{path}");
    }
}

#[tokio::test]
async fn a_rule_lives_and_dies() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        live_and_die(shop).await;
    }
}

async fn live_and_die(shop: Shop) {
    let made = shop.admin(Method::POST, RULES, Some(&rule())).await;
    insta::assert_json_snapshot!("search_rule", made.expect(201));
    let path = made.header("location").unwrap().to_owned();
    let first = made.header("etag").unwrap().to_owned();
    let taken = shop.admin(Method::POST, RULES, Some(&rule())).await;
    assert_eq!(taken.error(409).1.as_deref(), Some("id"));

    let read = shop.admin(Method::GET, &path, None).await;
    assert_eq!(read.expect(200), made.json());
    assert_eq!(read.header("etag"), Some(first.as_str()));

    let mut changed = rule();
    changed["name"] = "Mugs before all".into();
    let forgetful = shop.admin(Method::PUT, &path, Some(&changed)).await;
    assert_eq!(forgetful.error(428).0, "precondition_required");
    let state = [("If-Match", first.as_str())];
    let replaced = shop
        .admin_with(Method::PUT, &path, &state, Some(&changed))
        .await;
    assert_eq!(replaced.expect(200)["name"], "Mugs before all");
    let late = shop
        .admin_with(Method::PUT, &path, &state, Some(&rule()))
        .await;
    assert_eq!(late.error(412).0, "precondition_failed");
    changed["id"] = "another".into();
    let other = shop
        .admin_with(Method::PUT, &path, &[("If-Match", "*")], Some(&changed))
        .await;
    assert_eq!(other.error(422).1.as_deref(), Some("id"));

    let late = shop.admin_with(Method::DELETE, &path, &state, None).await;
    assert_eq!(late.error(412).0, "precondition_failed");
    let state = [("If-Match", replaced.header("etag").unwrap())];
    shop.admin_with(Method::DELETE, &path, &state, None)
        .await
        .expect(204);
    for method in [Method::GET, Method::DELETE] {
        let gone = shop
            .admin_with(method, &path, &[("If-Match", "*")], None)
            .await;
        assert_eq!(gone.error(404).0, "not_found");
    }
}

#[tokio::test]
async fn others_may_change_another_rule_meanwhile() {
    let shop = Shop::open().await;
    let mut other = rule();
    other["id"] = "other".into();
    let first = shop.admin(Method::POST, RULES, Some(&rule())).await;
    shop.admin(Method::POST, RULES, Some(&other))
        .await
        .expect(201);
    let state = [("If-Match", first.header("etag").unwrap())];
    let path = format!("{RULES}/mugs-first");
    shop.admin_with(Method::PUT, &path, &state, Some(&rule()))
        .await
        .expect(200);
}

#[tokio::test]
async fn lists_come_in_pages_in_their_order() {
    let shop = Shop::open().await;
    for (list, item) in [
        ("synonyms", json!({"phrases": ["mug", "cup"]})),
        (
            "redirects",
            json!({"query": {"is": "returns"}, "url": "/help"}),
        ),
        ("rules", json!({"name": "It", "then": {"pin": [{"id": 1}]}})),
    ] {
        let path = format!("/api/admin/search/{list}");
        let empty = shop.admin(Method::GET, &path, None).await.expect(200);
        assert_eq!(empty, json!({list: []}));
        let mut made = Vec::new();
        for _ in 0..3 {
            let item = shop
                .admin(Method::POST, &path, Some(&item))
                .await
                .expect(201);
            made.push(item["id"].as_str().unwrap().to_owned());
        }
        let mut found = Vec::new();
        let mut next = Some(format!("{path}?per_page=2"));
        while let Some(page) = next {
            let page = shop.admin(Method::GET, &page, None).await.expect(200);
            let ids = page[list].as_array().unwrap().iter();
            found.extend(ids.map(|item| item["id"].as_str().unwrap().to_owned()));
            let after = page["next_after"].as_str();
            next = after.map(|after| format!("{path}?per_page=2&after={after}"));
        }
        assert_eq!(found, made, "{list}");
        let lost = format!("{path}?after=lost");
        let reply = shop.admin(Method::GET, &lost, None).await;
        assert_eq!(reply.error(400).1.as_deref(), Some("after"));
    }
}

#[tokio::test]
async fn stop_words_are_added_replaced_and_deleted() {
    let shop = Shop::open().await;
    let path = "/api/admin/search/stop-words";
    let words = async |query: &str| {
        let reply = shop
            .admin(Method::GET, &format!("{path}{query}"), None)
            .await;
        let state = reply.header("etag").unwrap().to_owned();
        (reply.expect(200), state)
    };
    let body = |words: &[&str]| json!({"stop_words": words});
    shop.admin(Method::POST, path, Some(&body(&["the", "für"])))
        .await
        .expect(204);
    shop.admin(Method::POST, path, Some(&body(&["a", "the"])))
        .await
        .expect(204);
    let (all, state) = words("").await;
    assert_eq!(all, body(&["a", "für", "the"]));
    assert_eq!(
        words("?per_page=2").await.0,
        json!({"stop_words": ["a", "für"], "next_after": "für"})
    );
    assert_eq!(words("?after=f%C3%BCr").await.0, body(&["the"]));

    shop.admin(Method::DELETE, &format!("{path}/a"), None)
        .await
        .expect(204);
    let gone = shop.admin(Method::DELETE, &format!("{path}/a"), None).await;
    assert_eq!(gone.error(404).0, "not_found");
    let state = [("If-Match", state.as_str())];
    let late = shop
        .admin_with(Method::PUT, path, &state, Some(&body(&["x"])))
        .await;
    assert_eq!(late.error(412).0, "precondition_failed");
    let state = words("").await.1;
    shop.admin_with(
        Method::PUT,
        path,
        &[("If-Match", state.as_str())],
        Some(&body(&["x"])),
    )
    .await
    .expect(204);
    assert_eq!(words("").await.0, body(&["x"]));
}

#[tokio::test]
async fn bad_input_is_named() {
    let shop = Shop::open().await;
    let then = json!({"pin": [{"id": 1}]});
    for (list, body, status, field) in [
        ("rules", json!({}), 400, Some("name")),
        ("rules", json!({"name": "a"}), 400, Some("then")),
        (
            "rules",
            json!({"name": "a", "then": then, "whn": {}}),
            400,
            Some("whn"),
        ),
        (
            "rules",
            json!({"name": "a", "then": then, "when": {"query": {"like": "b"}}}),
            400,
            Some("when.query"),
        ),
        (
            "rules",
            json!({"name": "a", "then": then, "when": {"from": "today"}}),
            400,
            Some("when.from"),
        ),
        ("rules", json!({"name": "a", "then": {}}), 422, Some("then")),
        (
            "rules",
            json!({"name": "a", "then": then, "id": "No"}),
            422,
            Some("id"),
        ),
        (
            "rules",
            json!({"name": "a", "then": then, "when": {"query": {"is": "!"}}}),
            422,
            Some("when.query.is"),
        ),
        (
            "rules",
            json!({"name": "a", "then": {"boost": [{"select": {"products": [{"id": 1}]}, "factor": 99}]}}),
            422,
            Some("then.boost[0].factor"),
        ),
        (
            "synonyms",
            json!({"phrases": ["one"]}),
            422,
            Some("phrases"),
        ),
        (
            "synonyms",
            json!({"phrases": ["one", "?"]}),
            422,
            Some("phrases[1]"),
        ),
        (
            "redirects",
            json!({"query": {"is": "a"}, "url": "javascript:alert(1)"}),
            422,
            Some("url"),
        ),
        (
            "stop-words",
            json!({"stop_words": ["a b"]}),
            422,
            Some("stop_words"),
        ),
    ] {
        let path = format!("/api/admin/search/{list}");
        let reply = shop.admin(Method::POST, &path, Some(&body)).await;
        assert_eq!(reply.error(status).1.as_deref(), field, "{list}: {body}");
    }
    let long = "a".repeat(101);
    let key = format!("Bearer {ADMIN_KEY}");
    let headers = [
        ("Authorization", key.as_str()),
        ("Content-Type", "application/json"),
        ("X-Actor", long.as_str()),
    ];
    let body = serde_json::to_vec(&rule()).unwrap();
    let reply = shop.send(Method::POST, RULES, &headers, Some(body)).await;
    assert_eq!(reply.error(400).1.as_deref(), Some("X-Actor"));
}

#[tokio::test]
async fn a_marketplaces_rules_are_nobody_elses() {
    let shop = Shop::open().await;
    add_tenant(&shop.store, "other", Some("other.example"), None).await;
    let shop = shop.reopen();
    let own = [("Host", "other.example")];
    shop.admin_with(Method::POST, RULES, &own, Some(&rule()))
        .await
        .expect(201);
    let scope = shop.store.scope(shop.tenant.id);
    assert_eq!(
        scope
            .search_configs()
            .active_versions()
            .await
            .unwrap()
            .revision,
        0
    );
    let found = shop
        .admin_with(Method::GET, RULES, &own, None)
        .await
        .expect(200);
    assert_eq!(found["rules"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_catalogue_suggests_synonyms_until_they_are_taken() {
    let shop = Shop::open().await;
    let path = "/api/admin/search/synonyms/suggestions";
    let before = shop.admin(Method::GET, path, None).await.expect(200);
    assert_eq!(before, json!({"learnt": false, "suggestions": []}));

    let titled = |(number, title): (usize, &str)| {
        product(&format!("spelt-{number}"))
            .title(&format!("{title} {number}"))
            .build()
    };
    let titles = [["Headset"; 9].as_slice(), ["Head set"; 7].as_slice()].concat();
    let products = titles.into_iter().enumerate().map(titled);
    shop.put(products.collect()).await;
    shop.learn().await;
    let found = shop.admin(Method::GET, path, None).await.expect(200);
    let headsets = json!({"phrases": ["headset", "head set"], "reason": "spelling", "support": 7});
    let suggested = |found: &Value| {
        let suggestions = found["suggestions"].as_array().unwrap();
        suggestions.contains(&headsets)
    };
    assert!(suggested(&found), "{found}");

    let group = json!({"phrases": headsets["phrases"]});
    let taken = shop.admin(Method::POST, "/api/admin/search/synonyms", Some(&group));
    taken.await.expect(201);
    let found = shop.admin(Method::GET, path, None).await.expect(200);
    assert!(!suggested(&found), "{found}");
    let limited = shop
        .admin(Method::GET, &format!("{path}?limit=0"), None)
        .await;
    assert_eq!(limited.error(400).1.as_deref(), Some("limit"));
}
