//! Every process goes by what was put in force, whoever put it there.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use poem::{EndpointExt, Response, endpoint::BoxEndpoint, http::Method, test::TestClient};
use serde_json::{Value, json};
use souk::{
    backlog::OutboxBacklog,
    router::{self, Guards},
};
use souk_cache::InvalidationListener;
use souk_domain::SearchQuery;
use souk_search_service::{SearchConfigs, SearchContext};
use souk_store::{Authorship, DatabaseOptions, Scope, Store, StoreError};
use souk_testkit::TestDatabase;
use tokio_util::sync::CancellationToken;

use super::{configure, redirecting};
use crate::shop::{Front, Shop, add_tenant, app_of, cache};

const DEADLINE: Duration = Duration::from_secs(20);

/// Another process over the same database and index, with a cache of its own.
struct Process {
    client: TestClient<BoxEndpoint<'static, Response>>,
    stop: CancellationToken,
}

impl Process {
    fn beside(shop: &Shop) -> Self {
        let (cache, stop) = (cache(true), CancellationToken::new());
        let backlog = OutboxBacklog(shop.store.clone());
        tokio::spawn(InvalidationListener::Local.run(cache.clone(), backlog, stop.clone()));
        let (index, front) = (shop.index.clone(), Front::default());
        let app = app_of(&shop.store, &shop.index, index, &cache, front);
        let configs = Arc::clone(app.search.configs());
        let ends = stop.clone();
        tokio::spawn(async move { configs.follow(ends).await });
        let client = TestClient::new(router::endpoint(app, Guards::default()).boxed());
        Self { client, stop }
    }

    async fn redirect(&self) -> Value {
        let request = self.client.get("/api/search?q=returns&facets=none");
        let response = request.send().await;
        let body = response.0.into_body().into_vec().await.unwrap();
        let found: Value = serde_json::from_slice(&body).unwrap();
        found["redirect"].clone()
    }

    async fn sends_to(&self, url: Option<&str>) {
        let deadline = Instant::now() + DEADLINE;
        while self.redirect().await.as_str() != url {
            assert!(Instant::now() < deadline, "the change is never seen");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Saves whatever it is.
async fn save(scope: &Scope, document: String) {
    let configs = scope.search_configs();
    let saved = configs.save(Authorship::default(), |_| Ok::<_, StoreError>(document));
    saved.await.unwrap();
}

#[tokio::test]
async fn another_process_goes_by_a_change_and_never_again_by_what_was_before() {
    let shop = Shop::open().await;
    let process = Process::beside(&shop);
    process.sends_to(None).await;
    // The answer is kept by now.
    process.sends_to(None).await;
    for url in ["/one", "/two", "/one"] {
        configure(&shop, &redirecting("return", url)).await;
        process.sends_to(Some(url)).await;
        for _ in 0..20 {
            assert_eq!(process.redirect().await, url);
        }
    }
}

#[tokio::test]
async fn what_was_last_known_stays_in_force_while_the_database_is_away() {
    let database = TestDatabase::sqlite().await;
    let options = DatabaseOptions::new(database.url());
    let store = Store::connect(&options).await.unwrap();
    let tenant = add_tenant(&store, "first", None, None).await;
    save(
        &store.scope(tenant.id),
        redirecting("return", "/help").to_string(),
    )
    .await;

    let configs = SearchConfigs::new(store.clone(), None);
    configs.of(&tenant).await.unwrap();
    store.close().await.unwrap();
    assert!(configs.look().await.is_err(), "the database is away");
    let active_config = configs.of(&tenant).await.unwrap();
    let query = SearchQuery {
        text: Some("returns".to_owned()),
        ..SearchQuery::default()
    };
    let rewritten = SearchContext::now(&active_config, None).rewrite(&tenant, &query);
    assert_eq!(rewritten.redirect.as_deref(), Some("/help"));
}

#[tokio::test]
async fn a_configuration_of_a_newer_version_is_survived() {
    let shop = Shop::open().await;
    let scope = shop.store.scope(shop.tenant.id);
    save(&scope, r#"{"from_the_future": 1}"#.to_owned()).await;
    let found = shop.get("/api/search?q=mug").await.expect(200);
    assert_eq!(found["total"], 2);

    // Put in force by this one, it would do nothing at all.
    save(&scope, "{}".to_owned()).await;
    let activate = "/api/admin/search/versions/1/activate";
    let any = [("If-Match", "*")];
    let refused = shop.admin_with(Method::POST, activate, &any, None).await;
    assert_eq!(refused.error(409).0, "conflict");
    let experiment = json!({"version": 1, "share": 10});
    let path = "/api/admin/search/experiment";
    let refused = shop.admin(Method::PUT, path, Some(&experiment)).await;
    assert_eq!(refused.error(409).0, "conflict");
}
