//! The gateway before a real Elasticsearch in which one tenant has no index.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

use std::{sync::Arc, time::Duration};

use souk_domain::{Currency, EngineKind, Language, SearchQuery, TenantId};
use souk_search::{
    IndexWriter, SearchPlan,
    engines::elasticsearch::{ElasticsearchIndex, ElasticsearchOptions},
    engines::sql::SqlEngine,
};
use souk_search_service::{BreakerState, GatewayOptions, SearchGateway};
use souk_store::{DatabaseOptions, NewTenant, Store};
use souk_testkit::{TestDatabase, TestElasticsearch};

const TIMEOUT: Duration = Duration::from_secs(60);
/// Many times as many as failures that open the breaker.
const SEARCHES: usize = 30;

async fn add_tenant(store: &Store, slug: &str) -> TenantId {
    let tenant = NewTenant {
        slug: slug.to_owned(),
        name: slug.to_owned(),
        hosts: vec![],
        language: Language::English,
        currency: Currency::EUR,
    };
    store.tenants().add(tenant).await.unwrap().id
}

fn elasticsearch(cluster: &TestElasticsearch) -> ElasticsearchIndex {
    let mut options = ElasticsearchOptions::new(cluster.url()).unwrap();
    options.prefix = cluster.prefix().to_owned();
    options.replicas = 0;
    ElasticsearchIndex::new(options).unwrap()
}

/// Engine that answers a tenant's search, and whether it stood in for another.
async fn answered_by(gateway: &SearchGateway, tenant: TenantId) -> (EngineKind, bool) {
    let query = SearchQuery::default();
    let plan = SearchPlan::new(tenant, Language::English, &query, 0);
    let answered = gateway.search(&plan).await.unwrap();
    assert_eq!(answered.value.total, 0);
    (answered.engine, answered.degraded)
}

#[tokio::test]
async fn search_without_index_leaves_the_engine_to_other_tenants() {
    let database = TestDatabase::postgres().await;
    let options = DatabaseOptions::new(database.url());
    let store = Store::connect(&options).await.unwrap();
    let (indexed, bare) = (
        add_tenant(&store, "indexed").await,
        add_tenant(&store, "bare").await,
    );
    let cluster = TestElasticsearch::new();
    let engine = elasticsearch(&cluster);
    engine.ensure(indexed, Language::English).await.unwrap();
    let fallback = SqlEngine::new(store.connection().clone());
    let options = GatewayOptions {
        timeout: TIMEOUT,
        // Once open, it would stay so.
        breaker_cooldown: Duration::from_secs(3_600),
        max_concurrency: 10,
        engine_max_concurrency: 10,
        fallback_max_concurrency: 10,
        queue_timeout: TIMEOUT,
    };
    let gateway = SearchGateway::new(Arc::new(engine.clone()), Arc::new(fallback), &options);

    for _ in 0..SEARCHES {
        let answered = answered_by(&gateway, bare).await;
        assert_eq!(answered, (EngineKind::Database, true));
    }
    assert_eq!(gateway.breaker(), BreakerState::Closed);
    assert_eq!(gateway.breaker_openings(), 0);
    let answered = answered_by(&gateway, indexed).await;
    assert_eq!(answered, (EngineKind::Elasticsearch, false));
    for tenant in [indexed, bare] {
        gateway.ready(tenant).await.unwrap();
    }

    engine.ensure(bare, Language::English).await.unwrap();
    let answered = answered_by(&gateway, bare).await;
    assert_eq!(answered, (EngineKind::Elasticsearch, false));
}
