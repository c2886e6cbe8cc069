//! What the catalogue suggests as synonyms, for people to take or leave.

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

/// Why two phrases may mean the same.
#[derive(Debug, Clone, Copy, Enum, Serialize)]
#[oai(rename = "SynonymReason", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum SynonymReason {
    /// They are the same letters, with spaces or dashes at other places: `headset`, `head set`.
    Spelling,
    /// One has the initials of the other: `ssd`, `solid state drive`.
    Abbreviation,
    /// Titles say the one or the other of products that have a value in common: `notebook`, `laptop`.
    SameProducts,
}

/// Two phrases that may mean the same.
#[derive(Debug, Object, Serialize)]
pub struct SuggestedSynonyms {
    /// Both phrases, the more frequent one first: the `phrases` of synonyms, if you agree.
    pub phrases: Vec<String>,
    /// What speaks for them.
    pub reason: SynonymReason,
    /// How many products have the less frequent one in their titles, of those that were read.
    pub support: u32,
}

/// What may be synonyms.
#[derive(Debug, Object, Serialize)]
pub struct SynonymSuggestions {
    /// Whether the catalogue was read yet; a service that has just started has not.
    pub learnt: bool,
    /// What most products speak for first.
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
        /// How many at most; 50 if not given.
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

/// Whether a group has both phrases, whichever way it goes.
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
