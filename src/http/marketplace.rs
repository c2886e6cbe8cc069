use std::sync::Arc;

use poem::{FromRequest, Request, RequestBody, Result};
use souk_cache::Tag;
use souk_domain::{Hit, SearchQuery};
use souk_search::{SearchPlan, rewriting::Rewritten};
use souk_store::Tenant;

use super::{Made, Session, SessionId, guidance::guidance};
use crate::{app::App, error::ApiError, search_configs::Guidance, search_gateway::Answered};

/// The marketplace that a request is for, with what is needed to answer it.
///
/// It is found by host, then by API key; never by anything in the address, which anyone could forge.
pub struct Marketplace {
    /// The application.
    pub app: App,
    /// The tenant.
    pub tenant: Arc<Tenant>,
    made: Made,
    /// What its searches go by, where that was decided before.
    guidance: Option<Guidance>,
    session: Option<SessionId>,
}

impl Marketplace {
    /// What this request's searches go by.
    ///
    /// # Errors
    /// If it was never read and the database cannot be.
    pub async fn guidance(&self) -> Result<Guidance, ApiError> {
        match &self.guidance {
            Some(guidance) => Ok(guidance.clone()),
            None => {
                let session = match &self.session {
                    Some(session) => session.hash(&self.app, self.tenant.id).await,
                    None => None,
                };
                guidance(&self.app, &self.tenant, Session(session)).await
            }
        }
    }

    /// What a query means in this marketplace, by what its people say of search.
    ///
    /// # Errors
    /// As [`Self::guidance`].
    pub async fn rewritten(&self, query: &SearchQuery) -> Result<Rewritten, ApiError> {
        Ok(self.guidance().await?.rewrite(&self.tenant, query))
    }

    /// What a query means by itself, whatever anybody says of search.
    pub fn plan(&self, query: &SearchQuery) -> SearchPlan {
        SearchPlan::new(self.tenant.id, self.tenant.language, query)
    }

    /// Notes down that the answer is made from these: when they change, it is no longer kept.
    pub fn made_from(&self, tags: impl IntoIterator<Item = Tag>) {
        self.made.from_tags(tags);
    }

    /// Notes down that the answer is made from what the index says as a whole, and from these products.
    pub fn made_from_index<'a, T>(
        &self,
        answered: &Answered<T>,
        hits: impl IntoIterator<Item = &'a Hit>,
    ) {
        let products = hits.into_iter().map(|hit| Tag::Product(hit.id));
        self.made.from_tags(products.chain([Tag::Search]));
        if answered.degraded {
            self.made.makeshift();
        }
    }
}

impl<'a> FromRequest<'a> for Marketplace {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let app = request
            .data::<App>()
            .ok_or_else(|| ApiError::internal("the application is missing from the request"))?;
        let (tenant, _) = app
            .marketplaces
            .of(request)
            .await?
            .ok_or(ApiError::UnknownMarketplace)?;
        Ok(Self {
            app: app.clone(),
            tenant,
            made: request.data::<Made>().cloned().unwrap_or_default(),
            guidance: request.data::<Guidance>().cloned(),
            // One that is none is nobody's: the live version is for everybody.
            session: SessionId::of(request).ok().flatten(),
        })
    }
}
