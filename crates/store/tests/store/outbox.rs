//! Claims, leases and what becomes of rows.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use souk_domain::OutboxId;
use souk_store::{DeadLetterId, Entity};
use souk_testkit::{TestDatabase, product};

use crate::support::{Setup, add_tenant, setup, setups};

/// Some rows of products that need not exist.
async fn enqueue(setup: &Setup, ids: std::ops::Range<i64>) {
    let ids: Vec<i64> = ids.collect();
    let outbox = setup.store.outbox();
    let tenant = setup.scope.tenant();
    let count = outbox.enqueue(tenant, Entity::Product, &ids).await.unwrap();
    assert_eq!(count, ids.len() as u64);
}

fn ids(rows: &[souk_store::OutboxRow]) -> Vec<OutboxId> {
    rows.iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn a_claimed_row_is_its_workers_until_the_lease_runs_out() {
    for setup in setups().await {
        enqueue(&setup, 1..4).await;
        let outbox = setup.store.outbox();

        let first = setup.claim("one", 5_000).await;
        let entities: Vec<i64> = first.iter().map(|row| row.entity_id).collect();
        assert_eq!(entities, [1, 2, 3]);
        assert!(first.iter().all(|row| row.attempts == 0));
        assert_eq!(setup.claim("two", 5_999).await, []);

        // The lease has run out: the second worker gets the rows, and the first can do nothing to them any more.
        let second = setup.claim("two", 6_000).await;
        assert_eq!(ids(&second), ids(&first));
        assert!(second.iter().all(|row| row.attempts == 1));
        let one = ids(&first);
        assert_eq!(outbox.acknowledge("one", &one, 6_000).await.unwrap(), 0);
        assert_eq!(outbox.release("one", &one).await.unwrap(), 0);
        let failed: Vec<_> = one.iter().map(|id| (*id, "late".to_owned())).collect();
        assert_eq!(outbox.park("one", &failed).await.unwrap(), 0);
        let failed: Vec<_> = one.iter().map(|id| (*id, "late".to_owned(), 0)).collect();
        assert_eq!(outbox.retry("one", &failed).await.unwrap(), 0);

        // Nor can a worker acknowledge after its own lease.
        assert_eq!(outbox.acknowledge("two", &one, 7_000).await.unwrap(), 0);
        assert_eq!(outbox.acknowledge("two", &one, 6_999).await.unwrap(), 3);
        assert_eq!(outbox.stats().await.unwrap().rows, 0);
    }
}

#[tokio::test]
async fn a_failed_row_waits_for_its_time_and_a_released_one_does_not() {
    for setup in setups().await {
        enqueue(&setup, 1..3).await;
        let outbox = setup.store.outbox();
        let rows = ids(&setup.claim("one", 0).await);
        let failed = [(rows[0], "no\0 good".to_owned(), 500)];
        assert_eq!(outbox.retry("one", &failed).await.unwrap(), 1);
        assert_eq!(outbox.release("one", &rows[1..]).await.unwrap(), 1);

        let early = setup.claim("one", 499).await;
        assert_eq!(ids(&early), rows[1..]);
        assert_eq!(early[0].attempts, 0);
        let due = setup.claim("one", 500).await;
        assert_eq!(ids(&due), rows[..1]);
        assert_eq!(due[0].attempts, 1);
    }
}

#[tokio::test]
async fn a_reference_expands_to_its_products_but_not_to_those_that_wait_anyway() {
    for setup in setups().await {
        let mugs = ["one", "two"].map(|id| product(id).category("mugs"));
        let ids = setup.upsert(mugs).await;
        setup.drain().await;
        setup.run("UPDATE categories SET name = 'Cups'").await;
        let claimed = setup.claim("worker", 0).await;
        let [category] = claimed.as_slice() else {
            panic!("one row, not {claimed:?}");
        };

        setup
            .upsert([product("one").category("mugs").stock(99)])
            .await;
        let expanded = setup.store.outbox().expand("worker", category, 0).await;
        assert_eq!(expanded.unwrap(), 1);
        let mut both: Vec<_> = ids
            .iter()
            .map(|upserted| ("product".to_owned(), upserted.id.0))
            .collect();
        both.sort_unstable();
        assert_eq!(setup.drain().await, both);
    }
}

/// On SQLite the triggers look for a waiting row at every change: by its entity, however long the outbox is.
#[tokio::test]
async fn a_waiting_row_is_found_by_its_entity() {
    let setup = setup(TestDatabase::sqlite().await).await;
    let row = setup
        .sql
        .query_one_raw(Statement::from_string(
            DbBackend::Sqlite,
            "EXPLAIN QUERY PLAN SELECT 1 FROM outbox WHERE entity = 'product' AND entity_id = 1
             AND claimed_by IS NULL AND attempts = 0 AND priority = 0",
        ))
        .await
        .unwrap()
        .unwrap();
    let plan: String = row.try_get_by_index(3).unwrap();
    assert!(
        plan.contains("outbox_waiting (entity=? AND entity_id=?"),
        "{plan}"
    );
}

#[tokio::test]
async fn what_the_dead_claimed_can_be_freed() {
    for setup in setups().await {
        enqueue(&setup, 1..3).await;
        let claimed = ids(&setup.claim("dead", 0).await);
        let outbox = setup.store.outbox();
        assert_eq!(outbox.release_all().await.unwrap(), 2);
        assert_eq!(outbox.acknowledge("dead", &claimed, 1).await.unwrap(), 0);
        let freed = setup.claim("alive", 1).await;
        assert_eq!(ids(&freed), claimed);
        assert!(freed.iter().all(|row| row.attempts == 0));
    }
}

#[tokio::test]
async fn a_change_while_its_row_is_claimed_or_failing_writes_another() {
    for setup in setups().await {
        let id = setup.upsert([product("mug")]).await[0].id;
        setup.drain().await;
        let change = |stock: i64| setup.upsert([product("mug").stock(stock)]);

        change(10).await;
        let claimed = setup.claim("one", 0).await;
        change(11).await;
        let during = setup.claim("two", 0).await;
        assert!(!during.is_empty());
        assert!(during.iter().all(|row| row.entity_id == id.0));

        let failed: Vec<_> = ids(&claimed)
            .into_iter()
            .map(|row| (row, "down".to_owned(), i64::MAX))
            .collect();
        setup.store.outbox().retry("one", &failed).await.unwrap();
        setup
            .store
            .outbox()
            .acknowledge("two", &ids(&during), 0)
            .await
            .unwrap();
        // The failed row is far away; the fresh change must not wait for it.
        change(12).await;
        assert!(!setup.claim("one", 0).await.is_empty());
    }
}

#[tokio::test]
async fn a_row_given_up_can_be_seen_retried_and_dropped() {
    for setup in setups().await {
        enqueue(&setup, 1..3).await;
        let outbox = setup.store.outbox();
        let rows = ids(&setup.claim("one", 0).await);
        let failed: Vec<_> = rows.iter().map(|id| (*id, format!("error {id}"))).collect();
        assert_eq!(outbox.park("one", &failed).await.unwrap(), 2);
        let stats = outbox.stats().await.unwrap();
        assert_eq!(
            (stats.rows, stats.oldest_created_at_ms, stats.dead_letters),
            (0, None, 2)
        );

        let other = setup.store.scope(add_tenant(&setup.store, "other").await);
        assert_eq!(other.dead_letters().list(None, 10).await.unwrap(), []);

        let letters = setup.scope.dead_letters();
        let listed = letters.list(None, 10).await.unwrap();
        assert_eq!(
            listed
                .iter()
                .map(|letter| letter.entity_id)
                .collect::<Vec<_>>(),
            [1, 2]
        );
        assert_eq!(listed[0].last_error, format!("error {}", rows[0]));
        assert_eq!(listed[0].attempts, 1);
        let all: Vec<_> = listed
            .iter()
            .map(|letter| DeadLetterId(letter.id))
            .collect();
        assert_eq!(letters.list(Some(all[0]), 10).await.unwrap().len(), 1);

        assert_eq!(other.dead_letters().drop(&all).await.unwrap(), 0);
        assert_eq!(letters.retry(&all[..1]).await.unwrap(), 1);
        assert_eq!(letters.drop(&all).await.unwrap(), 1);
        assert_eq!(setup.drain().await, [("product".to_owned(), 1)]);
        assert_eq!(outbox.stats().await.unwrap().dead_letters, 0);
    }
}

#[tokio::test]
async fn workers_at_once_never_share_a_row() {
    for setup in setups().await {
        enqueue(&setup, 0..500).await;
        let workers = (0..4).map(|worker| {
            let outbox = setup.store.outbox();
            tokio::spawn(async move {
                let name = format!("worker-{worker}");
                let mut mine = Vec::new();
                loop {
                    let rows = outbox.claim(&name, 7, 60_000, 0).await.unwrap();
                    if rows.is_empty() {
                        return mine;
                    }
                    mine.extend(rows.into_iter().map(|row| row.entity_id));
                }
            })
        });
        let mut claimed = Vec::new();
        for worker in workers.collect::<Vec<_>>() {
            claimed.extend(worker.await.unwrap());
        }
        assert_eq!(claimed.len(), 500);
        assert_eq!(claimed.into_iter().collect::<HashSet<_>>().len(), 500);
    }
}

#[tokio::test]
async fn versions_only_grow_whoever_draws_them() {
    for setup in setups().await {
        let drawing = (0..4).map(|_| {
            let outbox = setup.store.outbox();
            tokio::spawn(async move {
                let mut versions = Vec::new();
                for _ in 0..25 {
                    versions.push(outbox.next_version().await.unwrap());
                }
                versions
            })
        });
        let mut all = HashSet::new();
        for versions in drawing.collect::<Vec<_>>() {
            let versions = versions.await.unwrap();
            assert!(versions.is_sorted());
            all.extend(versions);
        }
        assert_eq!(all.len(), 100);
        assert!(setup.store.outbox().next_version().await.unwrap() > *all.iter().max().unwrap());
    }
}

#[tokio::test]
async fn everything_active_can_be_enqueued() {
    for setup in setups().await {
        let draft = product("draft").status(souk_domain::ProductStatus::Draft);
        let ids = setup.upsert([product("one"), draft, product("two")]).await;
        setup.drain().await;
        let tenant = setup.scope.tenant();
        let enqueued = setup.store.outbox().enqueue_all(tenant).await.unwrap();
        assert_eq!(enqueued, 2);
        let expected = [ids[0].id.0, ids[2].id.0].map(|id| ("product".to_owned(), id));
        assert_eq!(setup.drain().await, expected);
    }
}

#[tokio::test]
async fn a_transaction_that_commits_late_is_not_passed_over() {
    use sea_orm::{ConnectionTrait, TransactionTrait};

    let setup = setup(TestDatabase::postgres().await).await;
    let mugs = setup.upsert([product("early"), product("late")]).await;
    setup.drain().await;

    let late = setup.sql.begin().await.unwrap();
    let sql = format!(
        "UPDATE products SET title = 'Late' WHERE id = {}",
        mugs[1].id
    );
    late.execute_unprepared(&sql).await.unwrap();
    // Its row has a higher number, and is done before the late one can be seen.
    setup.upsert([product("early").title("Early")]).await;
    assert_eq!(setup.drain().await, [("product".to_owned(), mugs[0].id.0)]);

    late.commit().await.unwrap();
    assert_eq!(setup.drain().await, [("product".to_owned(), mugs[1].id.0)]);
}

#[tokio::test]
async fn a_planner_that_believes_the_outbox_to_be_empty_is_told_better() {
    let setup = setup(TestDatabase::postgres().await).await;
    enqueue(&setup, 1..5_001).await;
    let by_hand = "ALTER TABLE outbox SET (autovacuum_enabled = off)";
    setup.sql.execute_unprepared(by_hand).await.unwrap();
    // As it is left when the outbox was empty while it was analysed.
    let forget = "UPDATE pg_class SET reltuples = 0, relpages = 100 WHERE oid = 'outbox'::regclass";
    setup.sql.execute_unprepared(forget).await.unwrap();
    let believed = async || {
        let sql = "SELECT reltuples::float8 FROM pg_class WHERE oid = 'outbox'::regclass";
        let statement = Statement::from_string(DbBackend::Postgres, sql);
        let row = setup.sql.query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index::<f64>(0).unwrap()
    };
    let outbox = setup.store.outbox();
    let claim = async |limit| outbox.claim("one", limit, 1_000, 0).await.unwrap().len();

    assert_eq!(claim(4_000).await, 4_000);
    assert_eq!(believed().await, 5_000.0);

    // Whoever has claimed all there is, need not.
    setup.sql.execute_unprepared(forget).await.unwrap();
    assert_eq!(claim(4_000).await, 1_000);
    assert_eq!(believed().await, 0.0);
}

#[tokio::test]
async fn lease_that_holds_can_be_renewed_and_one_that_ran_out_cannot() {
    for setup in setups().await {
        enqueue(&setup, 1..3).await;
        let outbox = setup.store.outbox();
        let rows = ids(&setup.claim("one", 0).await);
        assert_eq!(outbox.renew("one", &rows, 1_000, 999).await.unwrap(), 2);
        assert_eq!(outbox.renew("two", &rows, 9_000, 999).await.unwrap(), 0);
        assert_eq!(setup.claim("two", 1_998).await, []);
        assert_eq!(outbox.renew("one", &rows, 1_000, 1_999).await.unwrap(), 0);
        assert_eq!(setup.claim("two", 1_999).await.len(), 2);
        assert_eq!(outbox.renew("one", &rows, 1_000, 1_999).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn renewal_passes_rows_that_a_transaction_holds() {
    let setup = setup(TestDatabase::postgres().await).await;
    enqueue(&setup, 1..4).await;
    let outbox = setup.store.outbox();
    let rows = ids(&setup.claim("one", 0).await);
    let working = setup.store.begin().await.unwrap();
    let done = format!("DELETE FROM outbox WHERE id = {}", rows[0].0);
    ConnectionTrait::execute_unprepared(&working, &done)
        .await
        .unwrap();
    let renewal = outbox.renew("one", &rows, 1_000, 999);
    let renewed = tokio::time::timeout(std::time::Duration::from_secs(20), renewal).await;
    assert_eq!(renewed.expect("it waits").unwrap(), 2);
    working.commit().await.unwrap();
}

#[tokio::test]
async fn rows_of_another_are_lost_and_rows_that_are_gone_are_not() {
    for setup in setups().await {
        enqueue(&setup, 1..4).await;
        let outbox = setup.store.outbox();
        let rows = ids(&setup.claim("one", 0).await);
        let lost = async |worker, now| outbox.lost(worker, &rows, now).await.unwrap();
        assert_eq!(lost("one", 999).await, 0);
        assert_eq!(outbox.acknowledge("one", &rows[..1], 0).await.unwrap(), 1);
        assert_eq!(lost("one", 999).await, 0);
        assert_eq!(lost("one", 1_000).await, 2, "the lease ran out");
        assert_eq!(lost("two", 0).await, 2);
        assert_eq!(outbox.release("one", &rows[1..2]).await.unwrap(), 1);
        assert_eq!(lost("one", 0).await, 1, "a free row");
    }
}

#[tokio::test]
async fn clock_of_the_database_is_about_now() {
    for setup in setups().await {
        let now_ms = chrono::Utc::now().timestamp_millis();
        let read_ms = setup.store.clock_ms().await.unwrap();
        assert!((read_ms - now_ms).abs() < 60_000, "{read_ms}");
    }
}
