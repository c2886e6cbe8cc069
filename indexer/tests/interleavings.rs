//! Random interleavings of writers, workers, crashes, lease expiries and index failures, driven
//! through the real store, triggers and worker: whatever happens, database and index end up equal.

mod support;

use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sea_orm::ConnectionTrait;
use souk_domain::{Currency, Language};
use souk_indexer::{IndexerOptions, Tick, Worker, verify::verify};
use souk_store::{DatabaseOptions, DeadLetterId, Missing, NewTenant, Store, Tenant};
use souk_testkit::TestDatabase;
use support::{Fault, ManualClock, ModelIndex};

const WORKERS: usize = 3;
const LEASE_MS: i64 = 10_000;

/// One thing that happens.
#[derive(Debug, Clone)]
enum Event {
    Upsert {
        product: u8,
        title: u8,
    },
    /// Plain SQL, past every line of our code.
    Sql(Change, u8),
    /// One worker goes one stage further.
    Step(usize),
    /// One worker is killed between two stages, and another starts in its place.
    Crash(usize),
    /// A worker is slow: everyone's clock moves on.
    Wait(i64),
    Fail(Fault),
}

#[derive(Debug, Clone, Copy)]
enum Change {
    Reprice,
    Retitle,
    Delete,
    Archive,
    RenameCategory,
    MoveCategory,
    Review,
    Unreview,
    SellOut,
}

impl Change {
    fn sql(self, product: u8) -> String {
        let one = format!("external_id = 'p{product}'");
        let of_one = format!("product_id IN (SELECT id FROM products WHERE {one})");
        match self {
            Self::Reprice => format!("UPDATE variants SET price = price + 1 WHERE {of_one}"),
            Self::Retitle => format!("UPDATE products SET title = title || ' again' WHERE {one}"),
            Self::Delete => format!("DELETE FROM products WHERE {one}"),
            Self::Archive => format!("UPDATE products SET status = 'archived' WHERE {one}"),
            Self::RenameCategory => {
                "UPDATE categories SET name = name || 'x' WHERE slug = 'mugs'".into()
            }
            Self::MoveCategory => {
                format!(
                    "UPDATE products SET category_id = (SELECT min(id) FROM categories) WHERE {one}"
                )
            }
            Self::Review => format!(
                "INSERT INTO reviews (tenant_id, product_id, author, rating, body, created_at)
                 SELECT tenant_id, id, 'Ann', 4, '', 0 FROM products WHERE {one}"
            ),
            Self::Unreview => format!("DELETE FROM reviews WHERE {of_one}"),
            Self::SellOut => "UPDATE variants SET stock = 0".into(),
        }
    }
}

fn event() -> impl Strategy<Value = Event> {
    let product = 0..6_u8;
    let change = prop_oneof![
        Just(Change::Reprice),
        Just(Change::Retitle),
        Just(Change::Delete),
        Just(Change::Archive),
        Just(Change::RenameCategory),
        Just(Change::MoveCategory),
        Just(Change::Review),
        Just(Change::Unreview),
        Just(Change::SellOut),
    ];
    prop_oneof![
        3 => (product.clone(), any::<u8>()).prop_map(|(product, title)| Event::Upsert { product, title }),
        3 => (change, product).prop_map(|(change, product)| Event::Sql(change, product)),
        10 => (0..WORKERS).prop_map(Event::Step),
        1 => (0..WORKERS).prop_map(Event::Crash),
        1 => (1..LEASE_MS * 3 / 2).prop_map(Event::Wait),
        1 => prop_oneof![Just(Fault::Before), Just(Fault::After), Just(Fault::Halfway)].prop_map(Event::Fail),
    ]
}

fn marketplace() -> NewTenant {
    NewTenant {
        slug: "fans".into(),
        name: "Fans".into(),
        host: None,
        api_key_hash: None,
        language: Language::English,
        currency: Currency::EUR,
    }
}

/// Runs a statement as somebody at a database prompt would.
async fn execute(store: &Store, sql: &str) {
    let transaction = store.begin().await.unwrap();
    transaction.execute_unprepared(sql).await.unwrap();
    transaction.commit().await.unwrap();
}

struct World {
    store: Store,
    tenant: Tenant,
    index: Arc<ModelIndex>,
    clock: Arc<ManualClock>,
    workers: Vec<Worker>,
    born: usize,
}

impl World {
    async fn new(url: &str) -> Self {
        let store = Store::connect(&DatabaseOptions::new(url)).await.unwrap();
        let tenant = store.tenants().add(marketplace()).await.unwrap();
        let mut world = Self {
            store,
            tenant,
            index: Arc::default(),
            clock: Arc::new(ManualClock::new()),
            workers: vec![],
            born: 0,
        };
        for _ in 0..WORKERS {
            let worker = world.new_worker();
            world.workers.push(worker);
        }
        world
    }

    fn new_worker(&mut self) -> Worker {
        self.born += 1;
        // Small batches, so that changes spread over several.
        let options = IndexerOptions {
            batch: 3,
            lease_secs: (LEASE_MS / 1000) as u32,
            max_attempts: u32::MAX,
            ..IndexerOptions::default()
        };
        let name = format!("worker-{}", self.born);
        Worker::new(
            self.store.clone(),
            self.index.clone(),
            self.clock.clone(),
            options,
            name,
        )
    }

    async fn happen(&mut self, event: &Event) {
        match *event {
            Event::Upsert { product, title } => self.upsert(product, title).await,
            Event::Sql(change, product) => execute(&self.store, &change.sql(product)).await,
            // An injected fault is an error here; that it is survived is what is tested.
            Event::Step(worker) => drop(self.workers[worker].step().await),
            Event::Crash(worker) => self.workers[worker] = self.new_worker(),
            Event::Wait(ms) => self.clock.advance(ms),
            Event::Fail(fault) => self.index.fail_next(fault),
        }
    }

    async fn upsert(&self, product: u8, title: u8) {
        let input = souk_testkit::product(&format!("p{product}"))
            .title(&format!("Title {title}"))
            .category(["mugs", "kitchen"][usize::from(title % 2)])
            .build();
        let results = self
            .store
            .scope(self.tenant.id)
            .products()
            .upsert_batch(vec![input], Missing::Create)
            .await;
        results.unwrap().remove(0).unwrap();
    }

    /// Nothing fails any more; whoever is left finishes the work.
    async fn settle(&mut self) {
        self.index.heal();
        self.clock.advance(LEASE_MS + 1);
        // Workers in the middle of a batch go on from where they stood: late, and maybe stale.
        for worker in &mut self.workers {
            worker.tick().await.unwrap();
        }
        self.clock.advance(LEASE_MS + 1);
        let mut last = self.new_worker();
        while last.tick().await.unwrap() != Tick::Idle {}
    }

    async fn check(&self) -> Result<(), TestCaseError> {
        let stats = self.store.outbox().stats().await.unwrap();
        prop_assert_eq!((stats.rows, stats.dead_letters), (0, 0));
        let drift = verify(&self.store, self.index.as_ref(), self.tenant.id)
            .await
            .unwrap();
        prop_assert!(drift.is_none(), "{drift:?}");
        Ok(())
    }
}

fn interleave(cases: u32, database: impl AsyncFn() -> TestDatabase) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&prop::collection::vec(event(), 10..80), |events| {
            runtime.block_on(async {
                let database = database().await;
                let mut world = World::new(database.url()).await;
                for event in &events {
                    world.happen(event).await;
                }
                world.settle().await;
                world.check().await
            })
        })
        .unwrap();
}

#[test]
fn database_and_index_end_up_equal_on_sqlite() {
    interleave(48, TestDatabase::sqlite);
}

#[test]
fn database_and_index_end_up_equal_on_postgres() {
    interleave(32, TestDatabase::postgres);
}

#[tokio::test]
async fn a_worker_that_wakes_after_its_lease_drops_its_batch() {
    let database = TestDatabase::sqlite().await;
    let mut world = World::new(database.url()).await;
    world.upsert(1, 1).await;
    assert_eq!(world.workers[0].step().await.unwrap(), None, "claimed");
    assert_eq!(world.workers[0].step().await.unwrap(), None, "loaded");
    world.clock.advance(LEASE_MS);
    assert_eq!(world.workers[0].step().await.unwrap(), Some(Tick::Expired));
    world.settle().await;
    world.check().await.unwrap();
}

#[tokio::test]
async fn an_older_state_never_replaces_a_newer_one() {
    let database = TestDatabase::sqlite().await;
    let mut world = World::new(database.url()).await;
    world.upsert(1, 1).await;
    world.workers[0].step().await.unwrap();
    world.workers[0].step().await.unwrap();
    // The slow worker has read; the product changes, and a quick one carries the change.
    world.upsert(1, 2).await;
    while world.workers[1].tick().await.unwrap() != Tick::Idle {}
    world.workers[0].tick().await.unwrap();
    world.check().await.unwrap();
}

#[tokio::test]
async fn an_index_that_is_away_parks_nothing_and_frees_the_rows_at_once() {
    let database = TestDatabase::sqlite().await;
    let mut world = World::new(database.url()).await;
    world.upsert(1, 1).await;
    for _ in 0..20 {
        world.index.fail_next(Fault::Before);
        world.workers[0].tick().await.unwrap_err();
    }
    while world.workers[1].tick().await.unwrap() != Tick::Idle {}
    world.check().await.unwrap();
}

#[tokio::test]
async fn a_refused_document_is_retried_later_then_parked_and_can_be_brought_back() {
    let database = TestDatabase::sqlite().await;
    let world = World::new(database.url()).await;
    world.upsert(1, 1).await;
    world.upsert(2, 1).await;
    let ids = world
        .store
        .scope(world.tenant.id)
        .document_ids(None, 10)
        .await
        .unwrap();
    world.index.refuse(ids[0]);
    let options = IndexerOptions {
        max_attempts: 3,
        ..IndexerOptions::default()
    };
    let mut worker = Worker::new(
        world.store.clone(),
        world.index.clone(),
        world.clock.clone(),
        options,
        "patient",
    );
    while worker.tick().await.unwrap() != Tick::Idle {}
    for attempt in 2..=3 {
        let waiting = world.store.outbox().stats().await.unwrap();
        assert!(
            waiting.rows > 0 && waiting.dead_letters == 0,
            "a retry waits its turn"
        );
        world.clock.advance(600_000);
        let tick = worker.tick().await.unwrap();
        assert!(matches!(tick, Tick::Settled(_)), "attempt {attempt}");
        assert_eq!(worker.tick().await.unwrap(), Tick::Idle);
    }
    let stats = world.store.outbox().stats().await.unwrap();
    assert_eq!((stats.rows, stats.dead_letters > 0), (0, true));

    let drift = verify(&world.store, world.index.as_ref(), world.tenant.id)
        .await
        .unwrap();
    assert_eq!(drift.missing, [ids[0]], "the other document got through");

    world.index.accept_all();
    let letters = world.store.scope(world.tenant.id).dead_letters();
    let parked: Vec<_> = letters
        .list(None, 10)
        .await
        .unwrap()
        .iter()
        .map(|letter| DeadLetterId(letter.id))
        .collect();
    letters.retry(&parked).await.unwrap();
    while worker.tick().await.unwrap() != Tick::Idle {}
    world.check().await.unwrap();
}

#[tokio::test]
async fn an_emptied_index_is_filled_again_on_the_next_start() {
    let database = TestDatabase::sqlite().await;
    let mut world = World::new(database.url()).await;
    for product in 0..5 {
        world.upsert(product, product).await;
    }
    world.settle().await;
    world.index.wipe();
    let store = world.store.clone();
    let mut indexer =
        souk_indexer::Indexer::new(store, world.index.clone(), IndexerOptions::default());
    indexer.prepare().await.unwrap();
    assert!(indexer.drain(|_| {}).await.unwrap() >= 5);
    world.check().await.unwrap();
}

#[tokio::test]
async fn drift_is_seen_and_repaired() {
    let database = TestDatabase::sqlite().await;
    let mut world = World::new(database.url()).await;
    for product in 0..5 {
        world.upsert(product, product).await;
    }
    world.settle().await;
    // Changes that nobody noticed: the triggers' rows vanish.
    world.upsert(1, 9).await;
    world.happen(&Event::Sql(Change::Delete, 2)).await;
    world.upsert(7, 7).await;
    execute(&world.store, "DELETE FROM outbox").await;

    let drift = verify(&world.store, world.index.as_ref(), world.tenant.id)
        .await
        .unwrap();
    assert_eq!(
        (
            drift.missing.len(),
            drift.outdated.len(),
            drift.surplus.len()
        ),
        (1, 1, 1),
        "{drift:?}"
    );
    souk_indexer::verify::repair(&world.store, world.tenant.id, &drift)
        .await
        .unwrap();
    world.settle().await;
    world.check().await.unwrap();
}
