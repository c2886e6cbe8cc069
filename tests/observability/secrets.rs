//! Nothing that is secret or personal is in logs or metrics.

use serde_json::json;
use souk_testkit::{TestDatabase, TestRedis};

use crate::process::{ADMIN_KEY, Process, wait_until};

const DATABASE_PASSWORD: &str = "database-hunter2";
const INDEX_PASSWORD: &str = "index-hunter2";
const API_KEY: &str = "api-key-hunter2";
const SESSION: &str = "session-hunter2";
const CLIENT: &str = "203.0.113.77";
const EMAIL: &str = "alice.hunter2@example.org";

#[tokio::test(flavor = "multi_thread")]
async fn neither_logs_nor_metrics_tell_a_secret_or_who_asked() {
    let (database, redis) = (TestDatabase::postgres().await, TestRedis::start());
    let redis_url = redis.url();
    let database_url = with_password(database.url());
    let environment = [
        ("DATABASE_URL", database_url.as_str()),
        // Nobody is there, so that failures are logged.
        (
            "ELASTICSEARCH_URL",
            "http://elastic:index-hunter2@127.0.0.1:9",
        ),
        ("REDIS_URL", &redis_url),
        ("TRUSTED_PROXIES", "127.0.0.1"),
        ("SOUK_DEMO", "false"),
        // As much as there is.
        (
            "SOUK_LOG",
            "debug,h2=info,hyper=info,hyper_util=info,reqwest=info",
        ),
        ("SOUK_LOG_FORMAT", "json"),
        ("SOUK_ACCESS_LOG", "true"),
        ("SOUK_SLOW_QUERY_MS", "1"),
        ("SOUK_SLOW_SEARCH_MS", "1"),
    ];
    let process = Process::serve(&environment);
    ask(&process).await;
    wait_until("the last request is logged", async || {
        process.log().contains("/nowhere")
    })
    .await;
    let log = process.log();
    let metrics = process.metrics().await;

    let secrets = [
        ADMIN_KEY,
        DATABASE_PASSWORD,
        INDEX_PASSWORD,
        API_KEY,
        SESSION,
        CLIENT,
        EMAIL,
        "alice",
        "hunter2",
    ];
    for secret in secrets {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
        assert!(!metrics.contains(secret), "{secret}");
    }
    for expected in ["slow search", "slow statement", "\"answered\""] {
        assert!(log.contains(expected), "{expected} is missing from\n{log}");
    }
}

/// All that a client could be known by, in everything that it sends.
async fn ask(process: &Process) {
    let client = reqwest::Client::new();
    let email = EMAIL.replace('@', "%40");
    let product = json!({"products": [{
        "external_id": "a", "title": format!("Mug of {EMAIL}"), "variants": [{"sku": "a", "price": 1, "stock": 1}],
    }]});
    let faulty = json!({"products": [{"external_id": "a", "title": EMAIL, "surprise": EMAIL}]});
    let added = client
        .post(process.url("/api/admin/products/batch"))
        .bearer_auth(ADMIN_KEY)
        .json(&product);
    assert_eq!(added.send().await.unwrap().status(), 200);
    let refused = client
        .post(process.url("/api/admin/products/batch"))
        .bearer_auth(ADMIN_KEY)
        .json(&faulty);
    refused.send().await.unwrap();
    for path in [
        format!("/api/search?q=mug+of+{email}"),
        format!("/api/search?q={email}&brand={email}&attr={email}:{email}&page=99999999"),
        format!("/api/search/suggestions?q={email}"),
        format!("/api/search/facets/brand?q={email}"),
        format!("/api/admin/products?q={email}"),
        "/health/ready".to_owned(),
        "/nowhere".to_owned(),
    ] {
        let request = || {
            client
                .get(process.url(&path))
                .bearer_auth(API_KEY)
                .header("X-Visitor-Id", SESSION)
                .header("Cookie", format!("session={SESSION}"))
                .header("X-Forwarded-For", CLIENT)
                .header("X-Request-Id", "seen-1")
        };
        request().send().await.unwrap();
        let with_wrong_key = request().header("X-Api-Key", API_KEY);
        with_wrong_key.send().await.unwrap();
    }
}

/// The same address with a password, for which the server does not ask.
fn with_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap();
    let (user, place) = rest.split_once('@').unwrap();
    let user = user.split(':').next().unwrap();
    format!("{scheme}://{user}:{DATABASE_PASSWORD}@{place}")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_of_a_request_has_its_id() {
    let environment = [
        ("SOUK_LOG_FORMAT", "json"),
        ("SOUK_ACCESS_LOG", "true"),
        ("SOUK_LOG", "warn,souk=info"),
    ];
    let process = Process::serve(&environment);
    let client = reqwest::Client::new();
    let asked = client
        .get(process.url("/api/search?q=mug"))
        .header("X-Request-Id", "order-7");
    assert_eq!(asked.send().await.unwrap().status(), 200);
    let mut line = String::new();
    wait_until("the request is logged", async || {
        let log = process.log();
        let mut lines = log.lines();
        line = lines
            .find(|line| line.contains("answered"))
            .unwrap_or_default()
            .to_owned();
        !line.is_empty()
    })
    .await;
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["span"]["request_id"], "order-7", "{line}");
    assert_eq!(line["fields"]["path"], "/api/search", "{line}");
    assert_eq!(line["fields"]["status"], 200, "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn log_in_a_file_has_no_colour_codes() {
    let process = Process::serve(&[]);
    let log = process.log();
    assert!(log.contains("metrics are served"), "{log}");
    assert!(!log.contains('\u{1b}'), "{log}");
}
