//! What an API process tells is what rules, dashboards and manual may rely on.

use souk_testkit::{TestDatabase, TestElasticsearch, TestRedis};

use crate::{
    process::{Process, wait_until},
    scrape,
};

/// The metrics of an API process that does not index; those of one that does are these and the indexer's.
const LIST: &str = include_str!("../../infrastructure/prometheus/metrics/api.txt");

#[tokio::test(flavor = "multi_thread")]
async fn an_api_process_tells_what_is_listed() {
    let (database, elasticsearch) = (TestDatabase::postgres().await, TestElasticsearch::new());
    let redis = TestRedis::start();
    let redis_url = redis.url();
    let environment = [
        ("DATABASE_URL", database.url()),
        ("ELASTICSEARCH_URL", elasticsearch.url()),
        ("ELASTICSEARCH_INDEX_PREFIX", elasticsearch.prefix()),
        ("REDIS_URL", &redis_url),
        ("SOUK_INDEXER_IN_PROCESS", "no"),
        ("SOUK_DEMO", "false"),
    ];
    let process = Process::serve(&environment);
    // There is no index yet, so the database answers, and finds nothing.
    let searched = reqwest::get(process.url("/api/search?q=mug")).await;
    assert_eq!(searched.unwrap().status(), 200);
    let listed: Vec<_> = LIST.lines().collect();
    let mut exported = Vec::new();
    // Connections and proofs take their time.
    wait_until("all is told", async || {
        exported = scrape::kinds(&process.metrics().await);
        listed
            .iter()
            .all(|listed| exported.iter().any(|exported| exported == listed))
    })
    .await;
    assert_eq!(
        exported, listed,
        "infrastructure/prometheus/metrics/api.txt"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_never_beside_the_api() {
    let process = Process::serve(&[]);
    for path in ["/metrics", "/api/metrics"] {
        let answer = reqwest::get(process.url(path)).await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
    }
    process.metrics().await;

    let unwatched = Process::serve(&[("SOUK_METRICS_LISTEN", "")]);
    assert!(!unwatched.log().contains("metrics"), "{}", unwatched.log());
}
