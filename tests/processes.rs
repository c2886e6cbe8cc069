//! Three processes of the API and an indexer over PostgreSQL, Elasticsearch and Redis: what one of them answers, all do.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

use std::{
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::ConnectionTrait;
use serde_json::Value;
use souk_cache::Invalidator;
use souk_indexer::{Indexer, IndexerConfig};
use souk_redis::{Redis, RedisOptions};
use souk_search::engines::elasticsearch::{ElasticsearchIndex, ElasticsearchOptions};
use souk_store::{DatabaseOptions, Store};
use souk_testkit::{TestDatabase, TestElasticsearch, TestRedis, start_server};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const DEADLINE: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(10);
const PROCESSES: usize = 3;
const ADMIN_KEY: &str = "only-for-this-test-0123456789";

/// `souk serve`, killed with this value.
struct Process {
    child: Child,
    base: String,
    _folder: TempDir,
}

impl Drop for Process {
    fn drop(&mut self) {
        // Fails only if it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Field {
    processes: Vec<Process>,
    client: reqwest::Client,
    store: Store,
    redis: TestRedis,
    indexing: JoinHandle<()>,
    _elasticsearch: TestElasticsearch,
    _database: TestDatabase,
}

impl Drop for Field {
    fn drop(&mut self) {
        self.indexing.abort();
    }
}

impl Field {
    async fn start() -> Self {
        let (database, elasticsearch) = (TestDatabase::postgres().await, TestElasticsearch::new());
        let redis = TestRedis::start();
        let environment = [
            ("DATABASE_URL", database.url().to_owned()),
            ("SOUK_DATABASE_MAX_CONNECTIONS", "4".to_owned()),
            ("ELASTICSEARCH_URL", elasticsearch.url().to_owned()),
            (
                "ELASTICSEARCH_INDEX_PREFIX",
                elasticsearch.prefix().to_owned(),
            ),
            ("ELASTICSEARCH_REPLICAS", "0".to_owned()),
            ("REDIS_URL", redis.url()),
            ("SOUK_LISTEN", "127.0.0.1:0".to_owned()),
            ("SOUK_INDEXER_IN_PROCESS", "no".to_owned()),
            // The first one fills the database.
            ("SOUK_DEMO_PRODUCTS", "20".to_owned()),
        ];
        let mut processes = Vec::new();
        for _ in 0..PROCESSES {
            let environment = environment.clone();
            processes.push(
                tokio::task::spawn_blocking(move || serve(&environment))
                    .await
                    .unwrap(),
            );
        }
        let store = Store::connect(&DatabaseOptions::new(database.url()))
            .await
            .unwrap();
        let mut options = ElasticsearchOptions::new(elasticsearch.url()).unwrap();
        elasticsearch.prefix().clone_into(&mut options.prefix);
        options.replicas = 0;
        let index = Arc::new(ElasticsearchIndex::new(options).unwrap());
        let told = Redis::open(&RedisOptions::new(redis.url())).unwrap();
        let indexer = Indexer::new(store.clone(), index, IndexerConfig::default())
            .invalidating(Invalidator::remote(told));
        let stop = CancellationToken::new();
        let indexing = tokio::spawn(async move {
            assert!(indexer.prepare_in_time(&stop).await);
            indexer.run(stop).await;
        });
        let field = Self {
            processes,
            client: reqwest::Client::new(),
            store,
            redis,
            indexing,
            _elasticsearch: elasticsearch,
            _database: database,
        };
        field
            .wait_until("everything is indexed", async |field| {
                field.store.outbox().stats().await.unwrap().rows == 0
            })
            .await;
        field
    }

    async fn wait_until(&self, what: &str, mut holds: impl AsyncFnMut(&Self) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !holds(self).await {
            assert!(Instant::now() < deadline, "{what}: not so in time");
            tokio::time::sleep(POLL).await;
        }
    }

    /// Response of a process, and the value of its `X-Cache`.
    async fn get(&self, process: usize, path: &str) -> (Value, String) {
        let address = format!("{}{path}", self.processes[process].base);
        let answer = self.client.get(address).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let source = answer.headers()["x-cache"].to_str().unwrap().to_owned();
        (answer.json().await.unwrap(), source)
    }

    /// Waits until every process answers out of its own memory.
    async fn warm(&self, path: &str) {
        for process in 0..PROCESSES {
            self.wait_until("it is kept", async |field| {
                field.get(process, path).await.1 == "HIT"
            })
            .await;
        }
    }

    async fn set_price(&self, slug: &str, price: i64) {
        let sql = format!(
            "UPDATE variants SET price = {price} WHERE product_id = (SELECT id FROM products WHERE slug = '{slug}')"
        );
        self.store
            .connection()
            .execute_unprepared(&sql)
            .await
            .unwrap();
    }

    /// Waits until a price is new everywhere, on the product's page and in a listing.
    async fn wait_for_price(&self, slug: &str, price: i64) {
        let (page, listing) = (format!("/api/products/{slug}"), LISTING);
        for process in 0..PROCESSES {
            self.wait_until("its page has the price", async |field| {
                field.get(process, &page).await.0["price"]["amount"] == price
            })
            .await;
            self.wait_until("the listing has the price", async |field| {
                let (found, _) = field.get(process, listing).await;
                let products = found["products"].as_array().unwrap();
                let product = products.iter().find(|product| product["slug"] == slug);
                product.is_some_and(|product| product["price"]["amount"] == price)
            })
            .await;
        }
    }
}

const LISTING: &str = "/api/products?per_page=50";

/// Starts a process and waits until it serves.
fn serve(environment: &[(&str, String)]) -> Process {
    let folder = TempDir::new().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_souk"));
    command
        .arg("serve")
        .current_dir(folder.path())
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .env("SOUK_DATA_DIR", folder.path().join("data"))
        .env("SOUK_ADMIN_KEY", ADMIN_KEY)
        // All requests come from one address.
        .env("ENABLE_RATE_LIMITING", "false")
        .stderr(Stdio::null());
    let (child, base) = start_server(&mut command);
    Process {
        child,
        base,
        _folder: folder,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_changed_by_sql_is_new_at_all_three() {
    let field = Field::start().await;
    let (listing, _) = field.get(0, LISTING).await;
    let slug = listing["products"][0]["slug"].as_str().unwrap().to_owned();
    for price in [111, 222, 333] {
        field.warm(&format!("/api/products/{slug}")).await;
        field.warm(LISTING).await;
        field.set_price(&slug, price).await;
        field.wait_for_price(&slug, price).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_killed_under_load_costs_no_answer_and_leaves_nothing_old() {
    let mut field = Field::start().await;
    let (listing, _) = field.get(0, LISTING).await;
    let slug = listing["products"][0]["slug"].as_str().unwrap().to_owned();
    let page = format!("/api/products/{slug}");
    let (done, asked) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
    );
    let readers: Vec<_> = (0..PROCESSES * 2)
        .map(|reader| {
            let base = &field.processes[reader % PROCESSES].base;
            let address = format!("{base}{}", if reader < PROCESSES { &page } else { LISTING });
            let (client, done, asked) = (field.client.clone(), done.clone(), asked.clone());
            tokio::spawn(async move {
                while !done.load(Ordering::SeqCst) {
                    let answer = client.get(&address).send().await.unwrap();
                    assert_eq!(answer.status(), 200, "{address}");
                    asked.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();

    for round in 1..=3 {
        field.warm(&page).await;
        field.redis.kill();
        field.set_price(&slug, round * 100).await;
        field.wait_for_price(&slug, round * 100).await;
        field.redis.restart();
        field.set_price(&slug, round * 100 + 1).await;
        field.wait_for_price(&slug, round * 100 + 1).await;
        // What could not be told is made up for.
        field
            .wait_until("nothing is owed", async |field| {
                field
                    .store
                    .pending_invalidations()
                    .list()
                    .await
                    .unwrap()
                    .is_empty()
            })
            .await;
        field.wait_for_price(&slug, round * 100 + 1).await;
    }

    done.store(true, Ordering::SeqCst);
    for reader in readers {
        reader.await.unwrap();
    }
    assert!(asked.load(Ordering::SeqCst) > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_configured_of_search_is_followed_by_all_three_also_without_redis() {
    const SEARCH: &str = "/api/search?q=returns&facets=none";
    let mut field = Field::start().await;
    for (asked, url) in ["/one", "/two", "/three"].into_iter().enumerate() {
        if asked == 2 {
            field.redis.kill();
        } else {
            field.warm(SEARCH).await;
        }
        let config = serde_json::json!({
            "redirects": [{"query": {"is": "return"}, "url": url}],
        });
        let address = format!("{}/api/admin/search/config", field.processes[asked].base);
        let request = field.client.put(address).bearer_auth(ADMIN_KEY);
        let saved = request.header("If-Match", "*").json(&config).send().await;
        assert_eq!(saved.unwrap().status(), 200);
        for process in 0..PROCESSES {
            field
                .wait_until("it goes by the change", async |field| {
                    field.get(process, SEARCH).await.0["redirect"] == url
                })
                .await;
            for _ in 0..10 {
                let (found, _) = field.get(process, SEARCH).await;
                assert_eq!(found["redirect"], url, "it never goes back");
            }
        }
    }
}
