use std::sync::Arc;

use poem::{FromRequest, Request, RequestBody, Result};
use souk_cache::Tag;
use souk_domain::{Hit, MatchStage, SearchPage, SearchQuery};
use souk_search::{SearchPlan, SearchSettings, rewriting::Rewritten};
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

    /// What a query means in this marketplace: by what its people say of search, and by what its catalogue taught.
    ///
    /// # Errors
    /// As [`Self::guidance`].
    pub async fn rewritten(&self, query: &SearchQuery) -> Result<Rewritten, ApiError> {
        Ok(self.rewritten_by(&self.guidance().await?, query))
    }

    /// The same by the guidance given.
    pub fn rewritten_by(&self, guidance: &Guidance, query: &SearchQuery) -> Rewritten {
        let rewritten = guidance.rewrite(&self.tenant, query);
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
        let plan = SearchPlan::new(self.tenant.id, self.tenant.language, query);
        self.understood(plan.with_settings(settings))
    }

    fn understood(&self, plan: SearchPlan) -> SearchPlan {
        match self.app.understandings.of(self.tenant.id) {
            Some(model) => model.steer(plan).0,
            None => plan,
        }
    }

    /// Another spelling of the plan's text, if it found little: a query that others clicked for, or else one in words that
    /// the catalogue knows. What others clicked for as it is typed is spelt right.
    pub fn did_you_mean(&self, plan: &SearchPlan, page: &SearchPage) -> Option<String> {
        let text = plan.text.as_ref()?;
        let settings = &plan.settings;
        let found_little = page.stage != MatchStage::All || page.total < settings.relaxing.enough;
        if !found_little || !settings.understanding.did_you_mean {
            return None;
        }
        let (tenant, suggested) = (self.tenant.id, &self.app.suggested);
        let model = self.app.understandings.of(tenant);
        let in_known_words = |text: &str| model.as_ref()?.did_you_mean(text);
        let is_proven = suggested.is_proven(tenant, &text.raw);
        let nothing_as_typed = page.stage == MatchStage::Typos || page.total == 0;
        let may_be_past = nothing_as_typed || page.stage == MatchStage::Some && !is_proven;
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
