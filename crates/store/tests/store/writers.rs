//! Several processes over one SQLite file: they take turns, and nobody who reads waits.

use std::time::{Duration, Instant};

use sea_orm::ConnectionTrait;
use souk_domain::ProductId;
use souk_store::{DatabaseOptions, MissingReferences, ProductKey, Store, StoreError, Transaction};
use souk_testkit::{TestDatabase, product};

use crate::support::{Setup, setup};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_of_several_processes_take_turns() {
    let setup = setup(TestDatabase::sqlite().await).await;
    let mut writers = Vec::new();
    for writer in 0..4 {
        // A store of its own, as another process has one.
        let options = DatabaseOptions::new(setup.database.url());
        let store = Store::connect(&options).await.unwrap();
        let scope = store.scope(setup.scope.tenant());
        writers.push(tokio::spawn(async move {
            for round in 0..10 {
                let batch = (0..20).map(|n| product(&format!("w{writer}-{round}-{n}")).build());
                let results = scope
                    .products()
                    .upsert_batch(batch.collect(), MissingReferences::Create)
                    .await
                    .unwrap();
                assert!(results.iter().all(Result::is_ok));
                let rows = store.outbox().claim("w", 5, 1_000, 0).await.unwrap();
                let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
                store.outbox().acknowledge("w", &ids, 0).await.unwrap();
                store.outbox().next_version().await.unwrap();
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(setup.scope.document_count().await.unwrap(), 800);
}

#[tokio::test]
async fn readers_do_not_wait_for_a_writer_and_see_the_last_commit() {
    let setup = setup(TestDatabase::sqlite().await).await;
    let id = setup.upsert([product("mug").title("Before")]).await[0].id;
    let other = Store::connect(&DatabaseOptions::new(setup.database.url()))
        .await
        .unwrap();
    let writing = setup.store.begin().await.unwrap();
    ConnectionTrait::execute_unprepared(&writing, "UPDATE products SET title = 'After'")
        .await
        .unwrap();
    for store in [&setup.store, &other] {
        assert_eq!(title(store, &setup, id).await, "Before");
        store.ping().await.unwrap();
    }
    writing.commit().await.unwrap();
    assert_eq!(title(&other, &setup, id).await, "After");
}

async fn title(store: &Store, setup: &Setup, id: ProductId) -> String {
    let products = store.scope(setup.scope.tenant()).products();
    products
        .get(&ProductKey::Id(id))
        .await
        .unwrap()
        .unwrap()
        .title
}

#[tokio::test]
async fn a_dropped_transaction_leaves_the_writer_free() {
    let setup = setup(TestDatabase::sqlite().await).await;
    for _ in 0..3 {
        let transaction = setup.store.begin().await.unwrap();
        ConnectionTrait::execute_unprepared(
            &transaction,
            "DELETE FROM tenant_hosts; DELETE FROM tenants",
        )
        .await
        .unwrap();
        drop(transaction);
    }
    assert_eq!(setup.store.tenants().list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn changing_what_there_is_waits_for_no_batch_that_adds() {
    let setup = setup(TestDatabase::postgres().await).await;
    setup.upsert([product("mug").title("Before")]).await;
    let adding = setup.store.begin().await.unwrap();
    // What a batch that invents slugs holds.
    let held = "SELECT id FROM tenants FOR NO KEY UPDATE";
    ConnectionTrait::execute_unprepared(&adding, held)
        .await
        .unwrap();
    let changed = [product("mug").title("After").build()];
    let products = setup.scope.products();
    let results = products.upsert_batch(changed.into(), MissingReferences::Reject);
    let results = tokio::time::timeout(Duration::from_secs(20), results).await;
    let changed = results.expect("it waits").unwrap().remove(0).unwrap();
    assert!(changed.changed && !changed.created);
    adding.rollback().await.unwrap();
}

#[tokio::test]
async fn a_batch_that_is_written_in_parts_takes_its_turn() {
    let setup = setup(TestDatabase::postgres().await).await;
    setup.upsert([product("mug").title("Before")]).await;
    let adding = setup.store.begin().await.unwrap();
    let held = "SELECT id FROM tenants FOR NO KEY UPDATE";
    ConnectionTrait::execute_unprepared(&adding, held)
        .await
        .unwrap();
    let scope = setup.scope.clone();
    let writing = tokio::spawn(async move {
        let twice = ["Once", "Twice"].map(|title| product("mug").title(title).build());
        let products = scope.products();
        products
            .upsert_batch(twice.into(), MissingReferences::Reject)
            .await
    });
    setup.until_somebody_waits_for_a_lock().await;
    adding.rollback().await.unwrap();
    assert!(writing.await.unwrap().unwrap().iter().all(Result::is_ok));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn batches_with_the_same_products_never_wait_for_each_other_both() {
    let setup = setup(TestDatabase::postgres().await).await;
    setup
        .upsert((0..20).map(|n| product(&format!("p{n}"))))
        .await;
    let mut writers = Vec::new();
    for writer in 0..4 {
        let scope = setup.scope.clone();
        writers.push(tokio::spawn(async move {
            for round in 0..20 {
                let title = format!("Round {round} of {writer}");
                let mut batch: Vec<_> = (0..20)
                    .map(|n| product(&format!("p{n}")).title(&title).build())
                    .collect();
                if writer % 2 == 1 {
                    batch.reverse();
                }
                let products = scope.products();
                let results = products
                    .upsert_batch(batch, MissingReferences::Reject)
                    .await;
                assert!(results.unwrap().iter().all(Result::is_ok));
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let titles = "SELECT count(DISTINCT title) FROM products";
    assert_eq!(setup.number(titles).await, 1);
}

/// Adds a product as somebody does who has not committed yet.
async fn add_unseen(setup: &Setup, external_id: &str, slug: &str) -> Transaction {
    let adding = setup.store.begin().await.unwrap();
    let sql = format!(
        "INSERT INTO products (tenant_id, external_id, slug, title, seller_id, currency)
         SELECT tenant_id, '{external_id}', '{slug}', 'Theirs', id, 'EUR' FROM sellers"
    );
    adding.execute_unprepared(&sql).await.unwrap();
    adding
}

#[tokio::test]
async fn a_batch_that_loses_a_race_for_a_slug_is_written_under_another() {
    let setup = setup(TestDatabase::postgres().await).await;
    setup.upsert([product("old").title("Old")]).await;
    let adding = add_unseen(&setup, "theirs", "a-mug").await;
    let scope = setup.scope.clone();
    let writing = tokio::spawn(async move {
        let batch = vec![product("ours").title("A mug").build()];
        scope
            .products()
            .upsert_batch(batch, MissingReferences::Reject)
            .await
    });
    setup.until_somebody_waits_for_a_lock().await;
    adding.commit().await.unwrap();
    let written = writing.await.unwrap().unwrap().remove(0).unwrap();
    assert!(written.created);
    let key = ProductKey::Slug("a-mug-ours".to_owned());
    let ours = setup.scope.products().get(&key).await.unwrap();
    assert_eq!(ours.unwrap().id, written.id);
}

#[tokio::test]
async fn a_batch_that_loses_a_race_for_a_product_changes_it() {
    let setup = setup(TestDatabase::postgres().await).await;
    setup.upsert([product("old").title("Old")]).await;
    let adding = add_unseen(&setup, "mug", "theirs").await;
    let scope = setup.scope.clone();
    let writing = tokio::spawn(async move {
        let batch = vec![product("mug").title("Ours").build()];
        scope
            .products()
            .upsert_batch(batch, MissingReferences::Reject)
            .await
    });
    setup.until_somebody_waits_for_a_lock().await;
    adding.commit().await.unwrap();
    let written = writing.await.unwrap().unwrap().remove(0).unwrap();
    assert!(!written.created && written.changed);
    assert_eq!(title(&setup.store, &setup, written.id).await, "Ours");
}

#[tokio::test]
async fn a_new_product_that_loses_a_race_for_its_made_slug_gets_another() {
    let setup = setup(TestDatabase::postgres().await).await;
    setup.upsert([product("old").title("Old")]).await;
    let adding = add_unseen(&setup, "theirs", "a-mug").await;
    let scope = setup.scope.clone();
    let creating = tokio::spawn(async move {
        let mug = product("ours").title("A mug").build();
        scope.products().create(mug).await
    });
    setup.until_somebody_waits_for_a_lock().await;
    adding.commit().await.unwrap();
    assert_eq!(creating.await.unwrap().unwrap().slug, "a-mug-ours");
    let again = product("ours").title("A mug").build();
    let refused = setup.scope.products().create(again).await;
    assert!(matches!(
        refused,
        Err(StoreError::Conflict {
            field: "external_id",
            ..
        })
    ));
}

#[tokio::test]
async fn a_database_that_goes_away_is_unavailable() {
    let setup = setup(TestDatabase::postgres().await).await;
    let mut options = DatabaseOptions::new(setup.database.url());
    options.acquire_timeout = Duration::from_secs(2);
    let store = Store::connect(&options).await.unwrap();
    store.ping().await.unwrap();
    // Ends every connection to it, and no other can be made.
    drop(setup.database);
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        match store.tenants().list().await {
            Err(StoreError::Unavailable(_)) => break,
            result => assert!(Instant::now() < deadline, "{result:?}"),
        }
    }
}
