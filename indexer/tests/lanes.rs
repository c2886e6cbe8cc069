//! Workers beside a bulk load, and workers that are slow: who gets which rows.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use souk_indexer::Tick;
use souk_search::IndexWriter;
use souk_store::MissingReferences;
use souk_testkit::{TestDatabase, databases, product};
use support::world::{LEASE_MS, World};

/// Products of a bulk load: several batches, of three rows each.
async fn load(world: &World) {
    let products = (0..9).map(|number| product(&format!("load-{number}")).build());
    let loading = world.store.scope(world.tenant.id).in_bulk().products();
    let products = loading.upsert_batch(products.collect(), MissingReferences::Create);
    products.await.unwrap();
}

async fn indexed(world: &World) -> usize {
    let entries = world.index.entries(world.tenant.id, None, 100).await;
    entries.unwrap().len()
}

#[tokio::test]
async fn one_worker_takes_turns_between_edits_and_a_bulk_load() {
    for database in databases().await {
        let mut world = World::new(database.url()).await;
        world.settle().await;
        load(&world).await;
        let before = world.store.outbox().stats().await.unwrap().rows;
        assert!(matches!(
            world.workers[0].tick().await.unwrap(),
            Tick::Settled(3)
        ));
        world.upsert(1, 1).await;
        // The edit at once, though the load waits for longer.
        let edits = world.workers[0].tick().await.unwrap();
        assert!(matches!(edits, Tick::Settled(_)));
        let key = souk_store::ProductKey::External("p1".to_owned());
        let products = world.store.scope(world.tenant.id).products();
        let id = products.get(&key).await.unwrap().unwrap().id;
        let entries = world
            .index
            .entries(world.tenant.id, None, 100)
            .await
            .unwrap();
        assert!(
            entries.iter().any(|entry| entry.id == id),
            "it is not the first"
        );

        // Further edits do not starve the load.
        for title in 2..8 {
            world.upsert(1, title).await;
            world.workers[0].tick().await.unwrap();
        }
        let waiting = world.store.outbox().stats().await.unwrap().rows;
        assert!(waiting < before - 3, "{waiting} of {before} wait");
        world.settle().await;
        assert_eq!(indexed(&world).await, 10);
        world.check().await.unwrap();
    }
}

#[tokio::test]
async fn worker_that_works_keeps_its_rows_beyond_a_lease() {
    let database = TestDatabase::sqlite().await;
    let mut world = World::new(database.url()).await;
    world.upsert(1, 1).await;
    world.settle().await;
    world.upsert(1, 3).await;
    let waiting = world.store.outbox().stats().await.unwrap().rows;
    assert!(waiting <= 3, "{waiting} rows are more than a batch");
    for done in ["claimed", "targets resolved", "versioned", "loaded"] {
        assert_eq!(world.workers[0].step().await.unwrap(), None, "{done}");
        world.clock.advance(LEASE_MS / 2);
    }
    assert_eq!(world.workers[1].tick().await.unwrap(), Tick::Idle);
    let tick = world.workers[0].tick().await.unwrap();
    assert!(matches!(tick, Tick::Settled(_)), "{tick:?}");
    world.settle().await;
    world.check().await.unwrap();
}
