//! A configuration as a whole, and its settings.

use poem_openapi::{
    OpenApi,
    param::{Header, Query},
};
use souk_identity::needed::{MerchandisingRead, MerchandisingWrite};
use souk_search::SearchSettings;
use souk_store::etag;

use super::{
    authorship, change, live,
    response::SettingsView,
    schema::{ConfigBody, SettingsBody},
};
use crate::{
    api::{
        Tag,
        admin::required_state,
        answers::answers,
        params::{ActorName, NoteText},
    },
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};

answers! {
    /// Answers of `adminGetSearchConfig`.
    ConfigAnswer {
        200 "All of it, as `adminReplaceSearchConfig` takes it." => Config(
            JsonResponse<ConfigBody>,
            /// ETag; send it as `If-Match` with a change.
            #[oai(header = "ETag")] String,
            /// The live version's number; 0 if nothing was ever saved.
            #[oai(header = "X-Config-Version")] i64,
        ),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminReplaceSearchConfig`.
    ReplacedAnswer {
        200 "It is in force, or already was." => Replaced(
            JsonResponse<ConfigBody>,
            /// New ETag.
            #[oai(header = "ETag")] String,
            /// Version number.
            #[oai(header = "X-Config-Version")] i64,
        ),
    } or BadRequest, Unauthorized, NotFound, PreconditionFailed, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField,
        PreconditionRequired

    /// Answers of `adminGetSearchSettings`.
    SettingsAnswer {
        200 "The settings." => Settings(
            JsonResponse<SettingsView>,
            /// ETag; send it as `If-Match` with a change.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminReplaceSearchSettings`.
    SettingsReplacedAnswer {
        200 "They are in force, or already were." => Replaced(
            JsonResponse<SettingsView>,
            /// New ETag.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, PreconditionFailed, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField,
        PreconditionRequired
}

/// Operations on the whole of a configuration.
pub struct AdminSearchConfigApi;

#[OpenApi(prefix_path = "/api/admin/search", tag = "Tag::Merchandising")]
impl AdminSearchConfigApi {
    /// Show all that is configured of search
    ///
    /// Also its export: the answer can be sent to another marketplace as it is.
    #[oai(
        path = "/config",
        method = "get",
        operation_id = "adminGetSearchConfig"
    )]
    async fn config(
        &self,
        _may: Allowed<MerchandisingRead>,
        context: TenantContext,
    ) -> Result<ConfigAnswer, ApiError> {
        let live = live(&context).await?;
        let (state, number) = (live.version.etag(), live.version.number);
        Ok(ConfigAnswer::Config(
            JsonResponse(live.config.into()),
            state,
            number,
        ))
    }

    /// Replace all that is configured of search
    ///
    /// Also its import. What is left out is as by default, and items without an id get one.
    #[oai(
        path = "/config",
        method = "put",
        operation_id = "adminReplaceSearchConfig"
    )]
    async fn replace_config(
        &self,
        _may: Allowed<MerchandisingWrite>,
        context: TenantContext,
        /// The `ETag` it had when you read it; `*` overwrites whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        /// Author, for the change log.
        #[oai(name = "X-Actor")]
        actor: Header<Option<ActorName>>,
        /// Reason, for the change log.
        note: Query<Option<NoteText>>,
        body: JsonBody<ConfigBody>,
    ) -> Result<ReplacedAnswer, ApiError> {
        let state = required_state(if_match)?;
        let edited = change(&context, authorship(actor, note), |live, config| {
            etag::check(Some(&state), &live.etag())?;
            *config = body.0.content;
            Ok(())
        })
        .await?;
        let (state, number) = (edited.version.etag(), edited.version.number);
        Ok(ReplacedAnswer::Replaced(
            JsonResponse(edited.config.into()),
            state,
            number,
        ))
    }

    /// Show the settings of search
    #[oai(
        path = "/settings",
        method = "get",
        operation_id = "adminGetSearchSettings"
    )]
    async fn settings(
        &self,
        _may: Allowed<MerchandisingRead>,
        context: TenantContext,
    ) -> Result<SettingsAnswer, ApiError> {
        let (view, state) = active_config(live(&context).await?.config.settings);
        Ok(SettingsAnswer::Settings(view, state))
    }

    /// Replace the settings of search
    ///
    /// What is left out is as by default.
    #[oai(
        path = "/settings",
        method = "put",
        operation_id = "adminReplaceSearchSettings"
    )]
    async fn replace_settings(
        &self,
        _may: Allowed<MerchandisingWrite>,
        context: TenantContext,
        /// The `ETag` they had when you read them; `*` overwrites whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        /// Author, for the change log.
        #[oai(name = "X-Actor")]
        actor: Header<Option<ActorName>>,
        /// Reason, for the change log.
        note: Query<Option<NoteText>>,
        body: JsonBody<SettingsBody>,
    ) -> Result<SettingsReplacedAnswer, ApiError> {
        let state = required_state(if_match)?;
        let settings = body
            .0
            .content
            .validated()
            .map_err(ApiError::Unprocessable)?;
        change(&context, authorship(actor, note), |_, config| {
            etag::check(Some(&state), &etag::of(&config.settings))?;
            config.settings = settings;
            Ok(())
        })
        .await?;
        let (view, state) = active_config(settings);
        Ok(SettingsReplacedAnswer::Replaced(view, state))
    }
}

fn active_config(settings: SearchSettings) -> (JsonResponse<SettingsView>, String) {
    let state = etag::of(&settings);
    let view = SettingsView {
        settings: settings.into(),
        needs_reindex: false,
    };
    (JsonResponse(view), state)
}
