//! Synonym suggestions mined from the catalogue.

use std::collections::BTreeSet;

use poem_openapi::{OpenApi, param::Query};
use souk_identity::needed::MerchandisingRead;
use souk_search::{merchandising::config::Synonyms, query_understanding::SynonymCandidate};

use super::{
    live,
    response::{SuggestedSynonyms, SynonymSuggestions},
};
use crate::{
    api::{Tag, admin::DEFAULT_LIMIT, answers::answers, params::PerPage},
    error::ApiError,
    http::{Allowed, JsonResponse, TenantContext},
};

answers! {
    /// Answers of `adminSuggestSynonyms`.
    SynonymSuggestionsAnswer {
        200 "What may be synonyms." => Suggestions(JsonResponse<SynonymSuggestions>),
    } or BadRequest, Unauthorized, NotFound
}

/// Suggesting synonyms.
pub struct AdminSynonymSuggestionsApi;

#[OpenApi(prefix_path = "/api/admin/search/synonyms", tag = "Tag::Merchandising")]
impl AdminSynonymSuggestionsApi {
    /// Suggest synonyms
    ///
    /// Mined from the catalogue, without those that are synonyms already. Nothing is changed.
    #[oai(
        path = "/suggestions",
        method = "get",
        operation_id = "adminSuggestSynonyms"
    )]
    async fn suggest(
        &self,
        _may: Allowed<MerchandisingRead>,
        context: TenantContext,
        /// Most items, default 50.
        limit: Query<Option<PerPage>>,
    ) -> Result<SynonymSuggestionsAnswer, ApiError> {
        let limit = limit.0.map_or(DEFAULT_LIMIT, |limit| limit.0);
        let groups = live(&context).await?.config.synonyms;
        let model = context.app.search.model(context.tenant.id);
        let candidates = model.iter().flat_map(|model| model.synonym_candidates());
        let suggestions = candidates
            .filter(|candidate| !groups.iter().any(|group| relates(group, candidate)))
            .take(limit as usize)
            .map(SuggestedSynonyms::from)
            .collect();
        Ok(SynonymSuggestionsAnswer::Suggestions(JsonResponse(
            SynonymSuggestions {
                learnt: model.is_some(),
                suggestions,
            },
        )))
    }
}

/// Returns true if a group has both phrases, in either direction.
fn relates(group: &Synonyms, candidate: &SynonymCandidate) -> bool {
    let phrases: BTreeSet<String> = group
        .phrases
        .iter()
        .chain(&group.from)
        .map(|phrase| phrase.to_lowercase())
        .collect();
    [&candidate.phrase, &candidate.other]
        .iter()
        .all(|phrase| phrases.contains(&phrase.to_lowercase()))
}
