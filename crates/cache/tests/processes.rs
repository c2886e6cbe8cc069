//! Several processes with one Redis, which may come and go.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

use std::{
    convert::Infallible,
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::future::{BoxFuture, join_all};
use souk_cache::{
    Backlog, Cache, CacheOptions, Content, FRESHNESS_BOUND, InvalidationListener, Invalidator, Key,
    Kind, Lifetimes, Loaded, Source, Tag, Ttl,
};
use souk_domain::{ProductId, TenantId};
use souk_redis::{Connected, Redis, RedisOptions};
use souk_testkit::{TestRedis, shared_redis};
use tokio_util::sync::CancellationToken;

const TIMEOUT: Duration = Duration::from_secs(20);
const TENANT: TenantId = TenantId(1);
const TAG: Tag = Tag::Product(ProductId(1));
const KEY: Key = Key {
    kind: Kind::Product,
    tenant: TENANT,
    hash: 1,
};

/// A product and its outbox.
#[derive(Default)]
struct Database {
    version: AtomicU64,
    loads: AtomicU64,
    /// Milliseconds that the oldest change has waited.
    waits: AtomicU64,
}

#[derive(Clone)]
struct Outbox(Arc<Database>);

impl Backlog for Outbox {
    fn oldest(&self) -> BoxFuture<'_, Result<Duration, Box<dyn Error + Send + Sync>>> {
        let waits = self.0.waits.load(Ordering::SeqCst);
        Box::pin(async move { Ok(Duration::from_millis(waits)) })
    }
}

struct Process {
    cache: Cache<Infallible>,
    database: Arc<Database>,
}

impl Process {
    fn start(options: &RedisOptions, database: &Arc<Database>) -> Self {
        let redis = Redis::open(options).unwrap();
        let options = CacheOptions {
            enabled: true,
            process_bytes: 1 << 20,
            lifetimes: Lifetimes::new(|_| Duration::from_secs(60)),
            stale_if_error: Duration::ZERO,
        };
        let cache = Cache::new(&options, Some(redis));
        let outbox = Outbox(database.clone());
        tokio::spawn(InvalidationListener::Redis.run(
            cache.clone(),
            outbox,
            CancellationToken::new(),
        ));
        Self {
            cache,
            database: database.clone(),
        }
    }

    async fn get(&self) -> (u64, Source) {
        let database = self.database.clone();
        let load = async move || {
            database.loads.fetch_add(1, Ordering::SeqCst);
            let version = database.version.load(Ordering::SeqCst);
            // So that others come meanwhile.
            tokio::task::yield_now().await;
            Ok(Loaded {
                content: Bytes::from(version.to_string()).into(),
                tags: vec![TAG],
                ttl: Ttl::Standard,
            })
        };
        let served = self.cache.get(KEY, load).await.unwrap();
        let Content::Page(page) = served.content else {
            panic!("nothing here is absent");
        };
        let version = std::str::from_utf8(page.body()).unwrap().parse().unwrap();
        (version, served.source)
    }

    async fn wait_until(&self, what: &str, mut holds: impl AsyncFnMut(&Self) -> bool) {
        let deadline = Instant::now() + TIMEOUT;
        while !holds(self).await {
            assert!(Instant::now() < deadline, "{what}: not so in time");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    async fn trusting(&self) {
        let proven = |process: &Self| {
            process
                .cache
                .freshness_lag()
                .is_some_and(|behind| behind < FRESHNESS_BOUND)
        };
        self.wait_until("it hears of everything", async |process| proven(process))
            .await;
    }
}

fn shared() -> RedisOptions {
    let (url, prefix) = shared_redis();
    RedisOptions {
        prefix,
        ..RedisOptions::new(url)
    }
}

#[tokio::test]
async fn a_thousand_who_miss_at_once_load_once() {
    let database = Arc::new(Database::default());
    let process = Process::start(&shared(), &database);
    let answers = join_all((0..1_000).map(|_| process.get())).await;
    assert!(answers.iter().all(|(version, _)| *version == 0));
    assert_eq!(database.loads.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_drop_is_heard_of_everywhere_and_one_loads_for_all() {
    let (options, database) = (shared(), Arc::new(Database::default()));
    let processes: Vec<Process> = (0..3)
        .map(|_| Process::start(&options, &database))
        .collect();
    for process in &processes {
        process.trusting().await;
    }
    for version in 1..=20 {
        database.version.store(version, Ordering::SeqCst);
        let invalidator = processes[0].cache.invalidator();
        invalidator.invalidate_tags(TENANT, &[TAG]).await.unwrap();
        for process in &processes {
            process
                .wait_until("it is new", async |process| {
                    process.get().await.0 == version
                })
                .await;
        }
    }
    // On a busy machine a process may lack its proof for a moment, and then loads once more.
    let deadline = Instant::now() + TIMEOUT;
    loop {
        let loads = database.loads.load(Ordering::SeqCst);
        let mut got = Vec::new();
        for process in &processes {
            process.trusting().await;
            got.push(process.get().await);
        }
        if got == [(20, Source::Hit); 3] {
            assert_eq!(database.loads.load(Ordering::SeqCst), loads);
            break;
        }
        assert!(Instant::now() < deadline, "{got:?}");
    }
}

/// Nothing of a removed tenant stays in Redis, and nothing of another goes with it.
#[tokio::test]
async fn forgotten_tenant_leaves_no_key() {
    let options = shared();
    let redis = Redis::open(&options).unwrap();
    let deadline = Instant::now() + TIMEOUT;
    while redis.ping().await.is_err() {
        assert!(Instant::now() < deadline, "Redis is not connected");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let invalidator = Invalidator::remote(redis.clone());
    let (gone, other) = (TenantId(2), TenantId(22));
    for tenant in [gone, other] {
        invalidator.invalidate_tags(tenant, &[TAG]).await.unwrap();
        let mut entries = redis::cmd("MSET");
        for number in 0..1_200 {
            let key = redis.key(format_args!("{{{tenant}}}:search:{number}"));
            entries.arg(key).arg("page");
        }
        redis
            .execute(async |Connected { mut connection, .. }| {
                entries.query_async::<()>(&mut connection).await
            })
            .await
            .unwrap();
    }
    let count = async |tenant: TenantId| {
        let pattern = redis.key(format_args!("{{{tenant}}}:*"));
        let keys: Vec<String> = redis
            .execute(async |Connected { mut connection, .. }| {
                let mut keys = redis::cmd("KEYS");
                keys.arg(&pattern).query_async(&mut connection).await
            })
            .await
            .unwrap();
        keys.len()
    };
    assert_eq!((count(gone).await, count(other).await), (1_201, 1_201));
    invalidator.forget(gone).await.unwrap();
    assert_eq!((count(gone).await, count(other).await), (0, 1_201));
}

#[tokio::test]
async fn what_waits_in_the_outbox_makes_old_answers_untrusted() {
    let database = Arc::new(Database::default());
    let process = Process::start(&shared(), &database);
    process.trusting().await;
    process.get().await;
    database.waits.store(60_000, Ordering::SeqCst);
    database.version.store(1, Ordering::SeqCst);
    // Nobody drops anything: the indexer is away.
    process
        .wait_until("it is new", async |process| process.get().await.0 == 1)
        .await;
}

#[tokio::test]
async fn redis_may_come_and_go() {
    let mut server = TestRedis::start();
    let database = Arc::new(Database::default());
    let options = RedisOptions::new(server.url());
    let processes: Vec<Process> = (0..2)
        .map(|_| Process::start(&options, &database))
        .collect();
    for process in &processes {
        process.trusting().await;
        process.get().await;
    }
    for round in 1..=3 {
        server.kill();
        database.version.store(round * 2, Ordering::SeqCst);
        // It cannot be told, and is new all the same.
        for process in &processes {
            process
                .wait_until("it is new", async |process| {
                    process.get().await.0 == round * 2
                })
                .await;
        }
        server.restart();
        for process in &processes {
            process.trusting().await;
        }
        database.version.store(round * 2 + 1, Ordering::SeqCst);
        let invalidator = processes[0].cache.invalidator();
        let deadline = Instant::now() + TIMEOUT;
        while invalidator.invalidate_tags(TENANT, &[TAG]).await.is_err() {
            assert!(Instant::now() < deadline, "it cannot be told");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        for process in &processes {
            process
                .wait_until("it is new", async |process| {
                    process.get().await.0 == round * 2 + 1
                })
                .await;
        }
    }
}

#[tokio::test]
async fn without_a_feed_everything_is_kept_briefly() {
    let database = Arc::new(Database::default());
    let options = CacheOptions {
        enabled: true,
        process_bytes: 1 << 20,
        lifetimes: Lifetimes::new(|_| Duration::from_secs(60)),
        stale_if_error: Duration::ZERO,
    };
    let process = Process {
        cache: Cache::new(&options, None),
        database: database.clone(),
    };
    process.get().await;
    assert_eq!(process.get().await.1, Source::Hit);
    database.version.store(1, Ordering::SeqCst);
    process
        .wait_until("it is new", async |process| process.get().await.0 == 1)
        .await;
}
