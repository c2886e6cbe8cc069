//! Response cache for public GET requests.
//!
//! A hit is found by tenant, path and parameters, without parsing them, and uses neither database nor index. A miss
//! runs the handlers once for all concurrent requests. The tags that they add ([`CacheTags`]) decide how long the
//! response is kept.

mod cache_request;
mod cache_tags;
mod counting;
mod response;

use std::sync::Arc;

use poem::{Endpoint, Middleware, Request, Response, Result, http::header};
use souk_cache::{Content, Key, Kind, LoadError, Loaded, Page, Served, Source, Ttl};

pub use self::cache_tags::CacheTags;
use self::{
    cache_request::CacheRequest,
    response::{Audience, Form},
};
pub(crate) use self::{cache_request::hash_of, counting::counts};
use super::{
    RequestNetwork, RequestVisitor, RouteTable,
    auth::{Principal, bears_session},
    moved,
    parameters::AskedUri,
    tenant::search_context,
    tenant_resolution::{Enforced, enforced, resolve_tenant},
};
use souk_search_service::{Resolved, ResolvedBy, SearchContext, enforced_fingerprint};

use crate::{error::ApiError, state::AppState};

/// Marks a request of the cache warmer, with the heat of its key.
#[derive(Debug, Clone, Copy)]
pub struct Replayed(pub f64);

/// Answers public GET requests from the cache, and marks all other responses `no-store`.
pub struct ResponseCache {
    app: AppState,
    routes: Arc<RouteTable>,
    form: Form,
    /// Tells answers of this version from those of others, which may look different.
    version: Arc<str>,
}

impl ResponseCache {
    /// For an API of the given specification.
    pub fn new(app: AppState, routes: Arc<RouteTable>, specification: &str) -> Self {
        let version = format!("{}\n{specification}", app.cdn.media);
        Self {
            form: Form::new(app.compression, app.cache.stale_if_error()),
            app,
            routes,
            version: Page::new(version).etag().into(),
        }
    }
}

impl<E: Endpoint<Output = Response> + 'static> Middleware<E> for ResponseCache {
    type Output = ResponseCacheEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        ResponseCacheEndpoint {
            inner: Arc::new(inner),
            app: self.app.clone(),
            routes: self.routes.clone(),
            form: self.form.clone(),
            version: self.version.clone(),
        }
    }
}

/// An endpoint with the cache before it.
pub struct ResponseCacheEndpoint<E> {
    inner: Arc<E>,
    app: AppState,
    routes: Arc<RouteTable>,
    form: Form,
    version: Arc<str>,
}

impl<E: Endpoint<Output = Response> + 'static> Endpoint for ResponseCacheEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let Some(kind) = cache_request::kind(&request) else {
            return self.uncached(request).await;
        };
        let Resolved {
            tenant,
            by,
            has_key,
        } = resolve_tenant(&self.app, &request).await?;
        // What somebody is shown who says who they are is nobody else's, and neither kept nor taken from what is.
        let is_personal = bears_session(request.headers());
        let enforced = enforced(&request);
        let (visitor, guided) = match kind {
            Kind::Search | Kind::Facets => {
                let visitor = RequestVisitor::of(&request, &self.app, tenant.id).await?;
                let guided = search_context(&self.app, &tenant, visitor).await?;
                (visitor, Some(guided.within(enforced.clone())))
            }
            _ => (RequestVisitor(None), None),
        };
        let has_search_key = matches!(Principal::of(&request), Principal::SearchKey(_));
        let is_shared = !guided
            .as_ref()
            .is_some_and(SearchContext::depends_on_session);
        let cache_request = CacheRequest::of(&request, &self.routes);
        let fingerprint = match (&guided, &enforced) {
            (Some(guided), _) => guided.fingerprint(),
            (None, Some(enforced)) => enforced_fingerprint(enforced),
            (None, None) => String::new(),
        };
        let key = Key {
            kind,
            tenant: tenant.id,
            hash: cache_request.hash(&[&self.version, &fingerprint]),
        };
        if let Some(hot_keys) = &self.app.hot_keys
            && !is_personal
            // What is warmed is asked for without a key.
            && enforced.is_none()
        {
            match request.data::<Replayed>() {
                Some(Replayed(heat)) => hot_keys.recall(&key, &cache_request.url(), *heat),
                None => hot_keys.note(&key, || cache_request.url()),
            }
        }
        // CacheTags for who has to load it only: most do not.
        let load = || {
            let (inner, routes) = (self.inner.clone(), self.routes.clone());
            let mut again = cache_request.again(&request, tenant.clone());
            again.set_data(Enforced(enforced.clone()));
            if let Some(search_context) = guided {
                // What the answer is kept under is what it has to go by.
                again.set_data(search_context);
            }
            async move { load(&*inner, again, &routes).await }
        };
        let served = if is_personal {
            bypassed(load().await?)
        } else {
            self.app.cache.get(key, load).await.map_err(failure)?
        };
        let audience = match by {
            // Whoever stands between knows hosts apart, but neither keys, which may be revoked, nor visitors.
            ResolvedBy::Host | ResolvedBy::Default
                if is_shared && !has_key && !is_personal && !has_search_key =>
            {
                Audience::All
            }
            _ => Audience::One,
        };
        let Served {
            content,
            tags,
            source,
        } = served;
        match content {
            Content::Page(page) => {
                if kind == Kind::Search
                    && request.data::<Replayed>().is_none()
                    && counting::counts(&request)
                {
                    // A shop's own server asks for many shoppers from one network.
                    let network = match request.data::<RequestNetwork>() {
                        _ if has_key => visitor.0,
                        Some(network) => network.hash(&self.app, tenant.id).await,
                        None => None,
                    };
                    counting::count(
                        &self.app.analytics,
                        tenant.id,
                        &cache_request,
                        &page,
                        (visitor, network),
                    );
                }
                let mut response = response::respond(&request, &page, source, audience, &self.form);
                if let Some(header) = self.app.cdn.tags
                    && audience == Audience::All
                {
                    response::set_tags(&mut response, header, tenant.id, &tags);
                }
                Ok(response)
            }
            Content::Moved(slug) => {
                let mut response = moved::response(AskedUri::of(&request), &slug);
                response::set_caching(&mut response, source, audience, &self.form);
                if let Some(header) = self.app.cdn.tags
                    && audience == Audience::All
                {
                    response::set_tags(&mut response, header, tenant.id, &tags);
                }
                Ok(response)
            }
            Content::Absent(what) => Err(ApiError::NotFound(what).into()),
        }
    }
}

impl<E: Endpoint<Output = Response>> ResponseCacheEndpoint<E> {
    async fn uncached(&self, request: Request) -> Result<Response> {
        let mut response = self.inner.call(request).await?;
        let headers = response.headers_mut();
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(response::NOT_KEPT);
        Ok(response)
    }
}

/// Response that the cache has no part in.
fn bypassed(loaded: Loaded) -> Served {
    Served {
        content: loaded.content,
        tags: loaded.tags.into(),
        source: Source::Bypass,
    }
}

/// Asks the handlers.
async fn load<E: Endpoint<Output = Response>>(
    inner: &E,
    mut request: Request,
    routes: &RouteTable,
) -> Result<Loaded, ApiError> {
    let cache_tags = CacheTags::default();
    request.set_data(cache_tags.clone());
    let path = request.uri().path().to_owned();
    let answered = inner.call(request).await;
    match answered {
        Ok(response) if response.status().is_success() => {
            let body = response
                .into_body()
                .into_bytes()
                .await
                .map_err(ApiError::internal)?;
            Ok(cache_tags.loaded(body.into()))
        }
        Ok(response) => Err(ApiError::internal(format!(
            "a public answer of status {}",
            response.status()
        ))),
        Err(error) => match ApiError::from_framework(error, |index| routes.parameter(&path, index))
        {
            ApiError::NotFound(what) => Ok(Loaded {
                content: Content::Absent(what),
                tags: vec![],
                ttl: Ttl::Short,
            }),
            ApiError::Moved(slug) => Ok(cache_tags.loaded(Content::Moved(slug))),
            error => Err(error),
        },
    }
}

/// The error of a load, which others may have waited for as well.
pub(crate) fn failure(error: LoadError<ApiError>) -> ApiError {
    match error {
        LoadError::Failed(error) => ApiError::Shared(error),
        LoadError::Broken => ApiError::internal("a load broke off"),
    }
}
