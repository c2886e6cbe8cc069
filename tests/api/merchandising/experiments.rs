//! Some sessions are given another version.

use std::collections::BTreeSet;

use poem::http::Method;
use serde_json::json;

use super::{configure, redirecting};
use crate::shop::{Reply, Shop};

const EXPERIMENT: &str = "/api/admin/search/experiment";
const SEARCH: &str = "/api/search?q=returns&facets=none";

async fn of_session(shop: &Shop, session: usize) -> Reply {
    let session = format!("session-{session:04}");
    let headers = [("X-Visitor-Id", session.as_str())];
    shop.send(Method::GET, SEARCH, &headers, None).await
}

#[tokio::test]
async fn sessions_are_given_the_arm_that_is_theirs_and_nobody_shares_their_answers() {
    let shop = Shop::open().await.cached();
    configure(&shop, &redirecting("return", "/one")).await;
    configure(&shop, &redirecting("return", "/two")).await;
    let shared = of_session(&shop, 1).await;
    let control = |reply: &Reply| reply.header("cache-control").unwrap().to_owned();
    assert!(control(&shared).starts_with("public"));

    let body = json!({"version": 1, "share": 50});
    let started = shop.admin(Method::PUT, EXPERIMENT, Some(&body)).await;
    assert_eq!(
        started.expect(200),
        json!({"live": 2, "version": 1, "share": 50})
    );
    let mut versions = BTreeSet::new();
    for session in 0..40 {
        let first = of_session(&shop, session).await;
        let found = first.expect(200);
        let (version, url) = match found["settings_version"].as_i64() {
            Some(1) => (1, "/one"),
            _ => (2, "/two"),
        };
        assert_eq!(found["settings_version"], version);
        assert_eq!(found["redirect"], url);
        let again = of_session(&shop, session).await.expect(200);
        assert_eq!(again["settings_version"], version, "it keeps its arm");
        assert_eq!(control(&first), "private, no-store");
        assert!(first.header("vary").unwrap().contains("X-Visitor-Id"));
        versions.insert(version);
    }
    assert_eq!(versions, BTreeSet::from([1, 2]));
    let nobody = shop.get(SEARCH).await.expect(200);
    assert_eq!(nobody["settings_version"], 2, "arm A");

    shop.admin(Method::DELETE, EXPERIMENT, None)
        .await
        .expect(204);
    for session in 0..20 {
        let reply = of_session(&shop, session).await;
        assert_eq!(reply.expect(200)["settings_version"], 2);
        assert!(control(&reply).starts_with("public"));
    }
}

#[tokio::test]
async fn an_experiment_needs_another_version_and_a_share() {
    let shop = Shop::open().await;
    configure(&shop, &redirecting("return", "/one")).await;
    let start = async |version: i64, share: i64| {
        let body = json!({"version": version, "share": share});
        shop.admin(Method::PUT, EXPERIMENT, Some(&body)).await
    };
    assert_eq!(start(1, 50).await.error(409).1.as_deref(), Some("version"));
    assert_eq!(start(9, 50).await.error(404).0, "not_found");
    for share in [0, 100] {
        assert_eq!(start(1, share).await.error(422).1.as_deref(), Some("share"));
    }
    for method in [Method::GET, Method::DELETE] {
        let reply = shop.admin(method, EXPERIMENT, None).await;
        assert_eq!(reply.error(404).0, "not_found");
    }
    configure(&shop, &json!({})).await;
    start(1, 1).await.expect(200);
    let shown = shop.admin(Method::GET, EXPERIMENT, None).await;
    assert_eq!(
        shown.expect(200),
        json!({"live": 2, "version": 1, "share": 1})
    );
}
