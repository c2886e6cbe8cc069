//! No search fails because the engine is away.

use std::{
    future::pending,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use futures_util::poll;
use poem::http::{Method, StatusCode};
use souk::error::ApiError;
use souk_domain::{
    EngineKind, Facet, FacetName, Hit, Language, ProductId, SearchPage, SearchQuery, Suggestion,
    TenantId,
};
use souk_search::{SearchEngine, SearchError, SearchPlan, SuggestRequest, engines::sql::SqlEngine};
use souk_search_service::{BreakerState, GatewayError, GatewayOptions, SearchGateway};

use crate::shop::{Shop, add_tenant, gateway_options};

#[derive(Debug, Clone, Copy)]
enum Fault {
    None,
    NotReady,
    Unavailable,
    Defect,
    Hanging,
}

const FAULTS: [Fault; 5] = [
    Fault::None,
    Fault::NotReady,
    Fault::Unavailable,
    Fault::Defect,
    Fault::Hanging,
];

/// The real engine, with a switch for what is wrong with it.
struct Switched {
    inner: Arc<dyn SearchEngine>,
    fault: Arc<AtomicU8>,
}

impl Switched {
    async fn pass(&self) -> Result<&dyn SearchEngine, SearchError> {
        match FAULTS[usize::from(self.fault.load(Ordering::SeqCst))] {
            Fault::None => Ok(&*self.inner),
            Fault::NotReady => Err(SearchError::NotReady("being filled".into())),
            Fault::Unavailable => Err(SearchError::unavailable("connection refused")),
            Fault::Defect => Err(SearchError::engine("unexpected token")),
            Fault::Hanging => pending().await,
        }
    }
}

#[async_trait]
impl SearchEngine for Switched {
    fn kind(&self) -> EngineKind {
        self.inner.kind()
    }

    async fn search(&self, plan: &SearchPlan) -> Result<SearchPage, SearchError> {
        self.pass().await?.search(plan).await
    }

    async fn facet_values(
        &self,
        plan: &SearchPlan,
        facet: FacetName,
        attribute: Option<&str>,
        needle: &str,
        limit: usize,
    ) -> Result<Facet, SearchError> {
        let engine = self.pass().await?;
        engine
            .facet_values(plan, facet, attribute, needle, limit)
            .await
    }

    async fn suggest(&self, request: &SuggestRequest) -> Result<Vec<Suggestion>, SearchError> {
        self.pass().await?.suggest(request).await
    }

    async fn similar(
        &self,
        tenant: TenantId,
        product: ProductId,
        limit: usize,
    ) -> Result<Vec<Hit>, SearchError> {
        self.pass().await?.similar(tenant, product, limit).await
    }

    async fn ready(&self, tenant: TenantId) -> Result<(), SearchError> {
        self.pass().await?.ready(tenant).await
    }
}

#[tokio::test]
async fn while_the_engine_is_away_the_database_answers_the_same() {
    let fault = Arc::new(AtomicU8::new(0));
    let switch = Arc::clone(&fault);
    let shop = Shop::with_engine(|inner| {
        Arc::new(Switched {
            inner,
            fault: switch,
        })
    })
    .await;
    let paths = [
        ("/api/search?q=dragon&facets=brand", "hits"),
        ("/api/search/facets/brand?q=odd", "facet"),
        ("/api/search/suggestions?q=dra", "suggestions"),
        ("/api/products?category=mugs", "products"),
        ("/api/products/dragon-mug/similar", "products"),
    ];
    let ask = async |degraded: bool, readiness: &str| {
        for (path, part) in paths {
            let answer = shop.get(path).await.expect(200);
            assert_eq!(answer["degraded"], degraded, "{path}");
            assert_eq!(
                answer["engine"],
                if degraded { "database" } else { "tantivy" },
                "{path}"
            );
            assert!(!answer[part].is_null(), "{path}");
        }
        let found = shop.get("/api/search?q=dragon").await.expect(200);
        assert_eq!(found["total"], 2);
        let ready = shop.get("/health/ready").await.expect(200);
        assert_eq!(ready["status"], readiness);
    };

    ask(false, "ready").await;
    // An engine without the index of a tenant is ready all the same.
    for (fault_number, readiness) in [(1, "ready"), (2, "degraded"), (3, "degraded")] {
        fault.store(fault_number, Ordering::SeqCst);
        ask(true, readiness).await;
    }
    fault.store(0, Ordering::SeqCst);
    let deadline = Instant::now() + Duration::from_secs(30);
    while shop.get("/api/search?q=dragon").await.expect(200)["degraded"] == true {
        assert!(Instant::now() < deadline, "the engine is not tried again");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    ask(false, "ready").await;
}

/// A tenant without an index is answered by the database; the others keep their engine, however often it is asked.
#[tokio::test]
async fn missing_index_of_one_tenant_leaves_the_others_their_engine() {
    let shop = Shop::open().await;
    let bare = add_tenant(&shop.store, "bare", Some("bare.example"), None).await;
    let shop = shop.reopen();
    let real: Arc<dyn SearchEngine> = Arc::clone(&shop.index) as _;
    let fallback = Arc::new(SqlEngine::new(shop.store.connection().clone()));
    let options = GatewayOptions {
        breaker_cooldown: Duration::from_secs(3_600),
        ..gateway_options()
    };
    let gateway = SearchGateway::new(real, fallback, &options);
    let bare_plan = SearchPlan::new(bare.id, Language::English, &SearchQuery::default(), 0);
    for _ in 0..30 {
        let answered = gateway.search(&bare_plan).await.unwrap();
        assert_eq!((answered.degraded, answered.value.total), (true, 0));
    }
    assert_eq!(gateway.breaker(), BreakerState::Closed);
    assert!(!gateway.search(&any_plan(&shop)).await.unwrap().degraded);

    let ready = shop.get("/health/ready").await.expect(200);
    assert_eq!(ready["status"], "ready", "{ready}");
    let headers = [("Host", "bare.example")];
    let path = "/api/search?q=mug";
    let reply = shop.send(Method::GET, path, &headers, None).await;
    assert_eq!(reply.expect(200)["engine"], "database");

    // The indexer makes it, though the tenant has no product.
    shop.sync().await;
    let reply = shop.send(Method::GET, path, &headers, None).await;
    assert_eq!(reply.expect(200)["engine"], "tantivy");
}

fn switched(inner: Arc<dyn SearchEngine>, fault: u8) -> Arc<dyn SearchEngine> {
    let fault = Arc::new(AtomicU8::new(fault));
    Arc::new(Switched { inner, fault })
}

fn any_plan(shop: &Shop) -> SearchPlan {
    SearchPlan::new(
        shop.tenant.id,
        Language::English,
        &SearchQuery::default(),
        0,
    )
}

#[tokio::test]
async fn an_engine_that_hangs_is_not_waited_for() {
    let shop = Shop::open().await;
    let real: Arc<dyn SearchEngine> = Arc::clone(&shop.index) as _;
    let hanging = switched(Arc::clone(&real), 4);
    let options = GatewayOptions {
        timeout: Duration::from_millis(1),
        ..gateway_options()
    };
    let gateway = SearchGateway::new(hanging, Arc::clone(&real), &options);
    let answered = gateway.search(&any_plan(&shop)).await.unwrap();
    assert!(answered.degraded);
    assert_eq!(answered.value.total, 3);
}

#[tokio::test]
async fn an_engine_that_keeps_failing_is_left_alone() {
    let shop = Shop::open().await;
    let real: Arc<dyn SearchEngine> = Arc::clone(&shop.index) as _;
    let options = GatewayOptions {
        breaker_cooldown: Duration::from_secs(3_600),
        ..gateway_options()
    };
    let fault = Arc::new(AtomicU8::new(2));
    let broken = Arc::new(Switched {
        inner: Arc::clone(&real),
        fault: Arc::clone(&fault),
    });
    let gateway = SearchGateway::new(broken, real, &options);
    let plan = any_plan(&shop);
    while gateway.breaker() == BreakerState::Closed {
        assert!(gateway.search(&plan).await.unwrap().degraded);
    }
    // Well again, but nobody asks it.
    fault.store(0, Ordering::SeqCst);
    assert!(gateway.search(&plan).await.unwrap().degraded);
}

#[tokio::test]
async fn whoever_finds_no_room_is_sent_away_and_the_others_are_answered() {
    let shop = Shop::open().await;
    let real: Arc<dyn SearchEngine> = Arc::clone(&shop.index) as _;
    let options = GatewayOptions {
        max_concurrency: 2,
        ..gateway_options()
    };
    let gateway = SearchGateway::new(switched(Arc::clone(&real), 4), real, &options);
    let plan = any_plan(&shop);
    let (mut one, mut two) = (pin!(gateway.search(&plan)), pin!(gateway.search(&plan)));
    assert!(poll!(&mut one).is_pending() && poll!(&mut two).is_pending());
    let refused = gateway.search(&plan).await.unwrap_err();
    assert!(matches!(refused, GatewayError::Overloaded));
    let problem = ApiError::from(refused).problem();
    assert_eq!(problem.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(problem.retry_after.is_some());
}

#[tokio::test]
async fn if_both_are_away_the_caller_is_told_when_to_come_back() {
    let shop = Shop::with_engine(|inner| switched(inner, 2)).await;
    // TenantDirectory are known by now; the database then goes away.
    shop.get("/api/search").await.expect(200);
    shop.store.clone().close().await.unwrap();
    let reply = shop.get("/api/search").await;
    assert_eq!(reply.error(503).0, "unavailable");
    assert!(reply.header("retry-after").is_some());
}
