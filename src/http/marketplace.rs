use poem::{FromRequest, Request, RequestBody, Result, http::header};
use souk_domain::SearchQuery;
use souk_search::SearchPlan;
use souk_store::Tenant;

use crate::{app::App, error::ApiError};

/// The marketplace that a request is for, with what is needed to answer it.
///
/// It is found by host, then by API key; never by anything in the address, which anyone could forge.
pub struct Marketplace {
    /// The application.
    pub app: App,
    /// The tenant.
    pub tenant: Tenant,
}

impl Marketplace {
    /// What a query means in this marketplace.
    pub fn plan(&self, query: &SearchQuery) -> SearchPlan {
        SearchPlan::new(self.tenant.id, self.tenant.language, query)
    }
}

impl<'a> FromRequest<'a> for Marketplace {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let app = request
            .data::<App>()
            .ok_or_else(|| ApiError::internal("the application is missing from the request"))?;
        // HTTP/2 has no Host header: its authority is part of the address.
        let host = request.header(header::HOST).or_else(|| {
            request
                .uri()
                .authority()
                .map(|authority| authority.as_str())
        });
        let tenant = app
            .marketplaces
            .find(host, request.header("X-Api-Key"))
            .await
            .map_err(ApiError::from)?
            .ok_or(ApiError::UnknownMarketplace)?;
        Ok(Self {
            app: app.clone(),
            tenant,
        })
    }
}
