//! An experiment: some sessions are given another version than the live one.

use poem_openapi::{OpenApi, param::Header};
use souk_domain::InvalidField;

use super::{configs, request::ExperimentBody, response::ExperimentView, understood};
use crate::{
    api::{Tag, answers::answers, params::ActorName},
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};
use souk_identity::needed::{MerchandisingRead, MerchandisingWrite};

answers! {
    /// Answers of `adminGetSearchExperiment`.
    ExperimentAnswer {
        200 "The experiment." => Experiment(JsonResponse<ExperimentView>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminStartSearchExperiment`.
    StartedAnswer {
        200 "It runs, in place of the one before." => Started(JsonResponse<ExperimentView>),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `adminEndSearchExperiment`.
    EndedAnswer {
        204 "Everybody is given the live version again." => Ended,
    } or BadRequest, Unauthorized, NotFound
}

/// Operations on the experiment.
pub struct AdminSearchExperimentApi;

#[OpenApi(
    prefix_path = "/api/admin/search/experiment",
    tag = "Tag::Merchandising"
)]
impl AdminSearchExperimentApi {
    /// Show the experiment
    #[oai(path = "/", method = "get", operation_id = "adminGetSearchExperiment")]
    async fn get(
        &self,
        _may: Allowed<MerchandisingRead>,
        context: TenantContext,
    ) -> Result<ExperimentAnswer, ApiError> {
        let active_config = configs(&context).active_versions().await?;
        let experiment = active_config
            .experiment
            .ok_or(ApiError::NotFound("experiment"))?;
        Ok(ExperimentAnswer::Experiment(JsonResponse(ExperimentView {
            live: active_config.live.number,
            version: experiment.candidate.number,
            share: experiment.share,
        })))
    }

    /// Start an experiment
    ///
    /// A share of the sessions, told apart by `X-Visitor-Id`, is given another version than the live one. A session keeps
    /// its version until midnight, in UTC. Each answer says in `settings_version` which it goes by. It ends when its version is put in force.
    #[oai(
        path = "/",
        method = "put",
        operation_id = "adminStartSearchExperiment"
    )]
    async fn start(
        &self,
        _may: Allowed<MerchandisingWrite>,
        context: TenantContext,
        /// Author, for the change log.
        #[oai(name = "X-Actor")]
        actor: Header<Option<ActorName>>,
        body: JsonBody<ExperimentBody>,
    ) -> Result<StartedAnswer, ApiError> {
        let ExperimentBody { version, share } = body.0;
        if !(1..=99).contains(&share) {
            let error = InvalidField::new("share", "is a whole number from 1 to 99");
            return Err(ApiError::Unprocessable(error));
        }
        let actor = actor.0.map(|actor| actor.0);
        understood(&context, version).await?;
        let active_config = configs(&context)
            .start_experiment(version, share, actor)
            .await?;
        context.app.search.configs().changed().await;
        Ok(StartedAnswer::Started(JsonResponse(ExperimentView {
            live: active_config.live.number,
            version,
            share,
        })))
    }

    /// End the experiment
    #[oai(
        path = "/",
        method = "delete",
        operation_id = "adminEndSearchExperiment"
    )]
    async fn end(
        &self,
        _may: Allowed<MerchandisingWrite>,
        context: TenantContext,
        /// Author, for the change log.
        #[oai(name = "X-Actor")]
        actor: Header<Option<ActorName>>,
    ) -> Result<EndedAnswer, ApiError> {
        let actor = actor.0.map(|actor| actor.0);
        configs(&context).end_experiment(actor).await?;
        context.app.search.configs().changed().await;
        Ok(EndedAnswer::Ended)
    }
}
