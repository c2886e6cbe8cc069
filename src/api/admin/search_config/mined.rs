//! Synonym suggestions mined from the catalogue.

use std::collections::BTreeSet;

use poem_openapi::{Enum, Object, OpenApi, param::Query};
use serde::Serialize;
use souk_search::{
    merchandising::config::Synonyms,
    query_understanding::{SynonymCandidate, SynonymKind},
};

use super::live;
use crate::{
    api::{Tag, admin::DEFAULT_LIMIT, answers::answers, params::PerPage},
    error::ApiError,
    http::{AdminPrincipal, JsonResponse, TenantContext},
};

/// Reason to suggest two phrases as synonyms.
#[derive(Debug, Clone, Copy, Enum, Serialize)]
#[oai(rename = "SynonymReason", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum SynonymReason {
    /// Same letters with other spaces or dashes: `headset`, `head set`.
    Spelling,
    /// Initials of the other phrase: `ssd`, `solid state drive`.
    Abbreviation,
    /// Titles say the one or the other of products that have a value in common: `notebook`, `laptop`.
    SameProducts,
}

/// Two phrases that may mean the same.
#[derive(Debug, Object, Serialize)]
pub struct SuggestedSynonyms {
    /// Both phrases, the more frequent one first: the `phrases` of synonyms, if you agree.
    pub phrases: Vec<String>,
    /// Reason.
    pub reason: SynonymReason,
    /// Number of sampled products with the less frequent phrase in their title.
    pub support: u32,
}

/// Synonym suggestions.
#[derive(Debug, Object, Serialize)]
pub struct SynonymSuggestions {
    /// True once query understanding is trained; false just after a start.
    pub learnt: bool,
    /// Suggestions, those with most products first.
    pub suggestions: Vec<SuggestedSynonyms>,
}

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
        _admin: AdminPrincipal,
        market: TenantContext,
        /// Most items, default 50.
        limit: Query<Option<PerPage>>,
    ) -> Result<SynonymSuggestionsAnswer, ApiError> {
        let limit = limit.0.map_or(DEFAULT_LIMIT, |limit| limit.0);
        let groups = live(&market).await?.config.synonyms;
        let model = market.app.search.model(market.tenant.id);
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
    let phrases = group.phrases.iter().chain(&group.from);
    let phrases: BTreeSet<String> = phrases.map(|phrase| phrase.to_lowercase()).collect();
    [&candidate.phrase, &candidate.other]
        .iter()
        .all(|phrase| phrases.contains(&phrase.to_lowercase()))
}

impl From<&SynonymCandidate> for SuggestedSynonyms {
    fn from(candidate: &SynonymCandidate) -> Self {
        Self {
            phrases: vec![candidate.phrase.clone(), candidate.other.clone()],
            reason: match candidate.kind {
                SynonymKind::Spelling => SynonymReason::Spelling,
                SynonymKind::Abbreviation => SynonymReason::Abbreviation,
                SynonymKind::SameProducts => SynonymReason::SameProducts,
            },
            support: candidate.support,
        }
    }
}
