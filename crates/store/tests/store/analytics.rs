//! Search analytics: adding batches, reports and pruning.

use std::sync::atomic::{AtomicI64, Ordering};

use souk_domain::{Action, TenantId};
use souk_store::{
    Batch, EventCount, Metrics, NetworkTokens, Period, QueryOrder, SearchCount, SearchKey, Store,
    Visitor,
};
use souk_testkit::product;

use crate::support::{Setup, add_tenant, setups};

static NEXT_NETWORK: AtomicI64 = AtomicI64::new(1);

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const DAY: i64 = 20_000;
const NOW: i64 = DAY * DAY_MS + 1_000;

pub(crate) fn key(tenant: TenantId, query: i64) -> SearchKey {
    SearchKey {
        tenant,
        day: DAY,
        query,
        settings: 0,
    }
}

pub(crate) fn searches(key: SearchKey, searches: u64, no_results: u64) -> SearchCount {
    SearchCount {
        key,
        text: format!("query {}", key.query),
        searches,
        no_results,
    }
}

/// Event of a visitor; `None` is an unknown one.
pub(crate) fn event(
    key: SearchKey,
    action: Action,
    product: i64,
    session: Option<i64>,
) -> EventCount {
    let same = |part: i64| session.map(|session| session * 1_000 + part);
    // Each event is of a network of its own.
    let network = NEXT_NETWORK.fetch_add(3, Ordering::Relaxed);
    EventCount {
        network: Some(NetworkTokens {
            query: network,
            product: network + 1,
            deed: network + 2,
        }),
        key,
        action,
        product,
        position: Some(3),
        quantity: 2,
        revenue: if action == Action::Purchase { 500 } else { 0 },
        event: same(100 * key.query + 10 * action as i64 + product % 10),
        success: same(-100 * key.query - action as i64),
    }
}

fn batch(id: i64) -> Batch {
    Batch {
        id,
        ..Batch::default()
    }
}

async fn query_metrics(setup: &Setup, period: Period) -> Vec<(String, Metrics)> {
    let reports = setup.scope.search_reports();
    let (rows, total) = reports
        .queries(period, QueryOrder::Searches, 0, 100)
        .await
        .unwrap();
    assert_eq!(total, rows.len() as u64);
    rows.into_iter()
        .map(|row| (row.text, row.metrics))
        .collect()
}

const TODAY: Period = Period {
    from: DAY,
    until: DAY,
};

#[tokio::test]
async fn a_batch_is_added_once_however_often_it_is_sent() {
    for setup in setups().await {
        let tenant = setup.scope.tenant();
        let analytics = setup.store.search_analytics();
        let mut sent = batch(1);
        sent.searches = vec![
            searches(key(tenant, 7), 5, 1),
            searches(key(tenant, 8), 9, 9),
        ];
        for _ in 0..2 {
            analytics.add(&sent, NOW).await.unwrap();
        }
        sent.id = 2;
        analytics.add(&sent, NOW).await.unwrap();
        let found = query_metrics(&setup, TODAY).await;
        let counts: Vec<_> = found
            .iter()
            .map(|(text, it)| (text.as_str(), it.searches, it.no_results))
            .collect();
        assert_eq!(counts, [("query 8", 18, 18), ("query 7", 10, 2)]);
        let asked = [(tenant, 7), (tenant, 9), (TenantId(tenant.0 + 1), 7)];
        assert_eq!(analytics.known(&asked).await.unwrap(), [(tenant, 7)]);
    }
}

#[tokio::test]
async fn the_same_event_counts_once_in_half_an_hour_and_a_search_succeeds_once() {
    for setup in setups().await {
        let tenant = setup.scope.tenant();
        let ids: Vec<_> = setup
            .upsert([product("one"), product("two")])
            .await
            .iter()
            .map(|it| it.id.0)
            .collect();
        let analytics = setup.store.search_analytics();
        let key = key(tenant, 7);
        let mut first = batch(1);
        first.searches = vec![searches(key, 4, 0)];
        first.events = vec![
            event(key, Action::Click, ids[0], Some(1)),
            event(key, Action::Click, ids[0], Some(1)),
            event(key, Action::Click, ids[1], Some(1)),
            event(key, Action::Click, ids[0], Some(2)),
            event(key, Action::Purchase, ids[0], Some(2)),
            event(key, Action::AddToCart, ids[1], None),
            event(key, Action::AddToCart, ids[1], None),
            event(key, Action::Click, 999_999, Some(3)),
        ];
        analytics.add(&first, NOW).await.unwrap();
        let expected = Metrics {
            searches: 4,
            clicks: 3,
            positions: 9,
            clicked: 2,
            carts: 2,
            purchases: 1,
            units: 2,
            converted: 1,
            revenue: 500,
            ..Metrics::default()
        };
        assert_eq!(query_metrics(&setup, TODAY).await[0].1, expected);

        let mut again = batch(2);
        again.events = vec![event(key, Action::Click, ids[0], Some(1))];
        analytics.add(&again, NOW + 29 * 60_000).await.unwrap();
        assert_eq!(query_metrics(&setup, TODAY).await[0].1, expected);
        analytics.forget_events(NOW + 30 * 60_000).await.unwrap();
        let seen = "SELECT count(*) FROM search_events_seen";
        assert_ne!(setup.number(seen).await, 0, "half an hour is not over");
        again.id = 3;
        analytics.add(&again, NOW + 30 * 60_000).await.unwrap();
        assert_eq!(query_metrics(&setup, TODAY).await[0].1.clicks, 4);
        analytics.forget_events(NOW + 61 * 60_000).await.unwrap();
        assert_eq!(setup.number(seen).await, 0);
    }
}

#[tokio::test]
async fn sessions_are_counted_apart_and_known_for_a_day() {
    for setup in setups().await {
        let tenant = setup.scope.tenant();
        let analytics = setup.store.search_analytics();
        let (one, other) = (key(tenant, 7), key(tenant, 8));
        let visitor = |key, token| Visitor { key, token };
        for (id, visitors) in [
            (1, vec![visitor(one, 1), visitor(one, 2), visitor(other, 1)]),
            (2, vec![visitor(one, 2), visitor(one, 3)]),
        ] {
            let mut sent = batch(id);
            sent.searches = vec![searches(one, 3, 0), searches(other, 1, 0)];
            sent.visitors = visitors;
            analytics.add(&sent, NOW).await.unwrap();
        }
        let found = query_metrics(&setup, TODAY).await;
        let sessions: Vec<_> = found.iter().map(|(_, it)| it.visitors).collect();
        assert_eq!(sessions, [3, 1]);
        let known = "SELECT count(*) FROM search_visitors";
        analytics.prune(90, NOW).await.unwrap();
        assert_eq!(setup.number(known).await, 4, "the day is not over");
        analytics.prune(90, NOW + DAY_MS).await.unwrap();
        assert_eq!(setup.number(known).await, 0);
        assert_eq!(query_metrics(&setup, TODAY).await, found);
    }
}

#[tokio::test]
async fn what_is_too_old_is_forgotten_with_its_texts() {
    for setup in setups().await {
        let tenant = setup.scope.tenant();
        let id = setup.upsert([product("one")]).await[0].id.0;
        let analytics = setup.store.search_analytics();
        let old = SearchKey {
            day: DAY - 31,
            ..key(tenant, 7)
        };
        let mut sent = batch(1);
        sent.searches = vec![searches(old, 1, 0), searches(key(tenant, 8), 1, 0)];
        sent.events = vec![
            event(old, Action::Click, id, Some(1)),
            event(key(tenant, 8), Action::Click, id, Some(1)),
        ];
        analytics.add(&sent, NOW).await.unwrap();
        analytics.prune(31, NOW).await.unwrap();
        assert_eq!(setup.number("SELECT count(*) FROM search_days").await, 2);
        analytics.prune(30, NOW).await.unwrap();
        for table in ["search_queries", "search_days", "search_product_days"] {
            let left = format!("SELECT count(*) FROM {table}");
            assert_eq!(setup.number(&left).await, 1, "{table}");
        }
        analytics.prune(30, NOW + 8 * DAY_MS).await.unwrap();
        for table in ["search_events_seen", "search_batches"] {
            let left = format!("SELECT count(*) FROM {table}");
            assert_eq!(setup.number(&left).await, 0, "{table}");
        }
    }
}

#[tokio::test]
async fn processes_that_add_up_at_once_lose_and_double_nothing() {
    const PROCESSES: i64 = 6;
    const BATCHES: i64 = 12;
    for setup in setups().await {
        let tenant = setup.scope.tenant();
        let id = setup.upsert([product("one")]).await[0].id.0;
        let process = |process: i64| {
            let store: Store = setup.store.clone();
            tokio::spawn(async move {
                for number in 0..BATCHES {
                    let mut sent = batch(process * 1_000 + number);
                    // Each in another order, to meet the others in the middle.
                    let mut queries: Vec<_> = (1..=5).collect();
                    queries.rotate_left((process % 5) as usize);
                    for query in queries {
                        let key = key(tenant, query);
                        sent.searches.push(searches(key, 2, 1));
                        sent.visitors.push(Visitor {
                            key,
                            token: process,
                        });
                        sent.events.push(event(key, Action::Click, id, None));
                        sent.events.push(event(key, Action::AddToCart, id, Some(1)));
                    }
                    // A commit that is not heard of is sent again.
                    while let Err(error) = store.search_analytics().add(&sent, NOW).await {
                        assert!(
                            matches!(error, souk_store::StoreError::Unavailable(_)),
                            "{error}"
                        );
                    }
                    store.search_analytics().add(&sent, NOW).await.unwrap();
                }
            })
        };
        let processes: Vec<_> = (0..PROCESSES).map(process).collect();
        for process in processes {
            process.await.unwrap();
        }
        let found = query_metrics(&setup, TODAY).await;
        assert_eq!(found.len(), 5);
        for (text, it) in found {
            let sums = (it.searches, it.no_results, it.visitors, it.clicks, it.carts);
            let all = PROCESSES * BATCHES;
            assert_eq!(sums, (2 * all, all, PROCESSES, all, 1), "{text}");
        }
    }
}

#[tokio::test]
async fn reports_are_of_a_tenant_and_a_period() {
    for setup in setups().await {
        let tenant = setup.scope.tenant();
        let other = add_tenant(&setup.store, "other").await;
        let analytics = setup.store.search_analytics();
        let id = setup.upsert([product("one")]).await[0].id.0;
        let on = |day, query, settings| SearchKey {
            tenant,
            day,
            query,
            settings,
        };
        let mut sent = batch(1);
        sent.searches = vec![
            searches(on(DAY, 1, 0), 10, 0),
            searches(on(DAY, 1, 4), 7, 0),
            searches(on(DAY - 1, 2, 0), 3, 3),
            // Before.
            searches(on(DAY - 2, 1, 0), 2, 0),
            searches(on(DAY - 3, 3, 0), 5, 0),
            searches(key(other, 1), 100, 100),
            SearchCount {
                text: String::new(),
                ..searches(on(DAY, 9, 0), 50, 0)
            },
        ];
        sent.events = vec![
            event(on(DAY, 1, 4), Action::Click, id, Some(1)),
            event(on(DAY, 77, 0), Action::Click, id, Some(1)),
        ];
        analytics.add(&sent, NOW).await.unwrap();
        let period = Period {
            from: DAY - 1,
            until: DAY,
        };
        let reports = setup.scope.search_reports();
        let texts: Vec<_> = query_metrics(&setup, period)
            .await
            .into_iter()
            .map(|it| it.0)
            .collect();
        assert_eq!(texts, ["query 1", "query 2"], "a listing is no query");
        let (page, total) = reports
            .queries(period, QueryOrder::Clicks, 1, 1)
            .await
            .unwrap();
        assert_eq!((page[0].text.as_str(), total), ("query 2", 2));
        let (page, total) = reports
            .queries(period, QueryOrder::NoResults, 0, 10)
            .await
            .unwrap();
        assert_eq!(
            (page.len(), page[0].text.as_str(), total),
            (1, "query 2", 1)
        );

        let trends = reports.trends(period, 10).await.unwrap();
        let changes = |trends: Vec<souk_store::Trend>| -> Vec<(String, i64, i64)> {
            let rows = trends.into_iter();
            rows.map(|it| (it.text, it.searches, it.before)).collect()
        };
        assert_eq!(
            changes(trends.rising),
            [("query 1".to_owned(), 17, 2), ("query 2".to_owned(), 3, 0)]
        );
        assert_eq!(changes(trends.falling), [("query 3".to_owned(), 0, 5)]);

        let summary = reports.summary(period).await.unwrap();
        let days: Vec<_> = summary
            .days
            .iter()
            .map(|it| (it.day, it.metrics.searches, it.metrics.clicks))
            .collect();
        assert_eq!(days, [(DAY - 1, 3, 0), (DAY, 17, 1)]);
        assert_eq!(summary.unknown.clicks, 1);

        let versions = reports.versions(period).await.unwrap();
        let versions: Vec<_> = versions
            .iter()
            .map(|it| (it.settings, it.metrics.searches, it.metrics.clicked))
            .collect();
        assert_eq!(versions, [(0, 13, 0), (4, 7, 1)]);

        setup.store.tenants().remove("other", None).await.unwrap();
        let left = format!("SELECT count(*) FROM search_days WHERE tenant_id = {other}");
        assert_eq!(setup.number(&left).await, 0);
    }
}

#[tokio::test]
async fn an_event_that_is_not_counted_keeps_no_search_from_success() {
    const MINUTE: i64 = 60_000;
    for setup in setups().await {
        let tenant = setup.scope.tenant();
        let products = ["one", "two", "three"].map(product);
        let ids: Vec<_> = setup
            .upsert(products)
            .await
            .iter()
            .map(|it| it.id.0)
            .collect();
        let analytics = setup.store.search_analytics();
        let key = key(tenant, 7);
        for (number, (minute, product)) in [(0, 0), (25, 1), (31, 1), (32, 2)].iter().enumerate() {
            let mut sent = batch(number as i64);
            sent.searches = vec![searches(key, 1, 0)];
            sent.events = vec![event(key, Action::Click, ids[*product], Some(1))];
            analytics.add(&sent, NOW + minute * MINUTE).await.unwrap();
        }
        let found = query_metrics(&setup, TODAY).await[0].1;
        // The click of minute 31 is that of minute 25; that of minute 32 is of another half hour than the first.
        assert_eq!((found.clicks, found.clicked), (3, 2));
    }
}

#[tokio::test]
async fn a_session_is_one_whatever_settings_answer_it() {
    for setup in setups().await {
        let tenant = setup.scope.tenant();
        let mut sent = batch(1);
        for settings in [3, 1, 2] {
            let key = SearchKey {
                settings,
                ..key(tenant, 7)
            };
            sent.searches.push(searches(key, 1, 0));
            sent.visitors.push(Visitor { key, token: 1 });
        }
        let analytics = setup.store.search_analytics();
        analytics.add(&sent, NOW).await.unwrap();
        sent.id = 2;
        analytics.add(&sent, NOW).await.unwrap();
        assert_eq!(query_metrics(&setup, TODAY).await[0].1.visitors, 1);
    }
}

#[tokio::test]
async fn no_sum_grows_beyond_what_can_be_added_to_and_reported() {
    for setup in setups().await {
        let tenant = setup.scope.tenant();
        let id = setup.upsert([product("one")]).await[0].id.0;
        let analytics = setup.store.search_analytics();
        for number in 0..3 {
            let mut sent = batch(number);
            sent.searches = vec![
                searches(key(tenant, 7), 1, 0),
                searches(key(tenant, 8), 1, 0),
            ];
            for query in [7, 8] {
                let mut dear = event(key(tenant, query), Action::Purchase, id, None);
                dear.revenue = i64::MAX - 1;
                sent.events.push(dear);
            }
            analytics.add(&sent, NOW).await.unwrap();
        }
        let most = (1_i64 << 53) - 1;
        let reports = setup.scope.search_reports();
        for (_, query_metrics) in query_metrics(&setup, TODAY).await {
            assert_eq!((query_metrics.revenue, query_metrics.purchases), (most, 3));
        }
        assert_eq!(
            reports.versions(TODAY).await.unwrap()[0].metrics.revenue,
            most
        );
    }
}

#[tokio::test]
async fn what_comes_late_of_a_tenant_that_is_gone_is_not_kept() {
    for setup in setups().await {
        let gone = add_tenant(&setup.store, "other").await;
        setup.store.tenants().remove("other", None).await.unwrap();
        let mut sent = batch(1);
        for tenant in [gone, setup.scope.tenant()] {
            sent.searches.push(searches(key(tenant, 7), 1, 0));
            let key = key(tenant, 7);
            sent.visitors.push(Visitor {
                key,
                token: tenant.0,
            });
        }
        setup
            .store
            .search_analytics()
            .add(&sent, NOW)
            .await
            .unwrap();
        for table in ["search_queries", "search_days", "search_visitors"] {
            let left = format!("SELECT count(*) FROM {table}");
            assert_eq!(setup.number(&left).await, 1, "{table}");
        }
    }
}

#[tokio::test]
async fn much_is_forgotten_bit_by_bit_and_no_text_is_offered_longer() {
    for setup in setups().await {
        for (table, columns, rest) in [
            ("search_days", "day, query, settings", "n, n"),
            ("search_product_days", "day, query, product_id", "n, n"),
            ("search_visitors", "day, query, token, settings", "n, n, 0"),
            ("search_queries", "last_day, query, text", "n, 'a text'"),
        ] {
            setup
                .run(&format!(
                    "INSERT INTO {table} (tenant_id, {columns})
                     WITH RECURSIVE series (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < 12000)
                     SELECT {{tenant}}, {DAY} - n % 100, {rest} FROM series"
                ))
                .await;
        }
        setup
            .run(
                "INSERT INTO suggested_queries (tenant_id, query, text, weight)
                 VALUES ({tenant}, 1, 'new', 5), ({tenant}, 99, 'old', 5)",
            )
            .await;
        setup.store.search_analytics().prune(9, NOW).await.unwrap();
        for (table, left) in [
            ("search_days", 1_200),
            ("search_product_days", 1_200),
            ("search_visitors", 120),
            ("search_queries", 1_200),
        ] {
            let count = format!("SELECT count(*) FROM {table}");
            assert_eq!(setup.number(&count).await, left, "{table}");
        }
        let offered = setup.scope.search_feedback().suggested().await.unwrap();
        let offered: Vec<_> = offered.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(offered, ["new"]);
    }
}
