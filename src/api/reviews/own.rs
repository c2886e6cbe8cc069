//! Reviews of an account.

use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};
use souk_domain::ReviewId;
use souk_store::Reviews;

use super::{
    MAX_BYTES,
    request::ReviewChangesBody,
    response::{OwnReview, OwnReviews, ReviewableProduct},
    sellers_of,
};
use crate::{
    api::{
        Tag,
        answers::answers,
        call::now_ms,
        params::{PerPage, RowId},
    },
    error::ApiError,
    http::{JsonBody, JsonResponse, SessionPrincipal, TenantContext},
};

/// Reviews on a page unless told otherwise.
const DEFAULT_LIMIT: u32 = 20;

answers! {
    /// Answers of `listOwnReviews`.
    OwnReviewsAnswer {
        200 "A page of them, the newest first, and what waits for one." => Page(JsonResponse<OwnReviews>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `changeReview`.
    ChangedReviewAnswer {
        200 "The review as it is now." => Review(JsonResponse<OwnReview>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `deleteReview`.
    DeletedReviewAnswer {
        204 "It is gone." => Deleted,
    } or BadRequest, Unauthorized, NotFound
}

/// Operations on reviews of one's own.
pub struct OwnReviewsApi;

#[OpenApi(prefix_path = "/api/account/reviews", tag = "Tag::Reviews")]
impl OwnReviewsApi {
    /// List one's reviews
    ///
    /// With the products that were bought and wait for one.
    #[oai(path = "/", method = "get", operation_id = "listOwnReviews")]
    async fn list(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        /// `next_before` of the page before.
        before: Query<Option<RowId>>,
        /// Reviews per page, default 20.
        per_page: Query<Option<PerPage>>,
    ) -> Result<OwnReviewsAnswer, ApiError> {
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let before = before.0.map(|id| ReviewId(id.0));
        let account = session.0.account.id;
        let reviews = reviews(&context);
        let records = reviews.of_account(account, before, limit).await?;
        let waiting = reviews
            .waiting_for(account, &sellers_of(&session.0))
            .await?;
        let is_full = records.len() as u64 == u64::from(limit);
        let last = records.last().map(|record| record.id);
        Ok(OwnReviewsAnswer::Page(JsonResponse(OwnReviews {
            reviews: records.into_iter().map(OwnReview::from).collect(),
            waiting: waiting.into_iter().map(ReviewableProduct::from).collect(),
            next_before: last.filter(|_| is_full),
        })))
    }

    /// Change one's review
    ///
    /// It waits for the marketplace again where reviews are moderated, and where it was rejected.
    #[oai(path = "/:id", method = "patch", operation_id = "changeReview")]
    async fn change(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        /// Id of the review.
        id: Path<RowId>,
        body: JsonBody<ReviewChangesBody, MAX_BYTES>,
    ) -> Result<ChangedReviewAnswer, ApiError> {
        let (account, id) = (session.0.account.id, ReviewId(id.0.0));
        let reviews = reviews(&context);
        let record = reviews.edit(account, id, body.0.into(), now_ms()).await?;
        Ok(ChangedReviewAnswer::Review(JsonResponse(record.into())))
    }

    /// Delete one's review
    #[oai(path = "/:id", method = "delete", operation_id = "deleteReview")]
    async fn delete(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        /// Id of the review.
        id: Path<RowId>,
    ) -> Result<DeletedReviewAnswer, ApiError> {
        let (account, id) = (session.0.account.id, ReviewId(id.0.0));
        reviews(&context).remove(account, id).await?;
        Ok(DeletedReviewAnswer::Deleted)
    }
}

fn reviews(context: &TenantContext) -> Reviews {
    context.app.store.scope(context.tenant.id).reviews()
}
