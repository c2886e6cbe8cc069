//! What an indexer tells is what rules, dashboards and manual may rely on.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

use std::{
    collections::BTreeSet,
    fs::{self, File},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use souk_domain::{Currency, Language};
use souk_store::{DatabaseOptions, MissingReferences, NewTenant, Store};
use souk_testkit::{TestDatabase, TestElasticsearch, TestRedis, product};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const LIST: &str = include_str!("../../infrastructure/prometheus/metrics/indexer.txt");
const PATIENCE: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(20);

/// `souk-indexer run`, killed with this value.
struct Indexer(Child);

impl Indexer {
    /// Starts one that logs to the file `log` of a folder.
    fn start(
        folder: &Path,
        database: &TestDatabase,
        elasticsearch: &TestElasticsearch,
        redis: &TestRedis,
    ) -> Self {
        let log = File::create(folder.join("log")).unwrap();
        let mut indexer = Command::new(env!("CARGO_BIN_EXE_souk-indexer"));
        indexer
            .arg("run")
            .env("SOUK_METRICS_LISTEN", "127.0.0.1:0")
            .env("SOUK_DATA_DIR", folder)
            .env("DATABASE_URL", database.url())
            .env("ELASTICSEARCH_URL", elasticsearch.url())
            .env("ELASTICSEARCH_INDEX_PREFIX", elasticsearch.prefix())
            .env("ELASTICSEARCH_REPLICAS", "0")
            .env("REDIS_URL", redis.url())
            .env_remove("RUST_LOG")
            .stdout(Stdio::null())
            .stderr(log);
        Self(indexer.spawn().unwrap())
    }
}

impl Drop for Indexer {
    fn drop(&mut self) {
        // Fails only if it has ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_indexer_tells_what_is_listed_and_counts_what_it_does() {
    let (database, elasticsearch) = (TestDatabase::postgres().await, TestElasticsearch::new());
    let redis = TestRedis::start();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    add_products(&database).await;
    let _indexer = Indexer::start(folder.path(), &database, &elasticsearch, &redis);

    let mut text = String::new();
    wait_until("the products are indexed", async || {
        let Some(address) = address_in(&log) else {
            return false;
        };
        text = metrics(&address).await;
        let applied = value(&text, "souk_indexer_documents_total{outcome=\"applied\"}");
        // More, if a change was looked at again.
        applied >= Some(3.0)
            && value(&text, "souk_outbox_rows") == Some(0.0)
            && value(&text, "souk_redis_connected") == Some(1.0)
    })
    .await;

    let told: BTreeSet<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
        .collect();
    let told: Vec<_> = told.into_iter().collect();
    let listed: Vec<_> = LIST.lines().collect();
    assert_eq!(
        told, listed,
        "infrastructure/prometheus/metrics/indexer.txt"
    );
    assert!(value(&text, "souk_indexer_rows_acknowledged_total") >= Some(3.0));
    assert!(value(&text, "souk_indexer_change_delay_seconds_count") >= Some(3.0));
    for (name, expected) in [
        ("souk_indexer_paused", 0.0),
        ("souk_outbox_lag_seconds", 0.0),
        ("souk_dead_letters", 0.0),
    ] {
        assert_eq!(value(&text, name), Some(expected), "{name} in\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn indexer_log_in_file_is_plain_and_quiet() {
    let (database, elasticsearch) = (TestDatabase::postgres().await, TestElasticsearch::new());
    let redis = TestRedis::start();
    let folder = tempfile::tempdir().unwrap();
    add_products(&database).await;
    let _indexer = Indexer::start(folder.path(), &database, &elasticsearch, &redis);
    let mut log = String::new();
    wait_until("changes are indexed", async || {
        log = fs::read_to_string(folder.path().join("log")).unwrap();
        log.contains("indexing changes")
    })
    .await;
    for noise in ["\u{1b}[", "Job creator", "Uninited"] {
        assert!(!log.contains(noise), "{noise:?} in\n{log}");
    }
}

async fn add_products(database: &TestDatabase) {
    let store = Store::connect(&DatabaseOptions::new(database.url()))
        .await
        .unwrap();
    let tenant = NewTenant {
        slug: "shop".to_owned(),
        name: "Shop".to_owned(),
        hosts: vec![],
        language: Language::English,
        currency: Currency::EUR,
    };
    let tenant = store.tenants().add(tenant).await.unwrap();
    let products = ["a", "b", "c"].map(|id| product(id).title(id).into());
    let scope = store.scope(tenant.id);
    let added = scope
        .products()
        .upsert_batch(products.into(), MissingReferences::Create)
        .await
        .unwrap();
    assert!(added.iter().all(Result::is_ok));
    store.close().await.unwrap();
}

/// Where the log says that metrics are.
fn address_in(log: &Path) -> Option<String> {
    let log = fs::read_to_string(log).unwrap();
    let line = log
        .lines()
        .find(|line| line.contains("metrics are served"))?;
    let (_, port) = line.rsplit_once("127.0.0.1:")?;
    let port: String = port.chars().take_while(char::is_ascii_digit).collect();
    Some(format!("127.0.0.1:{port}"))
}

async fn metrics(address: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    answer
}

fn value(text: &str, series: &str) -> Option<f64> {
    let mut lines = text.lines();
    let value = lines.find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))?;
    Some(value.trim().parse().unwrap())
}

async fn wait_until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < deadline, "{what}: not so in time");
        tokio::time::sleep(POLL).await;
    }
}
