//! Taking back what was counted, and deciding on what is suggested.

use souk_domain::Action;
use souk_store::{
    AttributedBatch, Batch, EventCount, NetworkOrigins, NetworkSearches, Period, QueryOrder,
    SearchKey, SuggestedQuery, SuggestionDecision, Visitor, Voided,
};
use souk_testkit::product;

use crate::{
    analytics::{event, key, searches},
    support::{Setup, setups},
};

const DAY: i64 = 20_000;
const NOW: i64 = DAY * 24 * 60 * 60 * 1000 + 1_000;
const GOOD: i64 = 71;
const BAD: i64 = 72;

/// Searches and a purchase by a network, for a text that both networks search for and one of its own.
fn batch(setup: &Setup, id: i64, network: i64, product: i64) -> AttributedBatch {
    let tenant = setup.scope.tenant();
    let keys = [key(tenant, 1), key(tenant, network)];
    let visitor = |key: SearchKey| Visitor {
        key,
        token: 1_000 * network + key.query,
    };
    let purchase = EventCount {
        revenue: 500,
        ..event(keys[0], Action::Purchase, product, None)
    };
    let batch = Batch {
        id,
        searches: keys.map(|key| searches(key, 3, 1)).into(),
        visitors: keys.map(visitor).into(),
        networks: keys.map(visitor).into(),
        events: vec![purchase],
    };
    AttributedBatch {
        batch,
        origins: NetworkOrigins {
            searches: keys
                .map(|key| NetworkSearches {
                    key,
                    network,
                    searches: 3,
                    no_results: 1,
                })
                .into(),
            tokens: keys.map(|key| (visitor(key), network)).into(),
            events: vec![Some(network)],
        },
    }
}

impl Setup {
    async fn count_both(&self) -> i64 {
        let product = self.upsert([product("one")]).await[0].id.0;
        let analytics = self.store.search_analytics();
        for (id, network) in [(1, GOOD), (2, BAD)] {
            let batch = batch(self, id, network, product);
            analytics.add_attributed(&batch, NOW).await.unwrap();
        }
        product
    }

    async fn void(&self, what: Voided) -> u64 {
        let analytics = self.scope.voidable_analytics();
        analytics.void(&what).await.unwrap()
    }

    /// Searches, visitors, purchases and revenue by text.
    async fn counted(&self) -> Vec<(String, i64, i64, i64, i64)> {
        let period = Period {
            from: DAY,
            until: DAY,
        };
        let reports = self.scope.search_reports();
        let queries = reports.queries(period, QueryOrder::Searches, 0, 100);
        let (rows, _) = queries.await.unwrap();
        let mut rows: Vec<_> = rows
            .into_iter()
            .map(|row| {
                let own = row.metrics;
                let (searches, purchases) = (own.searches, own.purchases);
                (row.text, searches, own.visitors, purchases, own.revenue)
            })
            .collect();
        rows.sort();
        rows
    }

    async fn offer(&self, query: i64) {
        let offered = SuggestedQuery {
            query,
            text: format!("query {query}"),
            weight: 5_000,
            clicked: 0,
        };
        let feedback = self.scope.search_feedback();
        feedback.suggest(&[offered]).await.unwrap();
    }

    async fn offered(&self) -> Vec<i64> {
        let offered = self.scope.search_feedback().suggested().await.unwrap();
        offered.into_iter().map(|query| query.query).collect()
    }
}

fn row(query: i64, times: i64) -> (String, i64, i64, i64, i64) {
    let purchases = if query == 1 { times } else { 0 };
    let revenue = 500 * purchases;
    (
        format!("query {query}"),
        3 * times,
        times,
        purchases,
        revenue,
    )
}

#[tokio::test]
async fn network_is_taken_back_and_nothing_else() {
    for setup in setups().await {
        setup.count_both().await;
        assert_eq!(
            setup.counted().await,
            [row(1, 2), row(GOOD, 1), row(BAD, 1)]
        );
        setup.offer(BAD).await;
        let networks = "SELECT CAST(sum(networks) AS bigint) FROM search_days";
        assert_eq!(setup.number(networks).await, 4);
        let network = |network| Voided::Network { day: DAY, network };
        assert!(setup.void(network(BAD)).await > 0);
        assert_eq!(setup.counted().await, [row(1, 1), row(GOOD, 1)]);
        assert_eq!(setup.number(networks).await, 2);
        let purchases = "SELECT CAST(sum(purchases) AS bigint) FROM search_product_days";
        assert_eq!(setup.number(purchases).await, 1);
        assert!(setup.offered().await.is_empty(), "nobody searched for it");
        assert_eq!(setup.void(network(BAD)).await, 0, "there is nothing left");
    }
}

#[tokio::test]
async fn text_is_taken_back_on_all_days() {
    for setup in setups().await {
        setup.count_both().await;
        setup.offer(1).await;
        let query = |keys: Vec<i64>, text: &str| Voided::Query {
            keys,
            text: text.to_owned(),
        };
        assert!(setup.void(query(vec![1], "another")).await > 0);
        assert_eq!(setup.counted().await, [row(GOOD, 1), row(BAD, 1)]);
        assert!(setup.offered().await.is_empty());
        let text = format!("query {GOOD}");
        assert!(setup.void(query(vec![], &text)).await > 0, "by its text");
        assert_eq!(setup.counted().await, [row(BAD, 1)]);
    }
}

#[tokio::test]
async fn day_is_taken_back() {
    for setup in setups().await {
        setup.count_both().await;
        setup.offer(1).await;
        assert_eq!(setup.void(Voided::Day(DAY - 1)).await, 0);
        assert_eq!(setup.offered().await, [1]);
        assert!(setup.void(Voided::Day(DAY)).await > 0);
        assert!(setup.counted().await.is_empty() && setup.offered().await.is_empty());
        let products = "SELECT count(*) FROM search_product_days";
        assert_eq!(setup.number(products).await, 0);
    }
}

#[tokio::test]
async fn waiting_text_is_offered_when_it_is_approved() {
    for setup in setups().await {
        let learnt = |query: i64| SuggestedQuery {
            query,
            text: format!("query {query}"),
            weight: 1_000 * query,
            clicked: 0,
        };
        let feedback = setup.scope.search_feedback();
        feedback.propose(&[learnt(1), learnt(2)]).await.unwrap();
        let decisions = setup.scope.suggestion_decisions();
        let texts = async |decision| {
            let page = decisions.page(decision, 0, 10).await.unwrap();
            page.into_iter().map(|own| own.query).collect::<Vec<_>>()
        };
        assert_eq!(texts(SuggestionDecision::Pending).await, [2, 1]);
        let decide = async |query: i64, decision| {
            let text = format!("query {query}");
            decisions.decide(query, &text, decision).await.unwrap()
        };
        decide(2, SuggestionDecision::Approved).await;
        assert_eq!(setup.offered().await, [2]);
        decide(1, SuggestionDecision::Refused).await;
        // A run of learning leaves decisions alone.
        feedback.propose(&[learnt(3)]).await.unwrap();
        assert_eq!(texts(SuggestionDecision::Pending).await, [3]);
        assert_eq!(texts(SuggestionDecision::Approved).await, [2]);
        assert_eq!(texts(SuggestionDecision::Refused).await, [1]);
        decide(2, SuggestionDecision::Refused).await;
        assert!(setup.offered().await.is_empty());
    }
}
