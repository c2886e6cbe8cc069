//! The search index: what there is, and jobs on it.

pub mod request;
pub mod response;

use std::time::Duration;

use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};
use souk_identity::needed::{IndexManage, IndexRead};
use souk_indexer::previous;
use souk_store::{IndexJob, IndexJobs, JobId, JobRequest, StoreError};

use self::{
    request::JobBody,
    response::{AdminIndex, AdminJob, AdminJobs, SearchStatus},
};
use super::{
    DEFAULT_LIMIT,
    job_events::{JobEvents, JobView, events},
};
use souk_telemetry::chain;

use crate::{
    api::{
        Tag,
        answers::answers,
        params::{PerPage, RowId},
    },
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};

/// Longest time to list the engine's indexes.
const LIST_TIMEOUT: Duration = Duration::from_secs(2);

answers! {
    /// Answers of `adminReindex` and `adminRollback`.
    AskedAnswer {
        202 "The job is queued; an indexer takes it up." => Queued(
            JsonResponse<AdminJob>,
            /// URL slug.
            #[oai(header = "Location")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType

    /// Answers of `adminListIndexJobs`.
    JobsAnswer {
        200 "A page of jobs, newest first." => Page(JsonResponse<AdminJobs>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminGetIndexJob`.
    JobAnswer {
        200 "The job." => Job(JsonResponse<AdminJob>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminWatchIndexJob`.
    EventsAnswer {
        200 "The job, as one event each time that it has changed." => Events(JobEvents<AdminJob>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminCancelIndexJob`.
    CancelledAnswer {
        202 "It was asked to stop, and does so soon." => Stopping(JsonResponse<AdminJob>),
    } or BadRequest, Unauthorized, NotFound, Conflict

    /// Answers of `adminSearchStatus`.
    StatusAnswer {
        200 "How search is." => Status(JsonResponse<SearchStatus>),
    } or BadRequest, Unauthorized, NotFound
}

/// Operations on the search index.
pub struct AdminIndexApi;

#[OpenApi(prefix_path = "/api/admin/search", tag = "Tag::Admin")]
impl AdminIndexApi {
    /// Rebuild the index
    ///
    /// Search goes on meanwhile, on the index that is served, and no change is lost: the new index takes its place when
    /// it holds everything. The one before is kept for going back to.
    #[oai(path = "/reindex", method = "post", operation_id = "adminReindex")]
    async fn reindex(
        &self,
        _may: Allowed<IndexManage>,
        context: TenantContext,
        body: JsonBody<JobBody>,
    ) -> Result<AskedAnswer, ApiError> {
        let job = jobs(&context)
            .request(JobRequest::Reindex, body.0.supersede)
            .await?;
        Ok(queued(job))
    }

    /// Go back to the index before
    ///
    /// It is served at once, and then brought up to date with what has changed since.
    #[oai(path = "/rollback", method = "post", operation_id = "adminRollback")]
    async fn rollback(
        &self,
        _may: Allowed<IndexManage>,
        context: TenantContext,
        body: JsonBody<JobBody>,
    ) -> Result<AskedAnswer, ApiError> {
        let indexes = context.app.index.indexes(context.tenant.id).await?;
        let generation = previous(&indexes)
            .ok_or(ApiError::NotFound("earlier index"))?
            .0;
        let job = jobs(&context)
            .request(JobRequest::Rollback { generation }, body.0.supersede)
            .await?;
        Ok(queued(job))
    }

    /// List jobs
    #[oai(path = "/jobs", method = "get", operation_id = "adminListIndexJobs")]
    async fn list(
        &self,
        _may: Allowed<IndexRead>,
        context: TenantContext,
        /// `next_before` of the page before.
        before: Query<Option<RowId>>,
        /// Items per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<JobsAnswer, ApiError> {
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let before = before.0.map(|before| JobId(before.0));
        let page = jobs(&context).list(before, limit).await?;
        Ok(JobsAnswer::Page(JsonResponse(AdminJobs::new(page, limit))))
    }

    /// Get a job
    #[oai(path = "/jobs/:id", method = "get", operation_id = "adminGetIndexJob")]
    async fn get(
        &self,
        _may: Allowed<IndexRead>,
        context: TenantContext,
        /// The job's id.
        id: Path<RowId>,
    ) -> Result<JobAnswer, ApiError> {
        let job = jobs(&context).get(JobId(id.0.0)).await?;
        Ok(JobAnswer::Job(JsonResponse(job.into())))
    }

    /// Watch a job
    ///
    /// Server-sent events: the job as it is, then again each time that it has changed, until it has ended. Whoever is
    /// cut off asks again and misses nothing that matters.
    #[oai(
        path = "/jobs/:id/events",
        method = "get",
        operation_id = "adminWatchIndexJob"
    )]
    async fn watch(
        &self,
        _may: Allowed<IndexRead>,
        context: TenantContext,
        /// The job's id.
        id: Path<RowId>,
    ) -> Result<EventsAnswer, ApiError> {
        let (jobs, id) = (jobs(&context), JobId(id.0.0));
        jobs.get(id).await?;
        let shutdown = context.app.shutdown.clone();
        let load = move || {
            let jobs = jobs.clone();
            async move {
                let job = jobs.get(id).await?;
                Ok::<_, StoreError>(JobView {
                    ended: job.state.is_final(),
                    job: AdminJob::from(job),
                })
            }
        };
        Ok(EventsAnswer::Events(events(load, shutdown)))
    }

    /// Stop a job
    ///
    /// What is served stays served. A job that is just putting its index in place ends by itself instead.
    #[oai(
        path = "/jobs/:id/cancel",
        method = "post",
        operation_id = "adminCancelIndexJob"
    )]
    async fn cancel(
        &self,
        _may: Allowed<IndexManage>,
        context: TenantContext,
        /// The job's id.
        id: Path<RowId>,
    ) -> Result<CancelledAnswer, ApiError> {
        let job = jobs(&context).cancel(JobId(id.0.0)).await?;
        Ok(CancelledAnswer::Stopping(JsonResponse(job.into())))
    }

    /// Show the state of search
    ///
    /// The indexes, what waits to be indexed, and the job that runs.
    #[oai(path = "/status", method = "get", operation_id = "adminSearchStatus")]
    async fn status(
        &self,
        _may: Allowed<IndexRead>,
        context: TenantContext,
    ) -> Result<StatusAnswer, ApiError> {
        Ok(StatusAnswer::Status(JsonResponse(status(&context).await?)))
    }
}

/// State of search.
pub(crate) async fn status(context: &TenantContext) -> Result<SearchStatus, ApiError> {
    let waiting = context.app.store.scope(context.tenant.id).outbox_backlog();
    Ok(SearchStatus {
        engine: context.app.search.gateway().engine().into(),
        breaker: context.app.search.gateway().breaker().into(),
        outbox: waiting.stats().await?.into(),
        job: jobs(context).active().await?.map(AdminJob::from),
        indexes: indexes(context).await,
    })
}

fn jobs(context: &TenantContext) -> IndexJobs {
    context.app.store.scope(context.tenant.id).index_jobs()
}

fn queued(job: IndexJob) -> AskedAnswer {
    let location = format!("/api/admin/search/jobs/{}", job.id);
    AskedAnswer::Queued(JsonResponse(job.into()), location)
}

/// None if the engine cannot be asked: the rest of the status is worth having then.
async fn indexes(context: &TenantContext) -> Option<Vec<AdminIndex>> {
    let listing = context.app.index.indexes(context.tenant.id);
    match tokio::time::timeout(LIST_TIMEOUT, listing).await {
        Ok(Ok(found)) => Some(found.into_iter().map(AdminIndex::from).collect()),
        Ok(Err(error)) => {
            tracing::debug!(
                error = chain(&error),
                "the engine does not tell its indexes"
            );
            None
        }
        Err(_) => None,
    }
}
