//! Changes that the index has refused too often.

pub mod response;

use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};
use souk_identity::needed::{IndexManage, IndexRead};
use souk_store::{DeadLetterId, DeadLetters};

use self::response::{AdminDeadLetters, Retried};
use super::DEFAULT_LIMIT;
use crate::{
    api::{
        Tag,
        answers::answers,
        params::{PerPage, RowId},
    },
    error::ApiError,
    http::{Allowed, JsonResponse, TenantContext},
};

answers! {
    /// Answers of `adminListDeadLetters`.
    LettersAnswer {
        200 "A page of dead letters, oldest first." => Page(JsonResponse<AdminDeadLetters>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminRetryDeadLetter` and `adminRetryDeadLetters`.
    RetriedAnswer {
        202 "They wait to be indexed again." => Retried(JsonResponse<Retried>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminDropDeadLetter`.
    DroppedAnswer {
        204 "It is forgotten." => Dropped,
    } or BadRequest, Unauthorized, NotFound
}

/// Operations on dead letters.
pub struct AdminDeadLettersApi;

#[OpenApi(prefix_path = "/api/admin/search/dead-letters", tag = "Tag::Admin")]
impl AdminDeadLettersApi {
    /// List dead letters
    #[oai(path = "/", method = "get", operation_id = "adminListDeadLetters")]
    async fn list(
        &self,
        _may: Allowed<IndexRead>,
        context: TenantContext,
        /// `next_after` of the page before.
        after: Query<Option<RowId>>,
        /// Items per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<LettersAnswer, ApiError> {
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let after = after.0.map(|after| DeadLetterId(after.0));
        let page = letters(&context).list(after, limit).await?;
        Ok(LettersAnswer::Page(JsonResponse(AdminDeadLetters::new(
            page, limit,
        ))))
    }

    /// Try a dead letter again
    #[oai(
        path = "/:id/retry",
        method = "post",
        operation_id = "adminRetryDeadLetter"
    )]
    async fn retry(
        &self,
        _may: Allowed<IndexManage>,
        context: TenantContext,
        /// The dead letter's id.
        id: Path<RowId>,
    ) -> Result<RetriedAnswer, ApiError> {
        let retried = letters(&context).retry(&[DeadLetterId(id.0.0)]).await?;
        if retried == 0 {
            return Err(ApiError::NotFound("dead letter"));
        }
        Ok(RetriedAnswer::Retried(JsonResponse(Retried { retried })))
    }

    /// Try all dead letters again
    #[oai(
        path = "/retry",
        method = "post",
        operation_id = "adminRetryDeadLetters"
    )]
    async fn retry_all(
        &self,
        _may: Allowed<IndexManage>,
        context: TenantContext,
    ) -> Result<RetriedAnswer, ApiError> {
        let retried = letters(&context).retry_all().await?;
        Ok(RetriedAnswer::Retried(JsonResponse(Retried { retried })))
    }

    /// Forget a dead letter
    ///
    /// What it tells of stays in the index as it is there.
    #[oai(path = "/:id", method = "delete", operation_id = "adminDropDeadLetter")]
    async fn forget(
        &self,
        _may: Allowed<IndexManage>,
        context: TenantContext,
        /// The dead letter's id.
        id: Path<RowId>,
    ) -> Result<DroppedAnswer, ApiError> {
        match letters(&context).drop(&[DeadLetterId(id.0.0)]).await? {
            0 => Err(ApiError::NotFound("dead letter")),
            _ => Ok(DroppedAnswer::Dropped),
        }
    }
}

fn letters(context: &TenantContext) -> DeadLetters {
    context.app.store.scope(context.tenant.id).dead_letters()
}
