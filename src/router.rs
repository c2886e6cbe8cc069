//! Routes and middleware: the API behind its response cache, the pages, and the guards around both.

use std::sync::Arc;

use poem::{Endpoint, EndpointExt, IntoEndpoint, Response, Route};

use crate::{
    api, home,
    http::{
        ApiOrPages, AuditTrail, Authentication, Compression, Cors, CsvAddresses, ErrorHandling,
        ForeignKeys, HeadAsGet, KnownParameters, RateLimit, RequestLimits, RequestMetrics,
        ResponseCache, RouteTable, SecurityHeaders,
    },
    state::AppState,
};

/// Middleware before the handlers; by default, only request limits.
#[derive(Clone, Default)]
pub struct Guards {
    /// Size and time limits of requests.
    pub requests: RequestLimits,
    /// Rate limits.
    pub rate_limit: RateLimit,
    /// CORS policy.
    pub cors: Cors,
    /// Security response headers.
    pub security_headers: SecurityHeaders,
    /// Enables the access log.
    pub access_log: bool,
    /// Request metrics.
    pub request_metrics: RequestMetrics,
}

/// The API behind its cache, and before all guards: what the service asks itself.
pub fn api(app: &AppState) -> Arc<impl Endpoint<Output = Response> + use<>> {
    let service = api::service();
    let routes = Arc::new(RouteTable::of::<api::Api>());
    let cached = ResponseCache::new(app.clone(), routes, &service.spec());
    // Inside the cache, too: a load is a request of its own.
    Arc::new(service.into_endpoint().data(app.clone()).with(cached))
}

/// Every address that is served, behind its guards.
pub fn endpoint(app: AppState, guards: Guards) -> impl Endpoint<Output = Response> + 'static {
    guarded(api(&app), app, guards)
}

/// The same for an [`api`] that somebody else asks, too.
pub fn guarded(
    api: Arc<impl Endpoint<Output = Response> + 'static>,
    app: AppState,
    guards: Guards,
) -> impl Endpoint<Output = Response> + 'static {
    let service = api::service();
    let specification = api::Specification::of(&service);
    let (docs, json, yaml) = (
        home::docs(&service, &specification),
        home::json(&specification),
        home::yaml(&specification),
    );
    let routes = Arc::new(RouteTable::of::<api::Api>());
    let compression = Compression {
        enabled: app.compression,
    };
    let pages = Route::new()
        .at("/", home::page())
        .at("/assets/:file", home::assets())
        .at("/media/demo/:file", home::demo_media())
        .at("/feeds/google.xml", home::google_feed())
        .at("/feeds/openai.jsonl", home::openai_feed())
        .at("/account/:page", home::account())
        .at("/docs", docs)
        .at("/openapi.json", json)
        .at("/openapi.yaml", yaml);
    let api = api
        .with(CsvAddresses {
            routes: Arc::clone(&routes),
        })
        .with(AuditTrail {
            routes: Arc::clone(&routes),
        })
        .with(KnownParameters {
            routes: Arc::clone(&routes),
        });
    let instant_search = api::instantsearch::InstantSearch::new(&app);
    let proxies = guards.rate_limit.proxies.clone();
    let agents = api::agents::AgentsApi::new(&app, proxies, guards.cors.clone());
    ApiOrPages {
        api,
        instant_search,
        agents,
        pages,
    }
    .with(guards.rate_limit.clone())
    .with(Authentication {
        limits: guards.rate_limit.limits.clone(),
        proxies: guards.rate_limit.proxies.clone(),
    })
    .with(ForeignKeys)
    .data(app)
    .with(compression)
    .with(HeadAsGet)
    .with(ErrorHandling {
        traced_from: guards.rate_limit.proxies,
        limits: guards.requests,
        routes,
        access_log: guards.access_log,
    })
    .with(guards.cors)
    .with(guards.security_headers)
    .with(guards.request_metrics)
}
