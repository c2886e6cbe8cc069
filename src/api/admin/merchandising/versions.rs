//! Versions of the configuration, and who put them in force.

use poem_openapi::{
    OpenApi,
    param::{Header, Path, Query},
};
use souk_identity::needed::{MerchandisingRead, MerchandisingWrite};
use souk_search_service::read;
use souk_store::ConfigVersionSummary;

use super::{
    configs,
    response::{EventView, EventsPage, VersionContent, VersionView, VersionsPage},
    understood,
};
use crate::{
    api::{
        Tag,
        admin::{DEFAULT_LIMIT, next_id, required_state},
        answers::answers,
        params::{ActorName, PerPage, RowId},
    },
    error::ApiError,
    http::{Allowed, JsonResponse, TenantContext},
};

answers! {
    /// Answers of `adminListSearchVersions`.
    VersionsAnswer {
        200 "A page of them, newest first." => Page(JsonResponse<VersionsPage>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminGetSearchVersion`.
    VersionAnswer {
        200 "The version and what it says." => Version(JsonResponse<VersionContent>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminActivateSearchVersion`.
    ActivatedAnswer {
        200 "It is in force." => Activated(
            JsonResponse<VersionView>,
            /// The configuration's new state.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, PreconditionFailed, PreconditionRequired

    /// Answers of `adminListSearchEvents`.
    EventsAnswer {
        200 "A page of what was done, newest first." => Page(JsonResponse<EventsPage>),
    } or BadRequest, Unauthorized, NotFound
}

/// Operations on versions.
pub struct AdminSearchVersionsApi;

#[OpenApi(prefix_path = "/api/admin/search", tag = "Tag::Merchandising")]
impl AdminSearchVersionsApi {
    /// List versions
    ///
    /// Every change is a version of the whole configuration, which is never changed itself. The newest 200 are kept, and
    /// those that are live, were live before the last change, or are tried in an experiment.
    #[oai(
        path = "/versions",
        method = "get",
        operation_id = "adminListSearchVersions"
    )]
    async fn list(
        &self,
        _may: Allowed<MerchandisingRead>,
        context: TenantContext,
        /// `next_before` of the page before.
        before: Query<Option<RowId>>,
        /// Items per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<VersionsAnswer, ApiError> {
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let before = before.0.map(|before| before.0);
        let configs = configs(&context);
        let versions = configs.versions(before, limit).await?;
        Ok(VersionsAnswer::Page(JsonResponse(VersionsPage {
            live: configs.live_number().await?,
            next_before: next_id(&versions, limit, |version| version.number),
            versions: versions.into_iter().map(VersionView::from).collect(),
        })))
    }

    /// Show a version
    #[oai(
        path = "/versions/:number",
        method = "get",
        operation_id = "adminGetSearchVersion"
    )]
    async fn get(
        &self,
        _may: Allowed<MerchandisingRead>,
        context: TenantContext,
        /// The version's number.
        number: Path<RowId>,
    ) -> Result<VersionAnswer, ApiError> {
        let version = configs(&context).version(number.0.0).await?;
        let config = read(&version).map_err(ApiError::internal)?;
        Ok(VersionAnswer::Version(JsonResponse(VersionContent {
            version: ConfigVersionSummary::from(version).into(),
            config: config.into(),
        })))
    }

    /// Put a version in force again
    ///
    /// The version that was live stays in the list, as long as it is among those that are kept.
    #[oai(
        path = "/versions/:number/activate",
        method = "post",
        operation_id = "adminActivateSearchVersion"
    )]
    async fn activate(
        &self,
        _may: Allowed<MerchandisingWrite>,
        context: TenantContext,
        /// The version's number.
        number: Path<RowId>,
        /// The `ETag` of `adminGetSearchConfig`; `*` whatever is live. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        /// Author, for the change log.
        #[oai(name = "X-Actor")]
        actor: Header<Option<ActorName>>,
    ) -> Result<ActivatedAnswer, ApiError> {
        let state = required_state(if_match)?;
        let actor = actor.0.map(|actor| actor.0);
        understood(&context, number.0.0).await?;
        let version = configs(&context)
            .activate(number.0.0, Some(&state), actor)
            .await?;
        context.app.search.configs().changed().await;
        let state = version.etag();
        let version = ConfigVersionSummary::from(version);
        Ok(ActivatedAnswer::Activated(
            JsonResponse(version.into()),
            state,
        ))
    }

    /// List who put what in force
    ///
    /// The newest 10,000 events, also of versions that are kept no more.
    #[oai(
        path = "/events",
        method = "get",
        operation_id = "adminListSearchEvents"
    )]
    async fn events(
        &self,
        _may: Allowed<MerchandisingRead>,
        context: TenantContext,
        /// `next_before` of the page before.
        before: Query<Option<RowId>>,
        /// Items per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<EventsAnswer, ApiError> {
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let before = before.0.map(|before| before.0);
        let events = configs(&context).events(before, limit).await?;
        Ok(EventsAnswer::Page(JsonResponse(EventsPage {
            next_before: next_id(&events, limit, |event| event.id),
            events: events.into_iter().map(EventView::from).collect(),
        })))
    }
}
