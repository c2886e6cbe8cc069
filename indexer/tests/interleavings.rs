//! Random interleavings of writers, workers, crashes, lease expiries and index failures, driven
//! through the real store, triggers and worker: whatever happens, database and index end up equal.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use souk_indexer::{IndexerConfig, Tick, Worker};
use souk_store::DeadLetterId;
use souk_testkit::TestDatabase;
use support::Fault;
use support::world::{Change, Event, LEASE_MS, World, event, execute};

fn interleave(cases: u32, database: impl AsyncFn() -> TestDatabase) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&prop::collection::vec(event(), 10..120), |events| {
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
    interleave(128, TestDatabase::sqlite);
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
    for done in ["claimed", "targets resolved", "versioned", "loaded"] {
        assert_eq!(world.workers[0].step().await.unwrap(), None, "{done}");
    }
    world.clock.advance(LEASE_MS);
    assert_eq!(world.workers[0].step().await.unwrap(), Some(Tick::Expired));
    world.settle().await;
    world.check().await.unwrap();
}

/// Gives all claimed rows to another worker, as if the lease had run out by the clock of another process.
async fn take_over(world: &World) {
    let sql = "UPDATE outbox SET claimed_by = 'another', claimed_until = claimed_until + 600000";
    execute(&world.store, sql).await;
    // Time for the next renewal.
    world.clock.advance(LEASE_MS / 3 + 1);
}

#[tokio::test]
async fn worker_whose_rows_were_taken_over_neither_writes_nor_acknowledges() {
    let stages = [
        "claimed",
        "targets resolved",
        "versioned",
        "loaded",
        "applied",
    ];
    for before in [4, 5] {
        let database = TestDatabase::sqlite().await;
        let mut world = World::new(database.url()).await;
        world.upsert(1, 1).await;
        for done in &stages[..before] {
            assert_eq!(world.workers[0].step().await.unwrap(), None, "{done}");
        }
        let rows = world.store.outbox().stats().await.unwrap().rows;
        take_over(&world).await;
        let step = world.workers[0].step().await.unwrap();
        assert_eq!(step, Some(Tick::Expired), "after {before} stages");
        let left = world.store.outbox().stats().await.unwrap();
        assert_eq!((left.rows, left.dead_letters), (rows, 0));
        world.clock.advance(600_000);
        world.settle().await;
        world.check().await.unwrap();
    }
}

#[tokio::test]
async fn an_older_state_never_replaces_a_newer_one() {
    let database = TestDatabase::sqlite().await;
    let mut world = World::new(database.url()).await;
    world.upsert(1, 1).await;
    for done in ["claimed", "targets resolved", "versioned", "loaded"] {
        assert_eq!(world.workers[0].step().await.unwrap(), None, "{done}");
    }
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
    let options = IndexerConfig {
        max_attempts: 3,
        ..IndexerConfig::default()
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

    let drift = world.drift().await;
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
        souk_indexer::Indexer::new(store, world.index.clone(), IndexerConfig::default());
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

    let drift = world.drift().await;
    assert_eq!(
        (
            drift.missing.len(),
            drift.outdated.len(),
            drift.surplus.len()
        ),
        (1, 1, 1),
        "{drift:?}"
    );
    world.repair(&drift).await;
    world.settle().await;
    world.check().await.unwrap();
}

#[tokio::test]
async fn foreign_document_is_drift_and_repair_deletes_it() {
    let database = TestDatabase::sqlite().await;
    let mut world = World::new(database.url()).await;
    world.upsert(1, 1).await;
    world.settle().await;
    world.index.put_by_hand("by-hand");
    let drift = world.drift().await;
    assert_eq!(drift.foreign, ["by-hand"]);
    assert!(!drift.is_none());
    world.repair(&drift).await;
    world.check().await.unwrap();
}
