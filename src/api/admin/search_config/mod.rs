//! What the shop's people say of search: synonyms, stop words, redirects, rules and settings, version by version.

pub mod experiment;
pub mod items;
pub mod mined;
pub mod preview;
pub mod shapes;
pub mod stop_words;
pub mod versions;
pub mod views;
pub mod whole;

use poem_openapi::param::{Header, Query};
use souk_domain::InvalidField;
use souk_search::merchandising::{
    SearchConfig,
    config::{Redirect, Rule, Synonyms},
};
use souk_search_service::{Edited, edit, read};
use souk_store::{Authorship, ConfigVersion, SearchConfigs};

use self::{
    experiment::AdminSearchExperimentApi,
    items::{AdminRedirectsApi, AdminRulesApi, AdminSynonymsApi},
    mined::AdminSynonymSuggestionsApi,
    preview::AdminSearchPreviewApi,
    shapes::{RedirectShape, RuleShape, SearchConfigShape, SynonymsShape},
    stop_words::AdminStopWordsApi,
    versions::AdminSearchVersionsApi,
    whole::AdminSearchConfigApi,
};
use crate::{
    api::{
        Described,
        params::{ActorName, NoteText},
    },
    error::ApiError,
    http::TenantContext,
};

/// All operations.
pub type Api = (
    AdminSearchConfigApi,
    AdminSynonymsApi,
    AdminSynonymSuggestionsApi,
    AdminStopWordsApi,
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
        AdminRedirectsApi,
        AdminRulesApi,
        AdminSearchVersionsApi,
        AdminSearchPreviewApi,
        AdminSearchExperimentApi,
    )
}

/// A whole configuration on the wire.
type ConfigBody = Described<SearchConfigShape, SearchConfig>;
/// A group of synonyms on the wire.
type SynonymsBody = Described<SynonymsShape, Synonyms>;
/// A redirect on the wire.
type RedirectBody = Described<RedirectShape, Redirect>;
/// A rule on the wire.
type RuleBody = Described<RuleShape, Rule>;

fn configs(market: &TenantContext) -> SearchConfigs {
    market.app.store.scope(market.tenant.id).search_configs()
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
    market: &TenantContext,
    by: Authorship,
    change: impl FnOnce(&ConfigVersion, &mut SearchConfig) -> Result<(), ApiError>,
) -> Result<Edited, ApiError> {
    let edited = edit(&configs(market), by, change).await?;
    market.app.search.configs().changed().await;
    Ok(edited)
}

/// A version by its number, if it can be put in force: of one that a newer Souk has saved, nothing would be.
async fn understood(market: &TenantContext, number: i64) -> Result<(), ApiError> {
    let version = configs(market).version(number).await?;
    let not_understood = |_| {
        let message = "was saved by a newer Souk, which this one does not understand";
        ApiError::Conflict(InvalidField::new("version", message))
    };
    read(&version).map(drop).map_err(not_understood)
}

/// The live configuration, as the database has it.
async fn live(market: &TenantContext) -> Result<Edited, ApiError> {
    let version = configs(market).active_versions().await?.live;
    let config = read(&version).map_err(ApiError::internal)?;
    Ok(Edited { version, config })
}
