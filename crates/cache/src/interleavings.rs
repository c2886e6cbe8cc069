//! Random interleavings of loads, changes and invalidations over several processes and a real Redis. No value loaded
//! before a change is valid after its invalidation, in any tier and however late.

use std::{
    collections::VecDeque,
    convert::Infallible,
    sync::atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use souk_domain::{ProductId, TenantId};
use souk_redis::{Redis, RedisOptions};
use souk_testkit::shared_redis;

use crate::{
    Cache, CacheOptions, Content, Key, Kind, Lifetimes, Loaded, Tag, Ttl, cache::LoadToken,
    invalidation::log::Validity, shared::Shared,
};

const TENANT: TenantId = TenantId(1);
const PROCESSES: usize = 3;
const PRODUCTS: usize = 3;

/// Step of an interleaving, by number of process or product.
#[derive(Debug, Clone, Copy)]
enum Event {
    /// A product is changed, and the change commits.
    Change(usize),
    /// The indexer invalidates a product's tag for its committed changes.
    Invalidate(usize),
    /// A process begins to load a product's page.
    Begin(usize, usize),
    /// The oldest load of a process reads the database.
    Read(usize),
    /// The newest load of a process that has read is kept.
    Keep(usize),
    /// A process receives the next invalidation.
    Hear(usize),
    /// A process loses its subscription.
    Cut(usize),
    /// A process subscribes again and invalidates everything.
    Reconnect(usize),
    /// Redis evicts the invalidation log.
    LoseLog,
    /// Another process flushes the tenant.
    Flush,
}

fn event() -> impl Strategy<Value = Event> {
    let process = 0..PROCESSES;
    let product = 0..PRODUCTS;
    prop_oneof![
        4 => product.clone().prop_map(Event::Change),
        4 => product.clone().prop_map(Event::Invalidate),
        6 => (process.clone(), product).prop_map(|(process, product)| Event::Begin(process, product)),
        6 => process.clone().prop_map(Event::Read),
        6 => process.clone().prop_map(Event::Keep),
        4 => process.clone().prop_map(Event::Hear),
        1 => process.clone().prop_map(Event::Cut),
        2 => process.prop_map(Event::Reconnect),
        1 => Just(Event::LoseLog),
        1 => Just(Event::Flush),
    ]
}

struct Load {
    product: usize,
    token: LoadToken,
    read: Option<u64>,
}

struct Process {
    cache: Cache<Infallible>,
    loads: Vec<Load>,
    /// Undelivered invalidations; `None` if it is disconnected.
    hears: Option<VecDeque<Vec<Tag>>>,
}

struct World {
    shared: Shared,
    redis: Redis,
    processes: Vec<Process>,
    /// The committed version of each product.
    committed: [u64; PRODUCTS],
    /// Version committed at the last invalidation of its tag.
    dropped: [u64; PRODUCTS],
}

fn key(product: usize) -> Key {
    Key {
        kind: Kind::Product,
        tenant: TENANT,
        hash: product as u128,
    }
}

fn tag(product: usize) -> Tag {
    Tag::Product(ProductId(product as i64 + 1))
}

fn version(body: &[u8]) -> u64 {
    std::str::from_utf8(body).unwrap().parse().unwrap()
}

fn page_version(content: &Content) -> u64 {
    match content {
        Content::Page(page) => version(page.body()),
        Content::Absent(_) | Content::Moved(_) => unreachable!("nothing here is absent"),
    }
}

impl World {
    async fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let (url, prefix) = shared_redis();
        let options = RedisOptions {
            prefix: format!("{prefix}{}:", NEXT.fetch_add(1, Ordering::Relaxed)),
            request_timeout: std::time::Duration::from_secs(20),
            ..RedisOptions::new(url)
        };
        let redis = Redis::open(&options).unwrap();
        assert!(redis.connected_within(options.request_timeout).await);
        let process = |_| Process {
            cache: Cache::new(
                &CacheOptions {
                    enabled: true,
                    process_bytes: 1 << 20,
                    lifetimes: Lifetimes::new(|_| std::time::Duration::from_secs(60)),
                    stale_if_error: std::time::Duration::ZERO,
                },
                Some(redis.clone()),
            ),
            loads: Vec::new(),
            hears: Some(VecDeque::new()),
        };
        Self {
            shared: Shared::new(redis.clone()),
            processes: (0..PROCESSES).map(process).collect(),
            redis,
            committed: [0; PRODUCTS],
            dropped: [0; PRODUCTS],
        }
    }

    async fn happen(&mut self, event: Event) {
        match event {
            Event::Change(product) => self.committed[product] += 1,
            Event::Invalidate(product) => {
                self.shared
                    .invalidate_tags(TENANT, &[tag(product)])
                    .await
                    .unwrap();
                self.dropped[product] = self.committed[product];
                self.tell(&[tag(product)]);
            }
            Event::Flush => {
                self.shared.flush(TENANT).await.unwrap();
                self.dropped = self.committed;
                self.tell(&[Tag::All]);
            }
            Event::Begin(process, product) => self.begin(process, product).await,
            Event::Read(process) => {
                let unread = |load: &&mut Load| load.read.is_none();
                if let Some(load) = self.processes[process].loads.iter_mut().find(unread) {
                    load.read = Some(self.committed[load.product]);
                }
            }
            Event::Keep(process) => self.keep(process).await,
            Event::Hear(process) => self.processes[process].hear(),
            Event::Cut(process) => self.processes[process].hears = None,
            Event::Reconnect(process) => {
                let process = &mut self.processes[process];
                process.hears = Some(VecDeque::new());
                process.cache.log().invalidate_all();
            }
            Event::LoseLog => {
                let log = self.redis.key(format_args!("{{{TENANT}}}:ledger"));
                let lost = self.redis.execute(async |mut connected| {
                    let mut del = redis::cmd("DEL");
                    del.arg(log);
                    del.query_async::<()>(&mut connected.connection).await
                });
                lost.await.unwrap();
            }
        }
    }

    fn tell(&mut self, tags: &[Tag]) {
        for process in &mut self.processes {
            if let Some(hears) = &mut process.hears {
                hears.push_back(tags.to_vec());
            }
        }
    }

    async fn begin(&mut self, process: usize, product: usize) {
        match self.processes[process].cache.begin(key(product)).await {
            Ok(entry) => self.check(product, page_version(&entry.content), "found in Redis"),
            Err(token) => self.processes[process].loads.push(Load {
                product,
                token,
                read: None,
            }),
        }
    }

    async fn keep(&mut self, process: usize) {
        let process = &mut self.processes[process];
        let Some(place) = process.loads.iter().rposition(|load| load.read.is_some()) else {
            return;
        };
        let load = process.loads.remove(place);
        let read = load.read.unwrap_or_default();
        let loaded = Loaded {
            content: Bytes::from(read.to_string()).into(),
            tags: vec![tag(load.product)],
            ttl: Ttl::Standard,
        };
        let entry = process.cache.keep(key(load.product), &load.token, loaded);
        process
            .cache
            .share(key(load.product), load.token, &entry)
            .await;
    }

    /// Asserts that each valid value is at least as new as the last invalidation.
    async fn check_all(&self) {
        for product in 0..PRODUCTS {
            let fetched = self
                .shared
                .fetch(TENANT, &key(product).name())
                .await
                .unwrap();
            if let Some(found) = fetched.found {
                self.check(product, version(&found.body), "in Redis");
            }
            for process in &self.processes {
                // A process that has drops yet to hear of proves nothing, hence trusts nothing old.
                if process.hears.as_ref().is_none_or(|hears| !hears.is_empty()) {
                    continue;
                }
                if let Some(entry) = process.cache.kept(&key(product))
                    && entry.validity(process.cache.log(), TENANT) == Validity::Valid
                {
                    self.check(product, page_version(&entry.content), "in a process");
                }
            }
        }
    }

    fn check(&self, product: usize, version: u64, place: &str) {
        let dropped = self.dropped[product];
        assert!(
            version >= dropped,
            "version {version} of product {product} counts {place} after version {dropped} was dropped"
        );
    }
}

impl Process {
    fn hear(&mut self) {
        if let Some(tags) = self.hears.as_mut().and_then(VecDeque::pop_front) {
            self.cache.log().invalidate_tags(TENANT, &tags);
        }
    }
}

#[test]
fn entry_loaded_before_a_change_is_invalid_after_it() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let config = Config {
        cases: 96,
        failure_persistence: None,
        ..Config::default()
    };
    let run = |events: Vec<Event>| {
        runtime.block_on(async {
            let mut world = World::new().await;
            for event in events {
                world.happen(event).await;
                world.check_all().await;
            }
        });
        Ok(())
    };
    TestRunner::new(config)
        .run(&vec(event(), 1..60), run)
        .unwrap();
}
