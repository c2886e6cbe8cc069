//! A configuration as a whole, and its versions.

use poem::http::Method;
use serde_json::json;

use super::{CONFIG, configure, redirect, redirecting};
use crate::shop::Shop;

#[tokio::test]
async fn nothing_configured_is_a_configuration() {
    let shop = Shop::open().await;
    let reply = shop.admin(Method::GET, CONFIG, None).await;
    insta::assert_json_snapshot!("search_config_of_nothing", reply.expect(200));
    assert_eq!(reply.header("x-config-version"), Some("0"));
    let found = shop.get("/api/search?q=mug").await.expect(200);
    assert_eq!(found["settings_version"], 0);
    assert_eq!(found.get("redirect"), None);
}

#[tokio::test]
async fn a_configuration_is_in_force_at_once_and_can_be_sent_back() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        assert!(redirect(&shop, "returns").await.is_null());
        let reply = configure(&shop, &redirecting("return", "/help/returns")).await;
        assert_eq!(reply.header("x-config-version"), Some("1"));
        assert_eq!(redirect(&shop, "returns").await, "/help/returns");
        let found = shop.get("/api/search?q=mug").await.expect(200);
        assert_eq!(found["settings_version"], 1);

        let read = shop.admin(Method::GET, CONFIG, None).await;
        let state = [("If-Match", read.header("etag").unwrap())];
        let again = shop
            .admin_with(Method::PUT, CONFIG, &state, Some(&read.json()))
            .await;
        assert_eq!(again.expect(200), read.json());
        assert_eq!(again.header("x-config-version"), Some("1"), "nothing new");

        configure(&shop, &json!({})).await;
        let late = shop
            .admin_with(Method::PUT, CONFIG, &state, Some(&read.json()))
            .await;
        assert_eq!(late.error(412).0, "precondition_failed");
        let forgetful = shop.admin(Method::PUT, CONFIG, Some(&json!({}))).await;
        assert_eq!(forgetful.error(428).0, "precondition_required");
    }
}

#[tokio::test]
async fn an_old_version_comes_back_and_it_is_known_who_did_it() {
    let shop = Shop::open().await;
    let ada = [("If-Match", "*"), ("X-Actor", "ada")];
    let path = format!("{CONFIG}?note=first+try");
    shop.admin_with(Method::PUT, &path, &ada, Some(&redirecting("a", "/one")))
        .await
        .expect(200);
    configure(&shop, &redirecting("a", "/two")).await;
    assert_eq!(redirect(&shop, "a").await, "/two");

    let activate = "/api/admin/search/versions/1/activate";
    let forgetful = shop.admin(Method::POST, activate, None).await;
    assert_eq!(forgetful.error(428).0, "precondition_required");
    let late = [("If-Match", "\"old\"")];
    let reply = shop.admin_with(Method::POST, activate, &late, None).await;
    assert_eq!(reply.error(412).0, "precondition_failed");
    let bob = [("If-Match", "*"), ("X-Actor", "bob")];
    shop.admin_with(Method::POST, activate, &bob, None)
        .await
        .expect(200);
    assert_eq!(redirect(&shop, "a").await, "/one");
    let found = shop.get("/api/search?q=a").await.expect(200);
    assert_eq!(found["settings_version"], 1);

    let versions = "/api/admin/search/versions";
    let page = shop.admin(Method::GET, versions, None).await.expect(200);
    insta::assert_json_snapshot!("search_versions", page, {
        ".versions[].created_at" => "[time]",
    });
    let one = format!("{versions}/1");
    let version = shop.admin(Method::GET, &one, None).await.expect(200);
    assert_eq!(version["config"]["redirects"][0]["url"], "/one");
    let missing = shop
        .admin(Method::GET, &format!("{versions}/9"), None)
        .await;
    assert_eq!(missing.error(404).0, "not_found");
    let events = shop
        .admin(Method::GET, "/api/admin/search/events", None)
        .await;
    insta::assert_json_snapshot!("search_events", events.expect(200), {
        ".events[].created_at" => "[time]",
        ".events[].id" => "[id]",
    });
}

#[tokio::test]
async fn settings_are_read_and_replaced() {
    let shop = Shop::open().await;
    let path = "/api/admin/search/settings";
    let read = shop.admin(Method::GET, path, None).await;
    insta::assert_json_snapshot!("search_settings", read.expect(200));
    let state = [("If-Match", read.header("etag").unwrap())];
    let few = json!({"relaxing": {"enough": 0}});
    let replaced = shop.admin_with(Method::PUT, path, &state, Some(&few)).await;
    assert_eq!(replaced.expect(200)["settings"]["relaxing"]["enough"], 0);
    let late = shop.admin_with(Method::PUT, path, &state, Some(&few)).await;
    assert_eq!(late.error(412).0, "precondition_failed");
    let bad = json!({"words": {"synonym": 3}});
    let any = [("If-Match", "*")];
    let refused = shop.admin_with(Method::PUT, path, &any, Some(&bad)).await;
    assert_eq!(refused.error(422).1.as_deref(), Some("words.synonym"));
}

#[tokio::test]
async fn a_bad_configuration_is_refused_whole() {
    let shop = Shop::open().await;
    let any = [("If-Match", "*")];
    let rule = |id: &str| json!({"id": id, "name": "It", "then": {"pin": [{"id": 1}]}});
    let mut bad = rule("c");
    bad["when"] = json!({"query": {"contains": "?"}});
    for (config, status, field) in [
        (
            json!({"rules": [rule("a"), rule("b"), bad]}),
            422,
            "rules[2].when.query.contains",
        ),
        (json!({"rules": [rule("a"), rule("a")]}), 422, "rules[1].id"),
        (
            json!({"settings": {"words": {"synonyms": 1}}}),
            400,
            "settings.words.synonyms",
        ),
        (json!({"redirects": [{}]}), 400, "redirects[0].query"),
    ] {
        let reply = shop
            .admin_with(Method::PUT, CONFIG, &any, Some(&config))
            .await;
        assert_eq!(reply.error(status).1.as_deref(), Some(field));
    }
    let found = shop.get("/api/search").await.expect(200);
    assert_eq!(found["settings_version"], 0);
}
