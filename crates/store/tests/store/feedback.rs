//! Popularity and suggestions learnt from analytics.

use souk_domain::Action;
use souk_store::{
    Batch, EventCount, NetworkTokens, PopularityOptions, SearchKey, SuggestionOptions, Visitor,
};
use souk_testkit::product;

use crate::{
    analytics::{event, key, searches},
    support::{Setup, setups},
};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const NOW: i64 = 20_000 * DAY_MS + 1_000;
const HALF_LIFE: u32 = 10;

const POPULARITY: PopularityOptions = PopularityOptions {
    half_life_days: HALF_LIFE,
    min_networks: 0,
    max_changes: 100,
};

impl Setup {
    /// Adds a batch with `purchases` purchases of a product.
    async fn buy(&self, id: i64, product: i64, purchases: usize) {
        let key = key(self.scope.tenant(), 7);
        let batch = Batch {
            id,
            searches: vec![searches(key, 1, 0)],
            events: (0..purchases)
                .map(|_| event(key, Action::Purchase, product, None))
                .collect(),
            ..Batch::default()
        };
        self.store
            .search_analytics()
            .add(&batch, NOW)
            .await
            .unwrap();
    }

    async fn earn(&self, options: &PopularityOptions, now_ms: i64) -> u64 {
        let feedback = self.scope.search_feedback();
        feedback.earn_popularity(options, now_ms).await.unwrap()
    }

    async fn popularity(&self, product: i64) -> i64 {
        self.number(&format!(
            "SELECT popularity FROM products WHERE id = {product}"
        ))
        .await
    }
}

#[tokio::test]
async fn popularity_is_earned_on_top_of_what_was_set_and_decays() {
    for setup in setups().await {
        let set = setup.upsert([product("one").popularity(40)]).await[0].id.0;
        setup.drain().await;
        setup.buy(1, set, 6).await;
        assert_eq!(setup.earn(&POPULARITY, NOW).await, 1);
        assert_eq!(setup.popularity(set).await, 100);
        assert_eq!(setup.drain().await, [("product".to_owned(), set)]);
        assert_eq!(setup.earn(&POPULARITY, NOW).await, 0, "nothing has changed");
        assert!(setup.drain().await.is_empty());

        let half_life = i64::from(HALF_LIFE) * DAY_MS;
        setup.earn(&POPULARITY, NOW + half_life).await;
        assert_eq!(setup.popularity(set).await, 70);
        // Somebody sets it anew: what was earned comes on top of that.
        setup
            .run(&format!(
                "UPDATE products SET popularity = 10 WHERE id = {set}"
            ))
            .await;
        setup.earn(&POPULARITY, NOW + half_life).await;
        assert_eq!(setup.popularity(set).await, 40);
        setup.earn(&POPULARITY, NOW + 20 * half_life).await;
        assert_eq!(setup.popularity(set).await, 10);
        let left = "SELECT count(*) FROM earned_popularity";
        assert_eq!(setup.number(left).await, 0);
    }
}

#[tokio::test]
async fn only_what_changes_much_is_written_and_no_more_than_allowed() {
    for setup in setups().await {
        let products = [
            product("known").popularity(10_000),
            product("a"),
            product("b"),
            product("c"),
        ];
        let ids: Vec<_> = setup
            .upsert(products)
            .await
            .iter()
            .map(|it| it.id.0)
            .collect();
        for (place, purchases) in [40, 1, 3, 2].into_iter().enumerate() {
            setup.buy(place as i64, ids[place], purchases).await;
        }
        // 400 more than 10,000 is less than a twentieth.
        let two = PopularityOptions {
            max_changes: 2,
            ..POPULARITY
        };
        assert_eq!(setup.earn(&two, NOW).await, 2);
        let mut now = Vec::new();
        for id in &ids {
            now.push(setup.popularity(*id).await);
        }
        assert_eq!(now, [10_000, 0, 30, 20]);
        assert_eq!(setup.earn(&two, NOW).await, 1);
        assert_eq!(setup.popularity(ids[1]).await, 10);
    }
}

#[tokio::test]
async fn queries_are_suggested_that_many_asked_on_a_day_and_that_find_something() {
    for setup in setups().await {
        let tenant = setup.scope.tenant();
        let on = |day, query| SearchKey {
            day,
            ..key(tenant, query)
        };
        let visitors =
            |key: SearchKey, sessions| (0..sessions).map(move |token| Visitor { key, token });
        let today = key(tenant, 0).day;
        let mut sent = Batch {
            id: 1,
            searches: vec![
                searches(on(today, 1), 10, 0),
                searches(on(today, 2), 30, 0),
                // One person, day after day.
                searches(on(today, 3), 50, 0),
                searches(on(today - 1, 3), 50, 0),
                // Nothing is found.
                searches(on(today, 4), 50, 40),
                // Long ago.
                searches(on(today - i64::from(HALF_LIFE), 5), 30, 0),
            ],
            ..Batch::default()
        };
        for (day, query, sessions) in [(0, 1, 3), (0, 2, 9), (0, 3, 2), (-1, 3, 2), (0, 4, 9)] {
            sent.visitors
                .extend(visitors(on(today + day, query), sessions));
        }
        sent.visitors
            .extend(visitors(on(today - i64::from(HALF_LIFE), 5), 3));
        setup
            .store
            .search_analytics()
            .add(&sent, NOW)
            .await
            .unwrap();
        let feedback = setup.scope.search_feedback();
        let options = SuggestionOptions {
            half_life_days: HALF_LIFE,
            min_sessions: 3,
            min_networks: 0,
            limit: 10,
        };
        let frequent = feedback.frequent_queries(&options, NOW).await.unwrap();
        let found: Vec<_> = frequent
            .iter()
            .map(|it| (it.text.as_str(), it.weight))
            .collect();
        assert_eq!(
            found,
            [
                ("query 2", 30_000),
                ("query 5", 15_000),
                ("query 1", 10_000)
            ]
        );
        for offered in [&frequent[..], &frequent[1..]] {
            feedback.suggest(offered).await.unwrap();
            assert_eq!(feedback.suggested().await.unwrap(), offered);
        }
    }
}

#[tokio::test]
async fn queries_that_led_to_clicks_are_proven_unless_one_of_them_found_nothing() {
    for setup in setups().await {
        let tenant = setup.scope.tenant();
        let id = setup.upsert([product("one")]).await[0].id.0;
        let mut sent = Batch {
            id: 1,
            searches: vec![
                searches(key(tenant, 1), 10, 0),
                searches(key(tenant, 2), 9, 1),
                searches(key(tenant, 3), 8, 0),
            ],
            ..Batch::default()
        };
        for query in 1..=3 {
            let key = key(tenant, query);
            sent.visitors
                .extend((0..3).map(|token| Visitor { key, token }));
            if query < 3 {
                sent.events = [sent.events, vec![event(key, Action::Click, id, None); 2]].concat();
            }
        }
        let analytics = setup.store.search_analytics();
        analytics.add(&sent, NOW).await.unwrap();
        let options = SuggestionOptions {
            half_life_days: HALF_LIFE,
            min_sessions: 3,
            min_networks: 0,
            limit: 10,
        };
        let feedback = setup.scope.search_feedback();
        let frequent = feedback.frequent_queries(&options, NOW).await.unwrap();
        let clicked: Vec<_> = frequent
            .iter()
            .map(|it| (it.text.as_str(), it.clicked))
            .collect();
        assert_eq!(
            clicked,
            [("query 1", 2_000), ("query 2", 0), ("query 3", 0)]
        );
        feedback.suggest(&frequent).await.unwrap();
        assert_eq!(feedback.suggested().await.unwrap(), frequent);
    }
}

#[tokio::test]
async fn one_network_decides_nothing() {
    for setup in setups().await {
        let tenant = setup.scope.tenant();
        let id = setup.upsert([product("one")]).await[0].id.0;
        let of_network = |number: i64| NetworkTokens {
            query: number,
            product: number + 1,
            deed: number + 2,
        };
        let searched = key(tenant, 1);
        let sent = |batch: i64, networks: &[i64]| Batch {
            id: batch,
            searches: vec![searches(searched, 1_000, 0)],
            visitors: (0..1_000)
                .map(|token| Visitor {
                    key: searched,
                    token,
                })
                .collect(),
            networks: networks
                .iter()
                .map(|token| Visitor {
                    key: searched,
                    token: token + 3,
                })
                .collect(),
            events: networks
                .iter()
                .flat_map(|network| {
                    (0..100).map(|_| EventCount {
                        network: Some(of_network(*network)),
                        ..event(searched, Action::Click, id, None)
                    })
                })
                .collect(),
        };
        let options = SuggestionOptions {
            half_life_days: HALF_LIFE,
            min_sessions: 5,
            min_networks: 3,
            limit: 10,
        };
        let of_two = PopularityOptions {
            min_networks: 2,
            ..POPULARITY
        };
        let (analytics, feedback) = (
            setup.store.search_analytics(),
            setup.scope.search_feedback(),
        );
        for (batch, networks, offered, popularity) in [
            (1, &[10][..], 0, 0),
            (2, &[10], 0, 0),
            // Each network counts once a day, whatever it clicks.
            (3, &[10, 20], 0, 2),
            (4, &[30], 1, 3),
        ] {
            analytics.add(&sent(batch, networks), NOW).await.unwrap();
            let frequent = feedback.frequent_queries(&options, NOW).await.unwrap();
            assert_eq!(frequent.len(), offered, "batch {batch}");
            setup.earn(&of_two, NOW).await;
            assert_eq!(setup.popularity(id).await, popularity, "batch {batch}");
        }
    }
}

#[tokio::test]
async fn any_popularity_can_be_learnt_from() {
    for setup in setups().await {
        let ids = setup.upsert([product("one"), product("two")]).await;
        let (highest, other) = (ids[0].id.0, ids[1].id.0);
        // As plain SQL may set it.
        setup
            .run(&format!(
                "UPDATE products SET popularity = {} WHERE id = {highest}",
                i64::MAX
            ))
            .await;
        setup.buy(1, highest, 1).await;
        setup.buy(2, other, 1).await;
        setup.earn(&POPULARITY, NOW).await;
        assert_eq!(setup.popularity(highest).await, 1_000_000_000_010);
        assert_eq!(setup.popularity(other).await, 10);
    }
}
