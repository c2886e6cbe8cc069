//! Answers for somebody who is shown nothing but products that pass enforced filters, where the engine knows no filters.

use std::collections::HashSet;

use souk_domain::{
    FacetName, FacetValue, Filters, Hit, PageRequest, ProductId, SearchQuery, Start, Suggestion,
    SuggestionKind, TenantId,
};
use souk_search::{
    SearchError, SuggestRequest,
    merchandising::MAX_PINNED,
    suggestions::{Completer, Completion, Fit, best},
};
use souk_store::{StoreError, Tenant};

use crate::{EngineResponse, GatewayError, SearchService, search_configs::narrowed};

/// Products that are looked at to find a few that pass.
const CANDIDATES: usize = MAX_PINNED;
/// Facets whose values are suggested, each as what.
const NAMES: [(FacetName, SuggestionKind); 3] = [
    (FacetName::Category, SuggestionKind::Category),
    (FacetName::Fandom, SuggestionKind::Fandom),
    (FacetName::Brand, SuggestionKind::Brand),
];

impl SearchService {
    /// Returns those of some products that pass filters, in their order. At most [`MAX_PINNED`] are looked at.
    ///
    /// # Errors
    /// See [`GatewayError`].
    pub async fn passing(
        &self,
        tenant: &Tenant,
        products: &[ProductId],
        enforced: &Filters,
    ) -> Result<EngineResponse<Vec<Hit>>, GatewayError> {
        let limit = products.len().min(CANDIDATES);
        let query = SearchQuery {
            page: PageRequest {
                limit: u32::try_from(limit).unwrap_or(u32::MAX),
                start: Start::Offset(0),
            },
            ..SearchQuery::default()
        };
        let mut plan = self.plan(tenant, &narrowed(&query, enforced));
        // Pins lead whatever is browsed, in their order, as far as they pass.
        plan.merchandising.pinned = products[..limit].to_vec();
        let found = self.gateway().search(&plan).await?;
        let wanted: HashSet<ProductId> = products.iter().copied().collect();
        let hits = found.value.hits.into_iter();
        Ok(EngineResponse {
            value: hits.filter(|hit| wanted.contains(&hit.id)).collect(),
            engine: found.engine,
            degraded: found.degraded,
        })
    }

    /// Returns those products similar to the given one that pass filters.
    pub(crate) async fn similar_within(
        &self,
        tenant: &Tenant,
        product: ProductId,
        limit: usize,
        enforced: &Filters,
    ) -> Result<EngineResponse<Vec<Hit>>, GatewayError> {
        let mut similar = self
            .gateway()
            .similar(tenant.id, product, CANDIDATES)
            .await?;
        let ids: Vec<ProductId> = similar.value.iter().map(|hit| hit.id).collect();
        let passing = self.passing(tenant, &ids, enforced).await?;
        let ids: HashSet<ProductId> = passing.value.iter().map(|hit| hit.id).collect();
        similar.value.retain(|hit| ids.contains(&hit.id));
        similar.value.truncate(limit);
        similar.degraded |= passing.degraded;
        Ok(similar)
    }

    /// Completes a text with names of products that pass filters, and of their categories, fandoms and brands. What
    /// other shoppers typed is left out: it may be about other products.
    pub(crate) async fn suggest_within(
        &self,
        tenant: &Tenant,
        request: &SuggestRequest,
        enforced: &Filters,
    ) -> Result<EngineResponse<Vec<Suggestion>>, GatewayError> {
        let mut completer = Completer::new(&request.text);
        let mut completions = Vec::new();
        for (facet, kind) in NAMES {
            for named in self.names_within(tenant, facet, request, enforced).await? {
                completions.extend(name(&mut completer, kind, named));
            }
        }
        let wide = SuggestRequest {
            limit: CANDIDATES,
            ..request.clone()
        };
        let mut answered = self.gateway().suggest(&wide).await?;
        let mut products = std::mem::take(&mut answered.value);
        products.retain(|it| it.kind == SuggestionKind::Product);
        let slugs = products.iter().filter_map(|it| it.value.clone()).collect();
        let ids = self.ids_of(tenant.id, slugs).await?;
        let passing = self.passing(tenant, &ids, enforced).await?;
        answered.degraded |= passing.degraded;
        let slugs: HashSet<&str> = passing.value.iter().map(|hit| hit.slug.as_str()).collect();
        let may_be_shown = |slug: &String| slugs.contains(slug.as_str());
        products.retain(|it| it.value.as_ref().is_some_and(may_be_shown));
        // The engine has the most popular first.
        let weights = (1..=products.len() as u64).rev();
        for (suggestion, weight) in products.into_iter().zip(weights) {
            let judged = completer.judge(&suggestion.text);
            completions.push(Completion {
                fit: judged.map_or(Fit::WordsBeginWithTypo, |(fit, _)| fit),
                weight,
                suggestion,
            });
        }
        answered.value = best(completions, request.limit);
        Ok(answered)
    }

    /// Returns the values of a facet with words that begin as typed ones do, of products that pass filters.
    async fn names_within(
        &self,
        tenant: &Tenant,
        facet: FacetName,
        request: &SuggestRequest,
        enforced: &Filters,
    ) -> Result<Vec<FacetValue>, GatewayError> {
        let plan = self.plan(tenant, &narrowed(&SearchQuery::default(), enforced));
        let gateway = self.gateway();
        let found = gateway
            .facet_values(&plan, facet, None, &request.text, CANDIDATES)
            .await?;
        Ok(found.value.values)
    }

    async fn ids_of(
        &self,
        tenant: TenantId,
        slugs: Vec<String>,
    ) -> Result<Vec<ProductId>, GatewayError> {
        let ids = self.suggested().ids_of(tenant, &slugs).await;
        let unavailable = |error: StoreError| SearchError::Unavailable(Box::new(error));
        let ids = ids.map_err(|error| GatewayError::Search(unavailable(error)))?;
        Ok(slugs
            .iter()
            .filter_map(|slug| ids.get(slug).copied())
            .collect())
    }
}

/// Returns the suggestion of a facet's value that has products.
fn name(completer: &mut Completer, kind: SuggestionKind, named: FacetValue) -> Option<Completion> {
    let (fit, highlighted) = completer.judge(&named.label).filter(|_| named.count > 0)?;
    Some(Completion {
        fit,
        weight: named.count,
        suggestion: Suggestion {
            kind,
            text: named.label,
            highlighted,
            value: Some(named.value),
            count: Some(named.count),
        },
    })
}
