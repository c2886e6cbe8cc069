//! Edits and bulk loads: who is claimed first, and who is told of.

use std::collections::BTreeSet;

use souk_store::{Entity, JobRequest, Lane, MissingReferences, Notice};
use souk_testkit::{TestDatabase, product};

use crate::support::{Setup, setup, setups};

/// Products of rows, each once, that a worker claims from a lane.
async fn claimed_from(setup: &Setup, lane: Lane, worker: &str) -> Vec<(Entity, i64)> {
    let outbox = setup.store.outbox();
    let rows = outbox.claim_from(lane, worker, 10_000, 1_000, 0).await;
    let rows: BTreeSet<_> = rows
        .unwrap()
        .iter()
        .map(|row| (row.entity, row.entity_id))
        .collect();
    rows.into_iter().collect()
}

#[tokio::test]
async fn edit_beside_bulk_load_is_claimed_first_even_of_a_product_that_waits() {
    for setup in setups().await {
        let loaded = ["one", "two", "three"].map(|id| product(id).category("mugs").build());
        let products = setup.scope.in_bulk().products();
        let loaded = products.upsert_batch(loaded.into(), MissingReferences::Create);
        let loaded = loaded.await.unwrap();
        let ids: Vec<i64> = loaded.iter().map(|it| it.as_ref().unwrap().id.0).collect();
        assert_eq!(claimed_from(&setup, Lane::Edits, "edits").await, []);

        setup
            .run("UPDATE products SET title = 'Edited' WHERE external_id = 'two'")
            .await;
        let all = setup
            .store
            .outbox()
            .claim("any", 1, 1_000, 0)
            .await
            .unwrap();
        assert_eq!(all[0].entity_id, ids[1]);
        setup
            .store
            .outbox()
            .release("any", &[all[0].id])
            .await
            .unwrap();
        let edited = claimed_from(&setup, Lane::Edits, "edits").await;
        assert_eq!(edited, [(Entity::Product, ids[1])]);

        // The load is as complete as before, its category included.
        let background = claimed_from(&setup, Lane::Background, "background").await;
        let products = background
            .iter()
            .filter(|(entity, _)| *entity == Entity::Product);
        assert_eq!(products.map(|(_, id)| *id).collect::<Vec<_>>(), ids);
        assert!(
            background
                .iter()
                .any(|(entity, _)| *entity == Entity::Category)
        );
        assert_eq!(claimed_from(&setup, Lane::All, "any").await, []);
    }
}

#[tokio::test]
async fn change_after_bulk_load_through_the_same_connection_is_an_edit() {
    for setup in setups().await {
        let bulk = setup.scope.in_bulk().products();
        let load = vec![product("one").build(), product("two").build()];
        bulk.upsert_batch(load, MissingReferences::Create)
            .await
            .unwrap();
        let id = setup.upsert([product("three")]).await[0].id;
        let edits = claimed_from(&setup, Lane::Edits, "edits").await;
        assert!(edits.contains(&(Entity::Product, id.0)), "{edits:?}");
        let background = claimed_from(&setup, Lane::Background, "other").await;
        let products = background
            .iter()
            .filter(|(entity, _)| *entity == Entity::Product);
        assert_eq!(products.count(), 2);
    }
}

#[tokio::test]
async fn statement_or_transaction_of_many_rows_is_background_on_postgres() {
    let setup = setup(TestDatabase::postgres().await).await;
    let many = (0..101).map(|number| product(&format!("p{number}")));
    setup.upsert(many).await;
    setup.drain().await;
    let counts = async |worker: &str| {
        let edits = claimed_from(&setup, Lane::Edits, worker).await.len();
        (
            edits,
            claimed_from(&setup, Lane::Background, worker).await.len(),
        )
    };
    let cases = [
        ("UPDATE products SET brand = 'A'", (0, 101)),
        (
            "UPDATE products SET brand = 'B' WHERE external_id <> 'p0'",
            (100, 0),
        ),
        ("UPDATE variants SET price = price + 1", (0, 101)),
        ("UPDATE variants SET position = 7", (0, 101)),
        ("UPDATE products SET title = title", (0, 0)),
        // Statements sent together are one transaction.
        (
            "UPDATE products SET brand = 'C' WHERE external_id <> 'p0'; UPDATE products SET brand = 'C'",
            (100, 1),
        ),
        (
            "SET LOCAL souk.bulk = 'on'; UPDATE products SET brand = 'D' WHERE external_id = 'p0'",
            (0, 1),
        ),
        (
            "UPDATE products SET brand = 'E' WHERE external_id = 'p0'",
            (1, 0),
        ),
    ];
    for (place, (sql, expected)) in cases.into_iter().enumerate() {
        setup.run(sql).await;
        assert_eq!(counts(&format!("worker-{place}")).await, expected, "{sql}");
    }
}

#[tokio::test]
async fn few_products_of_an_edited_category_are_edits_and_many_are_background() {
    for setup in setups().await {
        let few = (0..2).map(|number| product(&format!("few{number}")).category("few"));
        let many = (0..101).map(|number| product(&format!("many{number}")).category("many"));
        setup.upsert(few.chain(many)).await;
        setup.drain().await;
        for (slug, edits, background) in [("few", 2, 0), ("many", 0, 101)] {
            setup
                .run(&format!(
                    "UPDATE categories SET name = 'New' WHERE slug = '{slug}'"
                ))
                .await;
            let outbox = setup.store.outbox();
            let claimed = outbox.claim_from(Lane::Edits, slug, 10, 1_000, 0).await;
            let expanded = outbox.expand(slug, &claimed.unwrap()[0], 0).await.unwrap();
            assert_eq!(expanded, edits + background);
            let found = claimed_from(&setup, Lane::Edits, slug).await.len() as u64;
            assert_eq!(found, edits, "{slug}");
            let found = claimed_from(&setup, Lane::Background, slug).await.len() as u64;
            assert_eq!(found, background, "{slug}");
        }
    }
}

#[tokio::test]
async fn bulk_load_that_waits_holds_the_caches_back() {
    for setup in setups().await {
        let bulk = setup.scope.in_bulk().products();
        let load = vec![product("one").build()];
        bulk.upsert_batch(load, MissingReferences::Create)
            .await
            .unwrap();
        setup
            .run("UPDATE outbox SET created_at = created_at - 60000")
            .await;
        let untold = setup.store.pending_invalidations().oldest_untold().await;
        assert!(untold.unwrap().as_secs() >= 60);
    }
}

#[tokio::test]
async fn notices_tell_of_changes_and_jobs_and_of_nothing_else() {
    let setup = setup(TestDatabase::postgres().await).await;
    setup.upsert([product("mug")]).await;
    let outbox = setup.store.outbox();
    let mut notices = outbox.notices().await.unwrap().expect("notices arrive");
    // Neither a statement without effect nor what workers do to rows.
    setup
        .run("UPDATE products SET title = title, updated_at = 0")
        .await;
    setup.drain().await;
    let jobs = setup.scope.index_jobs();
    jobs.request(JobRequest::Reindex, false).await.unwrap();
    setup.run("UPDATE products SET title = 'Cup'").await;
    assert_eq!(notices.next().await.unwrap(), Notice::Job);
    assert_eq!(notices.next().await.unwrap(), Notice::Change);
    let embedded = self::setup(TestDatabase::sqlite().await).await;
    assert!(embedded.store.outbox().notices().await.unwrap().is_none());
}

#[tokio::test]
async fn notices_tell_of_tenants_keys_and_definitions() {
    let setup = setup(TestDatabase::postgres().await).await;
    let notices = setup.store.settings_notices().await.unwrap();
    let mut notices = notices.expect("notices arrive");
    setup.upsert([product("mug")]).await;
    for change in [
        "UPDATE tenants SET name = 'Other'",
        "DELETE FROM tenant_hosts",
        "DELETE FROM tenant_keys",
        "DELETE FROM search_configs",
        "INSERT INTO attribute_definitions (tenant_id, name) SELECT id, 'size' FROM tenants",
    ] {
        setup.run(change).await;
        assert_eq!(notices.next().await.unwrap(), Notice::Settings, "{change}");
    }
    let embedded = self::setup(TestDatabase::sqlite().await).await;
    assert!(embedded.store.settings_notices().await.unwrap().is_none());
}
