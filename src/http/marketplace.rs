use std::sync::Arc;

use poem::{FromRequest, Request, RequestBody, Result};
use souk_cache::Tag;
use souk_domain::{Hit, MatchStage, SearchPage, SearchQuery};
use souk_search::{SearchPlan, SearchSettings};
use souk_store::Tenant;

use super::Made;
use crate::{app::App, error::ApiError, search_gateway::Answered};

/// The marketplace that a request is for, with what is needed to answer it.
///
/// It is found by host, then by API key; never by anything in the address, which anyone could forge.
pub struct Marketplace {
    /// The application.
    pub app: App,
    /// The tenant.
    pub tenant: Arc<Tenant>,
    made: Made,
}

impl Marketplace {
    /// What a query means in this marketplace.
    pub fn plan(&self, query: &SearchQuery) -> SearchPlan {
        self.plan_with(query, SearchSettings::default())
    }

    /// The same with other settings than those in use.
    pub fn plan_with(&self, query: &SearchQuery, settings: SearchSettings) -> SearchPlan {
        let plan = SearchPlan::new(self.tenant.id, self.tenant.language, query);
        let plan = plan.with_settings(settings);
        match self.app.understandings.of(self.tenant.id) {
            Some(model) => model.steer(plan).0,
            None => plan,
        }
    }

    /// Another spelling of the plan's text, if it found little and has words that the catalogue does not know.
    pub fn did_you_mean(&self, plan: &SearchPlan, page: &SearchPage) -> Option<String> {
        let text = plan.text.as_ref()?;
        let settings = &plan.settings;
        let found_little = page.stage != MatchStage::All || page.total < settings.relaxing.enough;
        if !found_little || !settings.understanding.did_you_mean {
            return None;
        }
        let model = self.app.understandings.of(self.tenant.id)?;
        model.did_you_mean(&text.raw)
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
        })
    }
}
