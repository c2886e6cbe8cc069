//! Tenant of a request, resolved from `Host` and `X-Api-Key`.

mod foreign_keys;

use std::sync::Arc;

use poem::{FromRequest, Request, RequestBody, Result};
use souk_cache::Tag;
use souk_domain::{Filters, Hit, ProductId};
use souk_search_service::{EngineResponse, SearchContext, SearchResponse, VisitorHash};
use souk_store::Tenant;

use super::{
    CacheTags, RequestVisitor, VisitorId,
    auth::Principal,
    client::RequestNetwork,
    tenant_resolution::{enforced, resolve_tenant},
};
use crate::{error::ApiError, state::AppState};

pub use self::foreign_keys::ForeignKeys;

/// Returns the search context of a request. The visitor matters only during an experiment.
///
/// # Errors
/// If the configuration was never read and the database cannot be.
pub(super) async fn search_context(
    app: &AppState,
    tenant: &Tenant,
    visitor: RequestVisitor,
) -> Result<SearchContext, ApiError> {
    Ok(app.search.context(tenant, visitor.0).await?)
}

/// Tenant of a request, with what its handler needs.
///
/// Resolved by host and API key; never by a parameter, which anyone could forge.
pub struct TenantContext {
    /// Application state.
    pub app: AppState,
    /// Tenant.
    pub tenant: Arc<Tenant>,
    /// True if the request bears a key of the tenant, or the admin key.
    pub has_key: bool,
    /// Filters that everything has to pass, whatever is asked for.
    enforced: Option<Arc<Filters>>,
    /// Network of the client, hashed for the day; `None` if it cannot be told.
    network: Option<RequestNetwork>,
    cache_tags: CacheTags,
    /// Search context, where the response cache has chosen it already.
    search_context: Option<SearchContext>,
    visitor: Option<VisitorId>,
}

impl TenantContext {
    /// Returns the search context of this request.
    ///
    /// # Errors
    /// If the configuration was never read and the database cannot be.
    pub async fn search_context(&self) -> Result<SearchContext, ApiError> {
        match &self.search_context {
            Some(search_context) => Ok(search_context.clone()),
            None => {
                let visitor = match &self.visitor {
                    Some(visitor) => visitor.hash(&self.app, self.tenant.id).await,
                    None => None,
                };
                let visitor = RequestVisitor(visitor);
                let found = search_context(&self.app, &self.tenant, visitor).await?;
                Ok(found.within(self.enforced.clone()))
            }
        }
    }

    /// Returns the filters that everything has to pass, whatever is asked for.
    pub fn enforced(&self) -> Option<&Arc<Filters>> {
        self.enforced.as_ref()
    }

    /// Reports whether a product passes the enforced filters. The response depends on it.
    ///
    /// # Errors
    /// If engine and database cannot tell.
    pub async fn admits(&self, product: ProductId) -> Result<bool, ApiError> {
        let Some(enforced) = &self.enforced else {
            return Ok(true);
        };
        let search = &self.app.search;
        let passing = search.passing(&self.tenant, &[product], enforced).await?;
        self.tag_with_index(&passing, &passing.value);
        Ok(!passing.value.is_empty())
    }

    /// Returns today's hash of the client's network; `None` if the network or the day's salt is not known.
    pub async fn network(&self) -> Option<VisitorHash> {
        match self.network {
            Some(network) => network.hash(&self.app, self.tenant.id).await,
            None => None,
        }
    }

    /// Tags the response in the cache: a change to any tag invalidates it.
    pub fn tag_with(&self, tags: impl IntoIterator<Item = Tag>) {
        self.cache_tags.add(tags);
    }

    /// Gives the response the short TTL: something that it depends on was away.
    pub fn tag_as_degraded(&self) {
        self.cache_tags.mark_degraded();
    }

    /// Tags the response with all that a search depends on. A degraded response gets the short TTL.
    pub fn tag_response(&self, response: &SearchResponse) {
        self.cache_tags.add(response.tags.iter().cloned());
        if response.results.degraded {
            self.cache_tags.mark_degraded();
        }
    }

    /// Tags the response with the index as a whole and with these products. A degraded response gets the short TTL.
    pub fn tag_with_index<'a, T>(
        &self,
        response: &EngineResponse<T>,
        hits: impl IntoIterator<Item = &'a Hit>,
    ) {
        let products = hits.into_iter().map(|hit| Tag::Product(hit.id));
        self.cache_tags.add(products.chain([Tag::Search]));
        if response.degraded {
            self.cache_tags.mark_degraded();
        }
    }
}

/// Installation as a whole, for operations that are not about the tenant of the request.
pub struct Installation {
    /// Application state.
    pub app: AppState,
}

impl<'a> FromRequest<'a> for Installation {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let app = app_state(request)?;
        match resolve_tenant(app, request).await {
            // A key that is wrong or of another tenant than the host is refused here, too.
            Ok(_) | Err(ApiError::UnknownMarketplace) => Ok(Self { app: app.clone() }),
            Err(error) => Err(error.into()),
        }
    }
}

fn app_state(request: &Request) -> Result<&AppState, ApiError> {
    request
        .data::<AppState>()
        .ok_or_else(|| ApiError::internal("the application is missing from the request"))
}

impl<'a> FromRequest<'a> for TenantContext {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let app = app_state(request)?;
        let resolved = resolve_tenant(app, request).await?;
        Ok(Self {
            app: app.clone(),
            tenant: resolved.tenant,
            has_key: resolved.has_key || *Principal::of(request) == Principal::AdminKey,
            enforced: enforced(request),
            network: request.data::<RequestNetwork>().copied(),
            cache_tags: request.data::<CacheTags>().cloned().unwrap_or_default(),
            search_context: request.data::<SearchContext>().cloned(),
            // A malformed visitor id counts as none: the live version is served.
            visitor: VisitorId::of(request).ok().flatten(),
        })
    }
}
