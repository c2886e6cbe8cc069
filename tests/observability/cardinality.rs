//! How many time series there are depends on the program, never on who asks for what.

use std::{collections::BTreeSet, process::Command};

use souk::{api, http::RouteTable};

use crate::{
    process::{ADMIN_KEY, Process},
    scrape::{self, Series},
};

/// All that labels may say, besides names of operations and bounds of buckets.
const WORDS: &[&str] = &[
    // Requests.
    "page",
    "other",
    "2xx",
    "3xx",
    "4xx",
    "5xx",
    // Searches.
    "elasticsearch",
    "tantivy",
    "database",
    "search",
    "facet_values",
    "suggestions",
    "events",
    "similar",
    "true",
    "false",
    "not_ready",
    "timed_out",
    "unavailable",
    "failed",
    "breaker_open",
    "any",
    "engine",
    "fallback",
    "all_terms",
    "fuzzy",
    "any_term",
    "closed",
    "half_open",
    "open",
    // Caches and quotas.
    "product",
    "listing",
    "facets",
    "categories",
    "seller",
    "default",
    "key",
    "admin",
    "write",
    "allowed",
    "refused",
    // The database and the indexer.
    "readers",
    "writer",
    "pages",
    "refused_keys",
    "used",
    "idle",
    "queued",
    "running",
    "applied",
    "stale",
    "index",
    "done",
    "cancelled",
];

/// Most time series for each operation: more than there are, and far fewer than a label of the wrong kind makes.
const MOST_PER_OPERATION: usize = 30;

#[tokio::test(flavor = "multi_thread")]
async fn a_crawl_of_odd_requests_makes_no_label() {
    let process = Process::serve(&[("RATE_LIMIT_MAX_REQUESTS", "300")]);
    crawl(&process, "first").await;
    let before = labels(&process).await;
    add_tenant(&process, "odd-market");
    for round in 0..5 {
        crawl(&process, &format!("x{round}-<\"é%00")).await;
    }
    let after = labels(&process).await;

    // How searches end may depend on when they are asked; all else is the same after any number of requests.
    let is_settled = |series: &&Series| !series.name.starts_with("souk_search_");
    let new: Vec<_> = after.difference(&before).filter(is_settled).collect();
    assert!(new.is_empty(), "{new:?}");
    let routes = RouteTable::of::<api::Api>();
    let operations: BTreeSet<_> = routes.operations().collect();
    let most = MOST_PER_OPERATION * operations.len();
    assert!(
        after.len() < most,
        "{} time series, more than {most}",
        after.len()
    );
    for series in &after {
        for (label, value) in &series.labels {
            let is_bound = label == "le" && (value == "+Inf" || value.parse::<f64>().is_ok());
            let is_known = WORDS.contains(&value.as_str()) || operations.contains(value.as_str());
            assert!(
                is_bound || is_known,
                "{label}=\"{value}\" of {}",
                series.name
            );
        }
    }
}

async fn labels(process: &Process) -> BTreeSet<Series> {
    scrape::series(&process.metrics().await)
        .into_keys()
        .collect()
}

/// Asks for all kinds of things, each with something in it that nobody has said before.
async fn crawl(process: &Process, odd: &str) {
    let client = reqwest::Client::new();
    let odd: String = form_urlencoded::byte_serialize(odd.as_bytes()).collect();
    for path in [
        format!("/api/search?q={odd}"),
        format!("/api/search?q=mug&{odd}={odd}&brand={odd}&attr={odd}:{odd}"),
        format!("/api/search/facets/brand?q={odd}"),
        format!("/api/search/facets/{odd}"),
        format!("/api/search/suggestions?q={odd}"),
        format!("/api/products/{odd}"),
        format!("/api/products/{odd}/similar"),
        format!("/api/sellers/{odd}"),
        format!("/api/admin/{odd}"),
        format!("/{odd}"),
        format!("/media/demo/{odd}.svg"),
        format!("/api/{odd}/{odd}/{odd}"),
        "/health/ready".to_owned(),
        "/".to_owned(),
    ] {
        let url = process.url(&path);
        let odd_method = reqwest::Method::from_bytes(b"BREW").unwrap();
        for method in [reqwest::Method::GET, reqwest::Method::DELETE, odd_method] {
            let request = client
                .request(method, &url)
                .header("Host", "odd.example")
                .header("User-Agent", odd.as_str())
                .header("X-Request-Id", "odd-request")
                .header("X-Api-Key", odd.as_str())
                .header("Authorization", format!("Bearer {odd}"));
            request.send().await.unwrap();
        }
    }
    let admin = client
        .get(process.url("/api/admin/cache"))
        .bearer_auth(ADMIN_KEY);
    admin.send().await.unwrap();
}

fn add_tenant(process: &Process, slug: &str) {
    let mut souk = Command::new(env!("CARGO_BIN_EXE_souk"));
    souk.args(["tenant", "add", slug, "--host", "odd.example"]);
    let added = souk.env("SOUK_DATA_DIR", process.data()).output().unwrap();
    assert!(added.status.success(), "{added:?}");
}
