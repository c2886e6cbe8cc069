use std::sync::Arc;

use poem::{FromRequest, Request, RequestBody, Result};
use souk_cache::Tag;
use souk_domain::{Hit, MatchStage, SearchPage, SearchQuery};
use souk_search::{SearchPlan, SearchSettings, merchandising::Rewritten};
use souk_store::Tenant;

use super::{Made, RequestVisitor, VisitorId, search_context::search_context};
use crate::{
    app::App, error::ApiError, search_configs::SearchContext, search_gateway::EngineResponse,
};

/// The marketplace that a request is for, with what is needed to answer it.
///
/// It is found by host, then by API key; never by anything in the address, which anyone could forge.
pub struct TenantContext {
    /// The application.
    pub app: App,
    /// The tenant.
    pub tenant: Arc<Tenant>,
    made: Made,
    /// What its searches go by, where that was decided before.
    search_context: Option<SearchContext>,
    visitor: Option<VisitorId>,
}

impl TenantContext {
    /// What this request's searches go by.
    ///
    /// # Errors
    /// If it was never read and the database cannot be.
    pub async fn search_context(&self) -> Result<SearchContext, ApiError> {
        match &self.search_context {
            Some(search_context) => Ok(search_context.clone()),
            None => {
                let visitor = match &self.visitor {
                    Some(visitor) => visitor.hash(&self.app, self.tenant.id).await,
                    None => None,
                };
                search_context(&self.app, &self.tenant, RequestVisitor(visitor)).await
            }
        }
    }

    /// What a query means in this marketplace: by what its people say of search, and by what its catalogue taught.
    ///
    /// # Errors
    /// As [`Self::search_context`].
    pub async fn rewritten(&self, query: &SearchQuery) -> Result<Rewritten, ApiError> {
        Ok(self.rewritten_by(&self.search_context().await?, query))
    }

    /// The same by the search_context given.
    pub fn rewritten_by(&self, search_context: &SearchContext, query: &SearchQuery) -> Rewritten {
        let rewritten = search_context.rewrite(&self.tenant, query);
        Rewritten {
            plan: self.understood(rewritten.plan),
            ..rewritten
        }
    }

    /// What a query means whatever the marketplace's people say of search.
    pub fn plan(&self, query: &SearchQuery) -> SearchPlan {
        self.plan_with(query, SearchSettings::default())
    }

    /// The same with other settings than those in use.
    pub fn plan_with(&self, query: &SearchQuery, settings: SearchSettings) -> SearchPlan {
        let now_ms = chrono::Utc::now().timestamp_millis();
        let plan = SearchPlan::new(self.tenant.id, self.tenant.language, query, now_ms);
        self.understood(plan.with_settings(settings))
    }

    fn understood(&self, plan: SearchPlan) -> SearchPlan {
        match self.app.query_understandings.of(self.tenant.id) {
            Some(model) => model.steer(plan).0,
            None => plan,
        }
    }

    /// Another spelling of the plan's text, if it found little: a query that others clicked for, or else one in words that
    /// the catalogue knows. What others clicked for as it is typed is spelt right.
    pub fn did_you_mean(&self, plan: &SearchPlan, page: &SearchPage) -> Option<String> {
        let text = plan.text.as_ref()?;
        let settings = &plan.settings;
        let found_little =
            page.stage != MatchStage::AllTerms || page.total < settings.relaxing.enough;
        if !found_little || !settings.understanding.did_you_mean {
            return None;
        }
        let (tenant, suggested) = (self.tenant.id, &self.app.suggested);
        let model = self.app.query_understandings.of(tenant);
        let in_known_words = |text: &str| model.as_ref()?.did_you_mean(text);
        let is_proven = suggested.is_proven(tenant, &text.raw);
        let nothing_as_typed = page.stage == MatchStage::Fuzzy || page.total == 0;
        let may_be_past = nothing_as_typed || page.stage == MatchStage::AnyTerm && !is_proven;
        let past = if may_be_past {
            suggested.spelt_like(tenant, &text.raw)
        } else {
            Vec::new()
        };
        // Many may have made the same mistake, and found what they meant all the same.
        let mut past = past
            .into_iter()
            .filter(|past| in_known_words(past).is_none());
        match past.next() {
            Some(past) => Some(past),
            None if is_proven => None,
            None => in_known_words(&text.raw),
        }
    }

    /// Notes down that the answer is made from these: when they change, it is no longer kept.
    pub fn made_from(&self, tags: impl IntoIterator<Item = Tag>) {
        self.made.from_tags(tags);
    }

    /// Notes down that the answer is made from what the index says as a whole, and from these products.
    pub fn made_from_index<'a, T>(
        &self,
        answered: &EngineResponse<T>,
        hits: impl IntoIterator<Item = &'a Hit>,
    ) {
        let products = hits.into_iter().map(|hit| Tag::Product(hit.id));
        self.made.from_tags(products.chain([Tag::Search]));
        if answered.degraded {
            self.made.makeshift();
        }
    }
}

impl<'a> FromRequest<'a> for TenantContext {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let app = request
            .data::<App>()
            .ok_or_else(|| ApiError::internal("the application is missing from the request"))?;
        let (tenant, _) = app
            .tenant_directory
            .of(request)
            .await?
            .ok_or(ApiError::UnknownMarketplace)?;
        Ok(Self {
            app: app.clone(),
            tenant,
            made: request.data::<Made>().cloned().unwrap_or_default(),
            search_context: request.data::<SearchContext>().cloned(),
            // One that is none is nobody's: the live version is for everybody.
            visitor: VisitorId::of(request).ok().flatten(),
        })
    }
}
