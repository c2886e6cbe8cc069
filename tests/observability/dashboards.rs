//! Every panel of every dashboard draws something, asked of a real Prometheus that watches real processes.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};
use souk_testkit::{TestDatabase, TestElasticsearch, TestRedis};
use tempfile::TempDir;

use crate::process::{ADMIN_KEY, Process, free_port, wait_until};

const SETUP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/infrastructure/prometheus");
const DASHBOARDS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/infrastructure/grafana/dashboards"
);
/// Value of Grafana's variable: some scrapes of the quicker Prometheus here.
const RATE_INTERVAL: (&str, &str) = ("$__rate_interval", "10s");
/// Interval between scrapes and evaluations in place of the 15 seconds of an installation.
const INTERVAL: &str = "500ms";

/// A Prometheus server, killed with this value.
struct Prometheus {
    child: Child,
    base: String,
    _folder: TempDir,
}

impl Prometheus {
    /// Starts one with the rules and jobs of an installation.
    async fn watch(apis: &[&Process], indexer: &Process) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let own = format!("http://127.0.0.1:{port}/");
        copy_setup(folder.path());
        let apis: Vec<_> = apis.iter().map(|api| api.metrics_url()).collect();
        for (job, urls) in [
            ("api", apis.as_slice()),
            ("indexer", &[indexer.metrics_url()]),
            ("prometheus", std::slice::from_ref(&own)),
        ] {
            let targets: Vec<_> = urls.iter().map(|url| url.split('/').nth(2)).collect();
            let text = json!([{ "targets": targets }]).to_string();
            fs::write(folder.path().join(format!("targets/{job}.yml")), text).unwrap();
        }
        let child = Command::new("prometheus")
            .arg(format!(
                "--config.file={}",
                folder.path().join("prometheus.yml").display()
            ))
            .arg(format!(
                "--storage.tsdb.path={}",
                folder.path().join("data").display()
            ))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(folder.path().join("log")).unwrap())
            .spawn()
            .expect("Prometheus, which `cargo xtask test` installs");
        let prometheus = Self {
            child,
            base: own,
            _folder: folder,
        };
        wait_until("Prometheus is ready", async || {
            let ready = reqwest::get(format!("{}-/ready", prometheus.base)).await;
            ready.is_ok_and(|answer| answer.status().is_success())
        })
        .await;
        prometheus
    }

    async fn get(&self, path: &str) -> Value {
        let answer = reqwest::get(format!("{}api/v1/{path}", self.base)).await;
        let answer: Value = answer.unwrap().json().await.unwrap();
        assert_eq!(answer["status"], "success", "{path}: {answer}");
        answer["data"].clone()
    }

    /// Values of the series that a query finds now.
    async fn query(&self, query: &str) -> Vec<f64> {
        let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let found = self.get(&format!("query?query={query}")).await;
        let series = found["result"].as_array().unwrap().iter();
        let values = series.map(|series| series["value"][1].as_str().unwrap().parse());
        values.map(Result::unwrap).collect()
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        // Fails only if it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn copy_setup(folder: &Path) {
    for within in ["rules", "targets"] {
        fs::create_dir(folder.join(within)).unwrap();
    }
    for file in fs::read_dir(Path::new(SETUP).join("rules")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), folder.join("rules").join(file.file_name())).unwrap();
    }
    let text = fs::read_to_string(Path::new(SETUP).join("prometheus.yml")).unwrap();
    let text = text.replace(": 15s", &format!(": {INTERVAL}"));
    let text = text.replace(": 10s", &format!(": {INTERVAL}"));
    fs::write(folder.join("prometheus.yml"), text).unwrap();
}

/// Panel and query of all panels, by dashboard.
fn queries() -> Vec<(String, String)> {
    let mut files: Vec<PathBuf> = fs::read_dir(DASHBOARDS)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    let mut queries = Vec::new();
    for file in files {
        let dashboard: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        for panel in dashboard["panels"].as_array().unwrap() {
            for target in panel["targets"].as_array().unwrap() {
                let (title, query) = (&panel["title"], target["expr"].as_str().unwrap());
                let query = query.replace(RATE_INTERVAL.0, RATE_INTERVAL.1);
                assert!(!query.contains('$'), "{title} has an unknown variable");
                queries.push((format!("{name}, {title}"), query));
            }
        }
    }
    queries
}

/// Everything that panels are about: searches, answered and not, hits and misses, refusals, changes and a reindex.
async fn ask(round: u32, indexing: &Process, cut_off: &Process) {
    let client = reqwest::Client::new();
    for path in [
        "/api/search?q=mug".to_owned(),
        format!("/api/search?q=mug+{round}"),
        format!("/api/search?q=nobody-has-{round}-of-it"),
        format!("/api/products?per_page={}", round % 50 + 1),
        "/api/categories".to_owned(),
        "/api/nowhere".to_owned(),
    ] {
        for process in [indexing, cut_off] {
            client.get(process.url(&path)).send().await.unwrap();
        }
    }
    let product = json!({"products": [{
        "external_id": "a", "title": format!("Mug {round}"), "variants": [{"sku": "a", "price": 1, "stock": 1}],
    }]});
    let change = client.post(indexing.url("/api/admin/products/batch"));
    let change = change.bearer_auth(ADMIN_KEY).json(&product);
    assert_eq!(change.send().await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn panels_of_a_watched_marketplace_each_find_a_series() {
    let (database, elasticsearch) = (TestDatabase::postgres().await, TestElasticsearch::new());
    let redis = TestRedis::start();
    let redis_url = redis.url();
    let common = [
        ("DATABASE_URL", database.url()),
        ("REDIS_URL", &redis_url),
        ("ELASTICSEARCH_INDEX_PREFIX", elasticsearch.prefix()),
        ("ELASTICSEARCH_REPLICAS", "0"),
        // Soon used up.
        ("RATE_LIMIT_MAX_REQUESTS", "20"),
    ];
    let with = |own: [(&'static str, &'static str); 1], url| {
        let own = own.into_iter().chain([("ELASTICSEARCH_URL", url)]);
        common.into_iter().chain(own).collect::<Vec<_>>()
    };
    let indexing = Process::serve(&with(
        [("SOUK_INDEXER_IN_PROCESS", "yes")],
        elasticsearch.url(),
    ));
    // An outage: there is no engine at its address.
    let cut_off = Process::serve(&with(
        [("SOUK_INDEXER_IN_PROCESS", "no")],
        "http://127.0.0.1:9",
    ));
    let prometheus = Prometheus::watch(&[&indexing, &cut_off], &indexing).await;
    let reindex = reqwest::Client::new().post(indexing.url("/api/admin/search/reindex"));
    let reindex = reindex.bearer_auth(ADMIN_KEY).json(&json!({}));
    assert_eq!(reindex.send().await.unwrap().status(), 202);

    let (mut round, mut missing) = (0, queries());
    assert!(missing.len() > 40, "{}", missing.len());
    let mut last = Vec::new();
    let deadline = std::time::Instant::now() + crate::process::DEADLINE;
    while !missing.is_empty() && std::time::Instant::now() < deadline {
        round += 1;
        ask(round, &indexing, &cut_off).await;
        last.clear();
        for (panel, query) in std::mem::take(&mut missing) {
            let values = prometheus.query(&query).await;
            if !values.iter().any(|value| value.is_finite()) {
                last.push(format!("{panel}: {query} finds {values:?}"));
                missing.push((panel, query));
            }
        }
        tokio::time::sleep(crate::process::POLL).await;
    }
    assert!(missing.is_empty(), "{last:#?}");

    wait_until(
        "all rules are evaluated and all targets are up",
        async || {
            let rules = prometheus.get("rules").await;
            let groups = rules["groups"].as_array().unwrap().iter();
            let rules: Vec<_> = groups
                .flat_map(|group| group["rules"].as_array().unwrap())
                .collect();
            assert!(rules.len() > 20, "{rules:?}");
            for rule in &rules {
                assert_ne!(rule["health"], "err", "{rule}");
            }
            rules.iter().all(|rule| rule["health"] == "ok")
                && prometheus.query("up == 1").await.len() == 4
        },
    )
    .await;
    let jobs = prometheus.query("count by (job) (up == 1)").await;
    assert_eq!(jobs.len(), 3, "API, indexer and Prometheus itself");
}
