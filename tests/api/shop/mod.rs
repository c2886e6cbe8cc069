//! A small marketplace to ask.

mod keys;
mod people;
mod products;
mod tenants;

use std::{sync::Arc, time::Duration};

use poem::{
    Body, EndpointExt, Response,
    endpoint::BoxEndpoint,
    http::{HeaderMap, Method},
    test::TestClient,
};
use serde_json::Value;
use souk::{
    admin_key::AdminKey,
    agents::Agents,
    api_keys::{ApiKeyDirectory, RefusedKeys},
    backlog::OutboxBacklog,
    cdn::Cdn,
    error::ApiError,
    feeds::Feeds,
    http::RequestLimits,
    imports::ImportService,
    live::{Live, LiveOptions},
    probing,
    readiness::Readings,
    router::{self, Guards},
    search_keys::SearchKeyQuotas,
    state::{AppState, Parts},
    warming::CacheWarmer,
    webhooks::WebhookService,
};
use souk_accounts::{AccountOptions, AccountSecrets, AccountService, LinkPages, System};
use souk_cache::{
    Cache, CacheOptions, HotKeyStore, HotKeys, InvalidationListener, Lifetimes, Purger,
};
use souk_commerce::{
    CommerceOptions, CommerceService,
    payments::{ManualProvider, Providers, TestProvider},
};
use souk_domain::{ProductInput, ordering::WithdrawalPeriod};
use souk_identity::HashCost;
use souk_indexer::{Indexer, IndexerConfig};
use souk_search::{
    SearchEngine,
    engines::sql::SqlEngine,
    engines::tantivy::{TantivyIndex, TantivyOptions},
};
use souk_search_service::{
    Analytics, GatewayOptions, QueryIdSigner, QueryUnderstandings, SearchConfigs, SearchGateway,
    SearchService, SuggestedQueries, TenantDirectory, VisitorHasher,
};
use souk_store::{CategoryInput, DatabaseOptions, MissingReferences, Store, Tenant};
use souk_testkit::TestDatabase;
use souk_webhooks::Networks;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use self::products::reference;
pub(crate) use self::{
    keys::add_api_key,
    people::{begin_session, signed_in, signed_in_for},
    tenants::{add_key, add_tenant},
};
use crate::specification;

pub(crate) const ADMIN_KEY: &str = "an admin key for tests";

/// How long a request may take here; none is expected to come near it.
const DEADLINE: Duration = Duration::from_secs(60);

/// Largest file that may be uploaded.
pub(crate) const MAX_IMPORT_BYTES: u64 = 64 * 1024;

/// A marketplace of a few products, indexed.
pub(crate) struct Shop {
    pub(crate) store: Store,
    pub(crate) tenant: Tenant,
    pub(crate) index: Arc<TantivyIndex>,
    /// What answers now.
    pub(crate) app: AppState,
    pub(crate) imports: ImportService,
    query_understandings: QueryUnderstandings,
    cache: Cache<ApiError>,
    purger: Option<Purger>,
    client: TestClient<BoxEndpoint<'static, Response>>,
    _database: TestDatabase,
    _folder: TempDir,
}

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The body, if the status is the expected one.
    pub(crate) fn expect(&self, status: u16) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, status, "{text}");
        if self.body.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    /// `code` and `field` of an error of this status.
    pub(crate) fn error(&self, status: u16) -> (String, Option<String>) {
        let body = self.expect(status);
        assert!(
            body["message"].is_string() && body["request_id"].is_string(),
            "{body}"
        );
        let text = |name: &str| body[name].as_str().map(str::to_owned);
        (text("code").unwrap(), text("field"))
    }
}

impl Shop {
    /// With the usual products.
    pub(crate) async fn open() -> Self {
        Self::with_engine(|engine| engine).await
    }

    /// With an engine in front of the real one.
    pub(crate) async fn with_engine(
        wrap: impl FnOnce(Arc<dyn SearchEngine>) -> Arc<dyn SearchEngine>,
    ) -> Self {
        Self::over(TestDatabase::sqlite().await, wrap).await
    }

    /// Over PostgreSQL instead of SQLite.
    pub(crate) async fn on_postgres() -> Self {
        Self::over(TestDatabase::postgres().await, |engine| engine).await
    }

    async fn over(
        database: TestDatabase,
        wrap: impl FnOnce(Arc<dyn SearchEngine>) -> Arc<dyn SearchEngine>,
    ) -> Self {
        let store = Store::connect(&DatabaseOptions::new(database.url()))
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let index = Arc::new(TantivyIndex::open(TantivyOptions::new(folder.path())).unwrap());
        let tenant = add_tenant(&store, "first", None, None).await;
        let cache = cache(false);
        let query_understandings = QueryUnderstandings::default();
        let imports = ImportService::new(folder.path().join("imports"), MAX_IMPORT_BYTES);
        let app = app_of(
            &store,
            &index,
            wrap(Arc::clone(&index) as _),
            &cache,
            Front {
                query_understandings: query_understandings.clone(),
                imports: Some(imports.clone()),
                ..Front::default()
            },
        );
        let shop = Self {
            client: front_door(app.clone()),
            app,
            imports,
            query_understandings,
            cache,
            purger: None,
            store,
            tenant,
            index,
            _database: database,
            _folder: folder,
        };
        shop.stock().await;
        shop.sync().await;
        shop
    }

    /// The same marketplace behind a front door that has read nothing yet.
    pub(crate) fn reopen(mut self) -> Self {
        self.app = self.app();
        self.client = front_door(self.app.clone());
        self
    }

    /// The same marketplace behind other guards.
    pub(crate) fn behind(mut self, guards: Guards) -> Self {
        self.app = self.app();
        self.client = TestClient::new(router::endpoint(self.app.clone(), guards).boxed());
        self
    }

    fn app(&self) -> AppState {
        self.app_behind(Front::default())
    }

    fn app_behind(&self, front: Front) -> AppState {
        let engine = Arc::clone(&self.index) as _;
        let front = Front {
            query_understandings: self.query_understandings.clone(),
            imports: Some(self.imports.clone()),
            ..front
        };
        app_of(&self.store, &self.index, engine, &self.cache, front)
    }

    /// Learns what texts mean.
    pub(crate) async fn learn(&self) {
        let learnt = self
            .query_understandings
            .learn(&self.store, &self.tenant, 1_000);
        learnt.await.unwrap();
    }

    /// The same marketplace with a cache, which hears of every change that [`Self::sync`] brings into the index.
    pub(crate) fn cached(self) -> Self {
        self.cached_with(Cdn::default())
    }

    /// The same behind a CDN.
    pub(crate) fn cached_with(mut self, cdn: Cdn) -> Self {
        self.purger = cdn.purger.clone();
        self.renew_cache(Front {
            cdn,
            ..Front::default()
        });
        self.client = front_door(self.app.clone());
        self
    }

    /// The same with people of staff who need a second factor.
    pub(crate) fn needing_factors(mut self) -> Self {
        self.app = self.app_behind(Front {
            staff_needs_factor: true,
            ..Front::default()
        });
        self.client = front_door(self.app.clone());
        self
    }

    /// The same with webhooks that may be on this machine.
    pub(crate) fn trusting_networks(mut self) -> Self {
        self.app = self.app_behind(Front {
            webhook_networks: Networks::Any,
            ..Front::default()
        });
        self.client = front_door(self.app.clone());
        self
    }

    /// The same with live updates, which run until the application is told to stop.
    pub(crate) fn living(mut self, live: LiveOptions) -> Self {
        self.app = self.app_behind(Front {
            live,
            ..Front::default()
        });
        self.cache
            .observe(Arc::new(self.app.live.products().clone()));
        let feeds = self.app.live.clone().run(None, self.app.shutdown.clone());
        tokio::spawn(feeds);
        self.client = front_door(self.app.clone());
        self
    }

    /// Sends a request, and leaves the body of the answer to be read as it comes.
    pub(crate) async fn open_stream(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = self.client.get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Box::pin(request.send()).await.0
    }

    /// The same with feeds for Google.
    pub(crate) fn feeding(mut self, google_feeds: Feeds, cdn: Cdn) -> Self {
        self.app = self.app_behind(Front {
            google_feeds: Some(google_feeds),
            cdn,
            ..Front::default()
        });
        self.client = front_door(self.app.clone());
        self
    }

    /// The same with feeds for OpenAI.
    pub(crate) fn feeding_openai(mut self, openai_feeds: Feeds) -> Self {
        self.app = self.app_behind(Front {
            openai_feeds: Some(openai_feeds),
            ..Front::default()
        });
        self.client = front_door(self.app.clone());
        self
    }

    /// The same as these agents see it.
    pub(crate) fn read_by(mut self, agents: Agents) -> Self {
        self.app = self.app_behind(Front {
            agents,
            ..Front::default()
        });
        self.client = front_door(self.app.clone());
        self
    }

    /// The same with a warmer, which remembers what is asked most and loads it, until it is told to stop.
    pub(crate) fn warmed(
        &mut self,
        memory: HotKeyStore,
        stop: CancellationToken,
    ) -> JoinHandle<()> {
        let hot_keys = Arc::new(HotKeys::new(20));
        self.renew_cache(Front {
            hot_keys: Some(hot_keys.clone()),
            ..Front::default()
        });
        let app = self.app.clone();
        let api = router::api(&app);
        let warmer = CacheWarmer::new(app.clone(), api.clone(), hot_keys, memory);
        self.client = TestClient::new(router::guarded(api, app, guards()).boxed());
        tokio::spawn(warmer.run(stop))
    }

    fn renew_cache(&mut self, front: Front) {
        self.cache = cache(true);
        let backlog = OutboxBacklog(self.store.clone());
        let feed =
            InvalidationListener::Local.run(self.cache.clone(), backlog, CancellationToken::new());
        tokio::spawn(feed);
        self.app = self.app_behind(front);
    }

    /// Puts the usual products in.
    async fn stock(&self) {
        let scope = self.store.scope(self.tenant.id);
        for (slug, name, parent) in [
            ("kitchen", "Kitchen", None),
            ("mugs", "Mugs", Some("kitchen")),
            ("clothing", "Clothing", None),
        ] {
            let category = CategoryInput {
                closed: None,
                slug: Some(slug.to_owned()),
                name: name.to_owned(),
                parent: parent.map(str::to_owned),
                position: 0,
            };
            scope.categories().create(category).await.unwrap();
        }
        for (slug, name) in [
            ("star-sagas", "Star Sagas"),
            ("dragon-tales", "Dragon Tales"),
        ] {
            scope.fandoms().create(reference(slug, name)).await.unwrap();
        }
        scope
            .sellers()
            .create(reference("acme-store", "Acme Store"))
            .await
            .unwrap();
        self.put(products::usual_products()).await;
    }

    /// Writes products.
    pub(crate) async fn put(&self, products: Vec<ProductInput>) {
        let scope = self.store.scope(self.tenant.id);
        let results = scope
            .products()
            .upsert_batch(products, MissingReferences::Reject)
            .await
            .unwrap();
        for result in results {
            result.unwrap();
        }
    }

    /// Brings every change into the index.
    pub(crate) async fn sync(&self) {
        let mut indexer = self.indexer();
        indexer.prepare().await.unwrap();
        indexer.drain(|_| {}).await.unwrap();
    }

    /// What brings changes into the index, and tells everyone of them.
    pub(crate) fn indexer(&self) -> Indexer {
        let writer = Arc::clone(&self.index) as _;
        let indexer = Indexer::new(self.store.clone(), writer, IndexerConfig::default())
            .invalidating(self.cache.invalidator());
        match &self.purger {
            Some(purger) => indexer.purging(purger.clone()),
            None => indexer,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, &[], None).await
    }

    /// Readiness as it was last found out, which here is never.
    pub(crate) async fn unchecked_readiness(&self) -> Reply {
        self.send(Method::GET, "/health/ready?", &[], None).await
    }

    /// As an admin.
    pub(crate) async fn admin(&self, method: Method, path: &str, body: Option<&Value>) -> Reply {
        self.admin_with(method, path, &[], body).await
    }

    /// As an admin, with further headers.
    pub(crate) async fn admin_with(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Reply {
        let key = format!("Bearer {ADMIN_KEY}");
        let mut all = vec![("Authorization", key.as_str())];
        if body.is_some() {
            all.push(("Content-Type", "application/json"));
        }
        all.extend(headers);
        let bytes = body.map(|body| serde_json::to_vec(body).unwrap());
        self.send(method, path, &all, bytes).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Reply {
        if path == "/health/ready" {
            // The task that does so in a process does not run here.
            Box::pin(probing::check(&self.app)).await;
        }
        let mut request = self.client.request(method.clone(), path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        // A test of many requests would have room for each on its stack, and so above.
        let response = Box::pin(request.send()).await.0;
        let (parts, body) = response.into_parts();
        // Live updates end when their reader leaves.
        let is_endless = parts.status.is_success() && is_live(path);
        let body = if is_endless { Body::empty() } else { body };
        let reply = Reply {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.into_vec().await.unwrap(),
        };
        specification::check(&method, path, &reply);
        reply
    }
}

/// Returns true for paths of live updates.
fn is_live(path: &str) -> bool {
    ["/api/live", "/api/admin/live"]
        .iter()
        .any(|start| path.starts_with(start))
}

/// TimeoutStream with an engine, and quick to try it again.
pub(crate) fn gateway_options() -> GatewayOptions {
    GatewayOptions {
        timeout: DEADLINE,
        breaker_cooldown: Duration::from_millis(1),
        max_concurrency: 100,
        engine_max_concurrency: 100,
        fallback_max_concurrency: 10,
        queue_timeout: DEADLINE,
    }
}

/// What stands in front of the usual.
#[derive(Default)]
pub(crate) struct Front {
    hot_keys: Option<Arc<HotKeys>>,
    cdn: Cdn,
    google_feeds: Option<Feeds>,
    openai_feeds: Option<Feeds>,
    agents: Agents,
    query_understandings: QueryUnderstandings,
    imports: Option<ImportService>,
    staff_needs_factor: bool,
    webhook_networks: Networks,
    live: LiveOptions,
}

pub(crate) fn app_of(
    store: &Store,
    index: &Arc<TantivyIndex>,
    engine: Arc<dyn SearchEngine>,
    cache: &Cache<ApiError>,
    front: Front,
) -> AppState {
    let fallback = Arc::new(SqlEngine::new(store.connection().clone()));
    AppState::new(Parts {
        redis: None,
        cache: cache.clone(),
        hot_keys: front.hot_keys,
        cdn: front.cdn,
        google_feeds: front.google_feeds,
        openai_feeds: front.openai_feeds,
        agents: front.agents,
        compression: true,
        store: store.clone(),
        search: SearchService::new(
            SearchGateway::new(engine, fallback, &gateway_options()),
            Arc::new(SearchConfigs::new(store.clone(), None)),
            front.query_understandings,
            SuggestedQueries::new(store.clone()),
            QueryIdSigner::new([7; 32]),
        ),
        tenant_directory: TenantDirectory::new(store.clone(), DEADLINE),
        analytics: Analytics::new(store.clone()),
        visitor_hasher: VisitorHasher::new(store.clone()),
        accounts: accounts_of(store, front.staff_needs_factor),
        commerce: commerce_of(store),
        webhooks: WebhookService::new(front.webhook_networks, [8; 32]).unwrap(),
        admin_key: AdminKey::new(ADMIN_KEY),
        api_keys: ApiKeyDirectory::new(store.clone()),
        search_key_quotas: SearchKeyQuotas::new(None),
        refused_keys: RefusedKeys::default(),
        readiness: Readings::default(),
        imports: front
            .imports
            .unwrap_or_else(|| ImportService::new("no-imports", 0)),
        live: Live::new(store.clone(), front.live),
        index: Arc::clone(index) as _,
        shutdown: CancellationToken::new(),
    })
}

/// Selling with payments that move no money, and by hand.
fn commerce_of(store: &Store) -> CommerceService {
    let options = CommerceOptions {
        order_page: "https://shop.example/orders/{purchase}".to_owned(),
        checkout_ms: 30 * 60_000,
        withdrawal: WithdrawalPeriod { days: 14 },
        payout_reserve_days: 14,
    };
    let providers = Providers::new(vec![Box::new(TestProvider), Box::new(ManualProvider)]);
    CommerceService::new(store.clone(), options, providers, [6; 32])
}

/// Accounts whose passwords cost little.
fn accounts_of(store: &Store, staff_needs_factor: bool) -> AccountService {
    let options = AccountOptions {
        cost: HashCost {
            memory_kib: 64,
            passes: 1,
            lanes: 1,
        },
        min_password_chars: 15,
        cores: 2,
        staff_needs_factor,
        shopper_sessions: 10,
        trusted_sessions: 3,
        attempts_per_minute: None,
        pages: LinkPages {
            url: String::new(),
            otherwise: "http://127.0.0.1".to_owned(),
        },
    };
    let secrets = AccountSecrets {
        pepper: [1; 32],
        devices: [2; 32],
        guessers: [3; 32],
        owners: [4; 32],
        seeds: [5; 32],
    };
    AccountService::new(store.clone(), options, &secrets, None, Arc::new(System)).unwrap()
}

fn front_door(app: AppState) -> TestClient<BoxEndpoint<'static, Response>> {
    TestClient::new(router::endpoint(app, guards()).boxed())
}

fn guards() -> Guards {
    Guards {
        requests: RequestLimits {
            timeout: DEADLINE,
            ..RequestLimits::default()
        },
        ..Guards::default()
    }
}

pub(crate) fn cache(enabled: bool) -> Cache<ApiError> {
    let options = CacheOptions {
        enabled,
        process_bytes: 16 << 20,
        lifetimes: Lifetimes::new(|_| Duration::from_secs(60)),
        stale_if_error: Duration::from_secs(3_600),
    };
    Cache::new(&options, None)
}
