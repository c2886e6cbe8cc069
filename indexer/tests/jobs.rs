//! Jobs on an index, one situation at a time; `interleavings` mixes them with everything else.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use souk_indexer::jobs::JobStep;
use souk_indexer::{Tick, delete_unused, previous, verify};
use souk_search::{Generation, IndexGenerations, IndexWriter};
use souk_store::{JobState, StoreError};
use souk_testkit::{TestDatabase, databases};
use support::world::{Asked, Change, Event, LEASE_MS, World, execute};

const PRODUCTS: u8 = 8;

/// A marketplace whose products are all indexed.
async fn world(url: &str) -> World {
    let mut world = World::new(url).await;
    for product in 0..PRODUCTS {
        world.upsert(product, product).await;
    }
    world.finish().await;
    world
}

async fn generations(world: &World) -> Vec<i64> {
    let indexes = world.index.indexes(world.tenant.id).await.unwrap();
    indexes.iter().map(|index| index.generation.0).collect()
}

/// Steps the first job worker until the job is in this state.
async fn step_until(world: &mut World, state: JobState) {
    while world.job().await.state != state {
        let step = world.job_workers[0].step().await.unwrap();
        assert!(
            !matches!(step, JobStep::Idle | JobStep::Waiting(_)),
            "{step:?}"
        );
    }
}

#[tokio::test]
async fn a_new_index_takes_the_place_of_the_one_that_is_served() {
    for database in databases().await {
        let mut world = world(database.url()).await;
        // A change that nobody noticed: only a reindex finds it.
        world.upsert(1, 99).await;
        execute(&world.store, "DELETE FROM outbox").await;
        assert!(!world.drift().await.is_none());

        world.ask(Asked::Reindex).await;
        world.finish().await;

        let job = world.job().await;
        assert_eq!(
            (job.state, job.failed, job.error),
            (JobState::Done, 0, None)
        );
        assert_eq!((job.total, job.done), (PRODUCTS.into(), PRODUCTS.into()));
        let served = world.index.served(world.tenant.id);
        assert_eq!(served, Some(Generation(job.generation)));
        world.check().await.unwrap();
    }
}

#[tokio::test]
async fn one_index_is_kept_for_going_back_and_older_ones_are_not() {
    let database = TestDatabase::sqlite().await;
    let mut world = world(database.url()).await;
    for _ in 0..3 {
        world.ask(Asked::Reindex).await;
        world.finish().await;
    }
    let jobs = world.store.scope(world.tenant.id).index_jobs();
    let jobs = jobs.list(None, 10).await.unwrap();
    assert_eq!(
        generations(&world).await,
        [jobs[1].generation, jobs[0].generation]
    );
}

#[tokio::test]
async fn a_killed_reindex_goes_on_elsewhere_from_where_it_was() {
    for database in databases().await {
        let mut world = world(database.url()).await;
        world.ask(Asked::Reindex).await;
        while world.job().await.done == 0 {
            world.job_workers[0].step().await.unwrap();
        }
        let before = world.job().await;
        assert_eq!(world.job_workers[1].step().await.unwrap(), JobStep::Idle);

        world.happen(&Event::JobCrash(0)).await;
        world.clock.advance(LEASE_MS + 1);
        let taken = world.job_workers[1].step().await.unwrap();
        assert_eq!(taken, JobStep::Progressed(before.id));
        let after = world.job().await;
        assert_eq!(
            (after.state, after.after, after.done),
            (before.state, before.after, before.done)
        );
        world.finish().await;
        assert_eq!(world.job().await.done, u64::from(PRODUCTS));
        world.check().await.unwrap();
    }
}

#[tokio::test]
async fn a_process_that_wakes_after_its_lease_serves_nothing() {
    let database = TestDatabase::sqlite().await;
    let mut world = world(database.url()).await;
    world.ask(Asked::Reindex).await;
    step_until(&mut world, JobState::Swapping).await;
    world.clock.advance(LEASE_MS);
    let job = world.job().await;
    assert_eq!(
        world.job_workers[0].step().await.unwrap(),
        JobStep::Lost(job.id)
    );
    assert_eq!(world.index.served(world.tenant.id), Some(Generation(0)));
    world.finish().await;
    world.check().await.unwrap();
}

#[tokio::test]
async fn a_cancelled_job_stops_and_leaves_no_index() {
    let database = TestDatabase::sqlite().await;
    let mut world = world(database.url()).await;
    world.ask(Asked::Reindex).await;
    step_until(&mut world, JobState::Backfilling).await;
    assert_eq!(generations(&world).await.len(), 2);
    world.ask(Asked::Cancel).await;
    world.finish().await;
    assert_eq!(world.job().await.state, JobState::Cancelled);
    assert_eq!(generations(&world).await, [0]);

    // One that nobody has taken up is stopped at once.
    world.ask(Asked::Reindex).await;
    world.ask(Asked::Cancel).await;
    assert_eq!(world.job().await.state, JobState::Cancelled);
    world.check().await.unwrap();
}

#[tokio::test]
async fn a_second_job_is_refused_unless_it_supersedes_the_first() {
    for database in databases().await {
        let mut world = world(database.url()).await;
        let jobs = world.store.scope(world.tenant.id).index_jobs();
        let reindex = souk_store::JobRequest::Reindex;
        let first = jobs.request(reindex, false).await.unwrap();
        let refused = jobs.request(reindex, false).await.unwrap_err();
        assert!(
            matches!(refused, StoreError::Conflict { .. }),
            "{refused:?}"
        );
        step_until(&mut world, JobState::Backfilling).await;

        let second = jobs.request(reindex, true).await.unwrap();
        // The first is still being stopped.
        assert_eq!(world.job_workers[1].step().await.unwrap(), JobStep::Idle);
        let third = jobs.request(reindex, true).await.unwrap();
        world.finish().await;

        let mut ends = Vec::new();
        for job in [first.id, second.id, third.id] {
            let job = jobs.get(job).await.unwrap();
            ends.push((job.state, job.superseded_by));
        }
        assert_eq!(
            ends,
            [
                (JobState::Cancelled, Some(third.id)),
                (JobState::Cancelled, Some(third.id)),
                (JobState::Done, None),
            ]
        );
        assert!(matches!(
            jobs.cancel(third.id).await,
            Err(StoreError::Conflict { .. })
        ));
        world.check().await.unwrap();
    }
}

#[tokio::test]
async fn an_index_that_has_become_worse_is_not_served() {
    let database = TestDatabase::sqlite().await;
    let mut world = world(database.url()).await;
    let scope = world.store.scope(world.tenant.id);
    let ids = scope.document_ids(None, 10).await.unwrap();
    world.index.refuse_in_new_indexes(ids[2]);
    world.ask(Asked::Reindex).await;
    world.finish().await;

    let job = world.job().await;
    assert_eq!((job.state, job.failed), (JobState::Failed, 1));
    assert_eq!(job.sample_error.as_deref(), Some("refused by the test"));
    let error = job.error.unwrap();
    assert!(error.contains("1 products are missing"), "{error}");
    assert_eq!(world.index.served(world.tenant.id), Some(Generation(0)));
    assert_eq!(generations(&world).await, [0]);
    assert!(world.drift().await.is_none());
}

#[tokio::test]
async fn a_document_that_is_refused_anyway_stands_in_the_way_of_no_reindex() {
    let database = TestDatabase::sqlite().await;
    let mut world = World::new(database.url()).await;
    for product in 0..PRODUCTS {
        world.upsert(product, product).await;
    }
    let scope = world.store.scope(world.tenant.id);
    let ids = scope.document_ids(None, 10).await.unwrap();
    world.index.refuse(ids[2]);
    world.finish().await;
    world.ask(Asked::Reindex).await;
    world.finish().await;
    assert_eq!(world.job().await.state, JobState::Done);
    assert_eq!(world.drift().await.missing, [ids[2]]);
}

#[tokio::test]
async fn going_back_serves_at_once_and_brings_up_to_date() {
    for database in databases().await {
        let mut world = world(database.url()).await;
        world.ask(Asked::Reindex).await;
        world.finish().await;
        world.upsert(1, 50).await;
        world.happen(&Event::Sql(Change::Delete, 2)).await;
        world.upsert(9, 9).await;
        world.finish().await;

        world.ask(Asked::Rollback).await;
        step_until(&mut world, JobState::Verifying).await;
        assert_eq!(world.index.served(world.tenant.id), Some(Generation(0)));
        assert!(!world.drift().await.is_none(), "it is as it was left");
        world.finish().await;
        assert_eq!(world.job().await.state, JobState::Done);
        world.check().await.unwrap();

        // The bad one is gone, and there is none before the first.
        assert_eq!(generations(&world).await, [0]);
        let indexes = world.index.indexes(world.tenant.id).await.unwrap();
        assert_eq!(previous(&indexes), None);
    }
}

#[tokio::test]
async fn housekeeping_spares_what_is_served_kept_or_being_built() {
    let database = TestDatabase::sqlite().await;
    let mut world = world(database.url()).await;
    world.ask(Asked::Reindex).await;
    world.finish().await;
    let stray = Generation(1_000_000);
    let tenant = &world.tenant;
    world
        .index
        .create(tenant.id, tenant.language, stray)
        .await
        .unwrap();
    world.ask(Asked::Reindex).await;
    step_until(&mut world, JobState::Backfilling).await;
    // The job has thrown the stray one away itself; another appears.
    let tenant = &world.tenant;
    world
        .index
        .create(tenant.id, tenant.language, stray)
        .await
        .unwrap();
    let tidied = delete_unused(&world.store, world.index.as_ref(), tenant.id).await;
    assert_eq!(tidied.unwrap(), 1);
    let job = world.job().await;
    let served = world.index.served(tenant.id).unwrap();
    assert_eq!(generations(&world).await, [0, served.0, job.generation]);
}

#[tokio::test]
async fn what_is_on_its_way_is_no_drift() {
    let database = TestDatabase::sqlite().await;
    let mut world = world(database.url()).await;
    world.upsert(1, 77).await;
    world.upsert(3, 77).await;
    let subject = verify::Subject::served(&world.store, world.index.as_ref(), world.tenant.id);
    let found = verify::verify(subject).await.unwrap();
    assert_eq!(found.outdated.len(), 2);

    let mut suspects = verify::Suspects::of(found, true);
    for _ in 0..5 {
        assert!(!suspects.look_again(subject).await.unwrap());
    }
    // One arrives, of the other the trigger's row vanishes.
    let (arriving, lost) = {
        let ids = world
            .store
            .scope(world.tenant.id)
            .document_ids(None, 10)
            .await
            .unwrap();
        (ids[1], ids[3])
    };
    execute(
        &world.store,
        &format!("DELETE FROM outbox WHERE entity = 'product' AND entity_id = {lost}"),
    )
    .await;
    while world.workers[0].tick().await.unwrap() != Tick::Idle {}
    let subject = verify::Subject::served(&world.store, world.index.as_ref(), world.tenant.id);
    while !suspects.look_again(subject).await.unwrap() {}
    let drift = suspects.drift();
    assert_eq!(
        (drift.outdated.as_slice(), drift.waiting),
        (&[lost][..], 0),
        "{arriving}"
    );
}

#[tokio::test]
async fn a_sample_finds_what_differs_in_it() {
    let database = TestDatabase::sqlite().await;
    let world = world(database.url()).await;
    let subject = verify::Subject::served(&world.store, world.index.as_ref(), world.tenant.id);
    let some = verify::sample(subject, 3).await.unwrap();
    assert!(some.is_none() && some.compared >= 3, "{some:?}");
    world.index.remove(world.tenant.id).await.unwrap();
    world
        .index
        .ensure(world.tenant.id, world.tenant.language)
        .await
        .unwrap();
    let all = verify::sample(subject, usize::from(PRODUCTS))
        .await
        .unwrap();
    assert_eq!(all.missing.len(), usize::from(PRODUCTS), "{all:?}");
}
