//! Search configuration: synonyms, stop words, redirects, rules, settings, and their versions.

pub mod config;
pub mod experiment;
pub mod items;
pub mod preview;
pub mod request;
pub mod response;
pub mod schema;
pub mod stop_words;
pub mod suggestion_decisions;
pub mod synonym_suggestions;
pub mod versions;

use poem_openapi::param::{Header, Query};
use souk_domain::InvalidField;
use souk_search::merchandising::SearchConfig;
use souk_search_service::{Edited, edit, read};
use souk_store::{Authorship, ConfigVersion, SearchConfigs};

use self::{
    config::AdminSearchConfigApi,
    experiment::AdminSearchExperimentApi,
    items::{AdminRedirectsApi, AdminRulesApi, AdminSynonymsApi},
    preview::AdminSearchPreviewApi,
    stop_words::AdminStopWordsApi,
    suggestion_decisions::AdminSuggestionDecisionsApi,
    synonym_suggestions::AdminSynonymSuggestionsApi,
    versions::AdminSearchVersionsApi,
};
use crate::{
    api::params::{ActorName, NoteText},
    error::ApiError,
    http::TenantContext,
};

/// All operations.
pub type Api = (
    AdminSearchConfigApi,
    AdminSynonymsApi,
    AdminSynonymSuggestionsApi,
    AdminStopWordsApi,
    AdminSuggestionDecisionsApi,
    AdminRedirectsApi,
    AdminRulesApi,
    AdminSearchVersionsApi,
    AdminSearchPreviewApi,
    AdminSearchExperimentApi,
);

/// All operations.
pub fn api() -> Api {
    (
        AdminSearchConfigApi,
        AdminSynonymsApi,
        AdminSynonymSuggestionsApi,
        AdminStopWordsApi,
        AdminSuggestionDecisionsApi,
        AdminRedirectsApi,
        AdminRulesApi,
        AdminSearchVersionsApi,
        AdminSearchPreviewApi,
        AdminSearchExperimentApi,
    )
}

fn configs(context: &TenantContext) -> SearchConfigs {
    context.app.store.scope(context.tenant.id).search_configs()
}

/// Author and reason of a change, where the request names them.
fn authorship(actor: Header<Option<ActorName>>, note: Query<Option<NoteText>>) -> Authorship {
    Authorship {
        author: actor.0.map(|actor| actor.0),
        note: note.0.map(|note| note.0),
    }
}

/// Saves a change as a new version, and has every process go by it.
async fn change(
    context: &TenantContext,
    by: Authorship,
    change: impl FnOnce(&ConfigVersion, &mut SearchConfig) -> Result<(), ApiError>,
) -> Result<Edited, ApiError> {
    let edited = edit(&configs(context), by, change).await?;
    context.app.search.configs().changed().await;
    Ok(edited)
}

/// A version by its number, if it can be put in force: of one that a newer Souk has saved, nothing would be.
async fn understood(context: &TenantContext, number: i64) -> Result<(), ApiError> {
    let version = configs(context).version(number).await?;
    let not_understood = |_| {
        let message = "was saved by a newer Souk, which this one does not understand";
        ApiError::Conflict(InvalidField::new("version", message))
    };
    read(&version).map(drop).map_err(not_understood)
}

/// The live configuration, as the database has it.
async fn live(context: &TenantContext) -> Result<Edited, ApiError> {
    let version = configs(context).active_versions().await?.live;
    let config = read(&version).map_err(ApiError::internal)?;
    Ok(Edited { version, config })
}
