//! Search use cases: rewriting, query understanding, the engine and the "did you mean" text in their order.

use std::sync::Arc;

use souk_cache::Tag;
use souk_domain::{
    Facet, FacetName, Filters, Hit, MatchStage, ProductId, SearchPage, SearchQuery, SignedQueryId,
    Suggestion, TenantId,
};
use souk_embeddings::Vector;
use souk_search::{
    SearchPlan, SearchSettings, SuggestRequest, meaning_weight, merchandising::Rewritten,
    query_understanding::CatalogueModel, suggestions::OperatorCompletion, with_popular_queries,
};
use souk_store::{StoreError, Tenant};

use crate::{
    EngineResponse, GatewayError, QueryIdSigner, QueryUnderstandings, QueryVectors, SearchConfigs,
    SearchContext, SearchGateway, SuggestedQueries, VisitorHash, search_configs::narrowed,
};

/// Search by a tenant's active configuration.
#[derive(Debug, Clone, Copy)]
pub struct SearchRequest<'a> {
    /// Tenant.
    pub tenant: &'a Tenant,
    /// Version of the configuration, and moment of the search.
    pub context: &'a SearchContext,
    /// Validated query.
    pub query: &'a SearchQuery,
}

/// Result of [`SearchService::search`].
#[derive(Debug)]
pub struct SearchResponse {
    /// Id of the search in analytics.
    pub query_id: SignedQueryId,
    /// Version of the configuration; 0 while the tenant has none.
    pub settings_version: i64,
    /// URL or path that a rule redirects to.
    pub redirect: Option<String>,
    /// Other spelling of the text, where little was found.
    pub did_you_mean: Option<String>,
    /// Page of hits.
    pub results: EngineResponse<SearchPage>,
    /// Cache tags: a change to any of them invalidates the response.
    pub tags: Vec<Tag>,
}

/// Search use cases; cheap to clone.
#[derive(Clone)]
pub struct SearchService {
    gateway: SearchGateway,
    configs: Arc<SearchConfigs>,
    query_understandings: QueryUnderstandings,
    suggested: SuggestedQueries,
    query_ids: QueryIdSigner,
    query_vectors: Option<QueryVectors>,
}

impl SearchService {
    /// Combines the parts of search.
    pub fn new(
        gateway: SearchGateway,
        configs: Arc<SearchConfigs>,
        query_understandings: QueryUnderstandings,
        suggested: SuggestedQueries,
        query_ids: QueryIdSigner,
    ) -> Self {
        Self {
            gateway,
            configs,
            query_understandings,
            suggested,
            query_ids,
            query_vectors: None,
        }
    }

    /// Searches by meaning as well.
    #[must_use]
    pub fn with_query_vectors(self, query_vectors: Option<QueryVectors>) -> Self {
        Self {
            query_vectors,
            ..self
        }
    }

    /// Returns the signer of ids of searches.
    pub fn query_ids(&self) -> &QueryIdSigner {
        &self.query_ids
    }

    /// Returns the gateway to the engines.
    pub fn gateway(&self) -> &SearchGateway {
        &self.gateway
    }

    /// Returns the active configurations.
    pub fn configs(&self) -> &Arc<SearchConfigs> {
        &self.configs
    }

    /// Returns the popular and clicked queries.
    pub fn suggested(&self) -> &SuggestedQueries {
        &self.suggested
    }

    /// Returns the tenant's model of query understanding, once it is trained.
    pub fn model(&self, tenant: TenantId) -> Option<Arc<CatalogueModel>> {
        self.query_understandings.of(tenant)
    }

    /// Returns the search context of a request that is answered now. The visitor matters only during an experiment.
    ///
    /// # Errors
    /// If the configuration was never read and the database cannot be.
    pub async fn context(
        &self,
        tenant: &Tenant,
        visitor: Option<VisitorHash>,
    ) -> Result<SearchContext, StoreError> {
        let active_config = self.configs.of(tenant).await?;
        Ok(SearchContext::now(&active_config, visitor))
    }

    /// Searches by the tenant's configuration and query understanding.
    ///
    /// # Errors
    /// See [`GatewayError`].
    pub async fn search(&self, request: SearchRequest<'_>) -> Result<SearchResponse, GatewayError> {
        let SearchRequest {
            tenant,
            context,
            query,
        } = request;
        let mut rewritten = self.rewrite(tenant, context, query);
        rewritten.plan.meaning = self.meaning(&rewritten.plan).await;
        let results = self.gateway.search(&rewritten.plan).await?;
        let mut query_id = context.query_id(query);
        query_id.text = self.query_ids.text_key(tenant.id, query_id.text);
        Ok(SearchResponse {
            query_id: self.query_ids.sign(tenant.id, query_id, context.now_ms()),
            settings_version: context.version(),
            redirect: rewritten.redirect,
            // Words of other products than those that may be shown are none of theirs.
            did_you_mean: match context.enforced() {
                None => self.did_you_mean(&rewritten.plan, &results.value),
                Some(_) => None,
            },
            tags: index_tags(&results.value.hits),
            results,
        })
    }

    /// Searches the values of one facet among the products that a search finds.
    ///
    /// # Errors
    /// See [`GatewayError`].
    pub async fn facet_values(
        &self,
        request: SearchRequest<'_>,
        facet: FacetName,
        attribute: Option<&str>,
        needle: &str,
        limit: usize,
    ) -> Result<EngineResponse<Facet>, GatewayError> {
        let plan = self
            .rewrite(request.tenant, request.context, request.query)
            .plan;
        self.gateway
            .facet_values(&plan, facet, attribute, needle, limit)
            .await
    }

    /// Completes a text with popular queries and with names of the catalogue; with enforced filters, with names of what
    /// passes them alone.
    ///
    /// # Errors
    /// See [`GatewayError`].
    pub async fn suggest(
        &self,
        tenant: &Tenant,
        request: SuggestRequest,
        enforced: Option<&Filters>,
    ) -> Result<EngineResponse<Vec<Suggestion>>, GatewayError> {
        if let Some(mut completion) = OperatorCompletion::of(&request) {
            return self
                .suggest_with_operators(tenant, &mut completion, &request, enforced)
                .await;
        }
        if let Some(enforced) = enforced {
            return self.suggest_within(tenant, &request, enforced).await;
        }
        let mut response = self.gateway.suggest(&request).await?;
        let SuggestRequest {
            tenant,
            text,
            limit,
            ..
        } = request;
        let popular = self.suggested.complete(tenant, &text, limit);
        response.value = with_popular_queries(&text, popular, response.value, limit);
        Ok(response)
    }

    /// Completes a text with operators. What other shoppers typed is left out, since it lacks them.
    async fn suggest_with_operators(
        &self,
        tenant: &Tenant,
        completion: &mut OperatorCompletion,
        request: &SuggestRequest,
        enforced: Option<&Filters>,
    ) -> Result<EngineResponse<Vec<Suggestion>>, GatewayError> {
        // A text of operators alone is completed like a text that nothing completes.
        let plain = completion
            .request(request)
            .unwrap_or_else(|| SuggestRequest {
                limit: 0,
                ..request.clone()
            });
        let mut response = match enforced {
            Some(enforced) => self.suggest_within(tenant, &plain, enforced).await?,
            None => self.gateway.suggest(&plain).await?,
        };
        response.value = completion.admitted(std::mem::take(&mut response.value));
        Ok(response)
    }

    /// Returns products similar to the given one, of those that pass enforced filters.
    ///
    /// # Errors
    /// See [`GatewayError`].
    pub async fn similar(
        &self,
        tenant: &Tenant,
        product: ProductId,
        limit: usize,
        enforced: Option<&Filters>,
    ) -> Result<EngineResponse<Vec<Hit>>, GatewayError> {
        match enforced {
            Some(enforced) => self.similar_within(tenant, product, limit, enforced).await,
            None => self.gateway.similar(tenant.id, product, limit).await,
        }
    }

    /// Lists products without rules or synonyms of the tenant's configuration, of those that pass enforced filters.
    ///
    /// # Errors
    /// See [`GatewayError`].
    pub async fn list(
        &self,
        tenant: &Tenant,
        query: &SearchQuery,
        enforced: Option<&Filters>,
    ) -> Result<EngineResponse<SearchPage>, GatewayError> {
        let plan = match enforced {
            Some(enforced) => self.plan(tenant, &narrowed(query, enforced)),
            None => self.plan(tenant, query),
        };
        self.gateway.search(&plan).await
    }

    /// Counts products by the values of one facet over the whole catalogue.
    ///
    /// # Errors
    /// See [`GatewayError`].
    pub async fn facet_counts(
        &self,
        tenant: &Tenant,
        facet: FacetName,
        limit: usize,
    ) -> Result<EngineResponse<Facet>, GatewayError> {
        let plan = self.plan(tenant, &SearchQuery::default());
        self.gateway
            .facet_values(&plan, facet, None, "", limit)
            .await
    }

    /// Returns the plan of a query by a version of the configuration and by query understanding.
    pub fn rewrite(
        &self,
        tenant: &Tenant,
        context: &SearchContext,
        query: &SearchQuery,
    ) -> Rewritten {
        let rewritten = context.rewrite(tenant, query);
        Rewritten {
            plan: self.understand(rewritten.plan),
            ..rewritten
        }
    }

    /// Returns the plan of a query without the tenant's configuration.
    pub fn plan(&self, tenant: &Tenant, query: &SearchQuery) -> SearchPlan {
        self.plan_with(tenant, query, SearchSettings::default())
    }

    /// Returns the plan of a query by settings that are not saved.
    pub fn plan_with(
        &self,
        tenant: &Tenant,
        query: &SearchQuery,
        settings: SearchSettings,
    ) -> SearchPlan {
        let now_ms = chrono::Utc::now().timestamp_millis();
        let plan = SearchPlan::new(tenant.id, tenant.language, query, now_ms)
            .sharing(tenant.shares_products);
        self.understand(plan.with_settings(settings))
    }

    /// Returns the vector of a plan's text, if it is searched by meaning.
    async fn meaning(&self, plan: &SearchPlan) -> Option<Vector> {
        let query_vectors = self.query_vectors.as_ref()?;
        meaning_weight(plan)?;
        query_vectors.of(&plan.text.as_ref()?.raw).await
    }

    fn understand(&self, plan: SearchPlan) -> SearchPlan {
        match self.model(plan.tenant) {
            Some(model) => model.steer(plan).0,
            None => plan,
        }
    }

    /// Returns another spelling of the plan's text, if it found little: a clicked query, else words of the catalogue. A
    /// text that led to clicks itself is spelt right.
    fn did_you_mean(&self, plan: &SearchPlan, page: &SearchPage) -> Option<String> {
        let text = plan.text.as_ref()?;
        let settings = &plan.settings;
        let found_little =
            page.stage != MatchStage::AllTerms || page.total < settings.relaxation.enough;
        if !found_little || !settings.understanding.did_you_mean {
            return None;
        }
        let (tenant, suggested) = (plan.tenant, &self.suggested);
        let model = self.model(tenant);
        let in_known_words = |text: &str| model.as_ref()?.did_you_mean(text);
        let is_clicked = suggested.is_proven(tenant, &text.raw);
        let nothing_as_typed = page.stage == MatchStage::Fuzzy || page.total == 0;
        let may_be_clicked = nothing_as_typed || page.stage == MatchStage::AnyTerm && !is_clicked;
        let candidates = if may_be_clicked && plan.operators.is_empty() {
            suggested.spelt_like(tenant, &text.raw)
        } else {
            Vec::new()
        };
        // A common misspelling may have led to clicks, too.
        let mut clicked = candidates
            .into_iter()
            .filter(|clicked| in_known_words(clicked).is_none());
        match clicked.next() {
            Some(clicked) => Some(clicked),
            None if is_clicked => None,
            None => in_known_words(&text.raw),
        }
    }
}

/// Tags of a response that depends on the index as a whole and on these products.
fn index_tags(hits: &[Hit]) -> Vec<Tag> {
    let products = hits.iter().map(|hit| Tag::Product(hit.id));
    products.chain([Tag::Search]).collect()
}
