//! How the parts fit together, and which address leads where.

use std::{ops::Deref, sync::Arc};

use poem::{Endpoint, EndpointExt, IntoEndpoint, Response, Route};
use souk_cache::{Cache, HotKeys};
use souk_redis::Redis;
use souk_search::IndexGenerations;
use souk_store::Store;
use tokio_util::sync::CancellationToken;

use crate::{
    analytics::Analytics,
    api,
    cdn::Cdn,
    error::ApiError,
    home,
    http::{
        AdminKey, ApiOrPages, Cached, Compression, Cors, ErrorHandling, Measured, RateLimit,
        RequestLimits, RouteTable, SecurityHeaders,
    },
    query_understanding::QueryUnderstandings,
    search_configs::SearchConfigs,
    search_gateway::SearchGateway,
    suggested::SuggestedQueries,
    tenant_directory::TenantDirectory,
    visitors::VisitorHasher,
};

/// What handlers need; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of an [`App`].
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The way to search.
    pub search: SearchGateway,
    /// What texts mean in each marketplace.
    pub query_understandings: QueryUnderstandings,
    /// Public answers.
    pub cache: Cache<ApiError>,
    /// What is asked most, if that is remembered.
    pub hot_keys: Option<Arc<HotKeys>>,
    /// The CDN in front, if there is one.
    pub cdn: Cdn,
    /// Whether answers are packed.
    pub compression: bool,
    /// What several processes share, if they do.
    pub redis: Option<Redis>,
    /// Who is served.
    pub tenant_directory: TenantDirectory,
    /// What shoppers do.
    pub analytics: Analytics,
    /// What others searched for.
    pub suggested: SuggestedQueries,
    /// What sessions are called.
    pub visitor_hasher: VisitorHasher,
    /// What the shop's people say of search.
    pub search_configs: Arc<SearchConfigs>,
    /// Who may change things.
    pub admin_key: AdminKey,
    /// The indexes there are.
    pub index: Arc<dyn IndexGenerations>,
    /// Cancelled when the service stops: answers that would go on for long end then.
    pub shutdown: CancellationToken,
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What stands between the crowd and the handlers; by default, only the bounds of a request.
#[derive(Clone, Default)]
pub struct Guards {
    /// How large a request may be and how long it may take.
    pub requests: RequestLimits,
    /// How much a client may ask for.
    pub rate_limit: RateLimit,
    /// What pages of other origins may do.
    pub cors: Cors,
    /// What browsers are told to be strict about.
    pub security_headers: SecurityHeaders,
    /// Whether each request gets a line in the log.
    pub access_log: bool,
    /// Where requests are counted.
    pub measured: Measured,
}

/// The API behind its cache, and before all guards: what the service asks itself.
pub fn api(app: &App) -> Arc<impl Endpoint<Output = Response> + use<>> {
    let service = api::service();
    let routes = Arc::new(RouteTable::of::<api::Api>());
    let cached = Cached::new(app.clone(), routes, &service.spec());
    // Inside the cache, too: a load is a request of its own.
    Arc::new(service.into_endpoint().data(app.clone()).with(cached))
}

/// Every address that is served, behind its guards.
pub fn endpoint(app: App, guards: Guards) -> impl Endpoint<Output = Response> + 'static {
    guarded(api(&app), app, guards)
}

/// The same for an [`api`] that somebody else asks, too.
pub fn guarded(
    api: Arc<impl Endpoint<Output = Response> + 'static>,
    app: App,
    guards: Guards,
) -> impl Endpoint<Output = Response> + 'static {
    let service = api::service();
    let (docs, json, yaml) = (
        home::docs(&service),
        home::json(&service),
        home::yaml(&service),
    );
    let routes = Arc::new(RouteTable::of::<api::Api>());
    let compression = Compression {
        enabled: app.compression,
    };
    let pages = Route::new()
        .at("/", home::page())
        .at("/media/demo/:file", home::demo_media())
        .at("/docs", docs)
        .at("/openapi.json", json)
        .at("/openapi.yaml", yaml);
    ApiOrPages { api, pages }
        .with(guards.rate_limit)
        .data(app)
        .with(compression)
        .with(ErrorHandling {
            limits: guards.requests,
            routes,
            access_log: guards.access_log,
        })
        .with(guards.cors)
        .with(guards.security_headers)
        .with(guards.measured)
}
