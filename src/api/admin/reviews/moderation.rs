//! Decisions on reviews, answers to them, and whether they wait for a decision.

use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
};
use serde::{Deserialize, Serialize};
use souk_domain::{ReviewId, reviews::ReviewStatus};
use souk_identity::needed::{ReviewsModerate, ReviewsRead};

use super::{
    request::{ReviewAnswerBody, ReviewRejectionBody},
    response::{AdminReview, AdminReviews},
    reviews,
};
use crate::{
    api::{
        Tag,
        admin::DEFAULT_LIMIT,
        answers::answers,
        call::now_ms,
        params::{PerPage, ReviewState, RowId},
    },
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};

/// Most bytes of a body.
const MAX_BYTES: usize = 64 * 1024;

/// Settings of reviews.
#[derive(Debug, Object, Serialize, Deserialize)]
pub struct ReviewSettings {
    /// True if new and changed reviews wait for staff to publish them. Those that are there stay as they are.
    pub moderated: bool,
}

answers! {
    /// Answers of `adminListReviewsInStatus`.
    ReviewQueueAnswer {
        200 "A page of reviews, newest first." => Page(JsonResponse<AdminReviews>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminPublishReview`.
    PublishedAnswer {
        200 "The review as it is now." => Review(JsonResponse<AdminReview>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminRejectReview` and `adminAnswerReview`.
    ReviewDecisionAnswer {
        200 "The review as it is now." => Review(JsonResponse<AdminReview>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `adminRemoveReviewAnswer`.
    AnswerRemovedAnswer {
        204 "It is gone." => Removed,
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminGetReviewSettings`.
    ReviewSettingsAnswer {
        200 "The settings." => Settings(JsonResponse<ReviewSettings>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminUpdateReviewSettings`.
    ReviewSettingsUpdatedAnswer {
        200 "The settings as they are now." => Settings(JsonResponse<ReviewSettings>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Operations of moderation.
pub struct AdminModerationApi;

#[OpenApi(prefix_path = "/api/admin", tag = "Tag::Admin")]
impl AdminModerationApi {
    /// List reviews of all products
    ///
    /// Those that wait for a decision, unless `status` says otherwise.
    #[oai(
        path = "/reviews",
        method = "get",
        operation_id = "adminListReviewsInStatus"
    )]
    async fn queue(
        &self,
        _may: Allowed<ReviewsRead>,
        context: TenantContext,
        /// State of the reviews, default `pending`.
        status: Query<Option<ReviewState>>,
        /// `next_before` of the page before.
        before: Query<Option<RowId>>,
        /// Items per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<ReviewQueueAnswer, ApiError> {
        let status = status.0.map_or(ReviewStatus::Pending, |status| status.0);
        let before = before.0.map(|before| ReviewId(before.0));
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let records = reviews(&context).in_status(status, before, limit).await?;
        Ok(ReviewQueueAnswer::Page(JsonResponse(AdminReviews::new(
            records, limit,
        ))))
    }

    /// Publish a review
    ///
    /// Shoppers see it, and the product's rating counts it.
    #[oai(
        path = "/reviews/:id/publish",
        method = "post",
        operation_id = "adminPublishReview"
    )]
    async fn publish(
        &self,
        may: Allowed<ReviewsModerate>,
        context: TenantContext,
        /// The review's id.
        id: Path<RowId>,
    ) -> Result<PublishedAnswer, ApiError> {
        let by = (&*may.principal.to_string(), now_ms());
        let record = reviews(&context).publish(ReviewId(id.0.0), by).await?;
        Ok(PublishedAnswer::Review(JsonResponse(record.into())))
    }

    /// Reject a review
    ///
    /// Shoppers do not see it, and no rating counts it. Its author sees the reason, and may change it.
    #[oai(
        path = "/reviews/:id/reject",
        method = "post",
        operation_id = "adminRejectReview"
    )]
    async fn reject(
        &self,
        may: Allowed<ReviewsModerate>,
        context: TenantContext,
        /// The review's id.
        id: Path<RowId>,
        body: JsonBody<ReviewRejectionBody, MAX_BYTES>,
    ) -> Result<ReviewDecisionAnswer, ApiError> {
        let by = (&*may.principal.to_string(), now_ms());
        let (id, reason) = (ReviewId(id.0.0), body.0.reason);
        let record = reviews(&context).reject(id, &reason, by).await?;
        Ok(ReviewDecisionAnswer::Review(JsonResponse(record.into())))
    }

    /// Answer a review
    ///
    /// For the seller, in place of an answer that is there.
    #[oai(
        path = "/reviews/:id/answer",
        method = "put",
        operation_id = "adminAnswerReview"
    )]
    async fn answer(
        &self,
        may: Allowed<ReviewsModerate>,
        context: TenantContext,
        /// The review's id.
        id: Path<RowId>,
        body: JsonBody<ReviewAnswerBody, MAX_BYTES>,
    ) -> Result<ReviewDecisionAnswer, ApiError> {
        let by = (&*may.principal.to_string(), now_ms());
        let (id, text) = (ReviewId(id.0.0), body.0.text);
        let record = reviews(&context).answer(id, &text, by).await?;
        Ok(ReviewDecisionAnswer::Review(JsonResponse(record.into())))
    }

    /// Take the answer to a review away
    #[oai(
        path = "/reviews/:id/answer",
        method = "delete",
        operation_id = "adminRemoveReviewAnswer"
    )]
    async fn remove_answer(
        &self,
        _may: Allowed<ReviewsModerate>,
        context: TenantContext,
        /// The review's id.
        id: Path<RowId>,
    ) -> Result<AnswerRemovedAnswer, ApiError> {
        reviews(&context).remove_answer(ReviewId(id.0.0)).await?;
        Ok(AnswerRemovedAnswer::Removed)
    }

    /// Show the settings of reviews
    #[oai(
        path = "/review-settings",
        method = "get",
        operation_id = "adminGetReviewSettings"
    )]
    async fn settings(
        &self,
        _may: Allowed<ReviewsRead>,
        context: TenantContext,
    ) -> Result<ReviewSettingsAnswer, ApiError> {
        let moderated = reviews(&context).are_moderated().await?;
        Ok(ReviewSettingsAnswer::Settings(JsonResponse(
            ReviewSettings { moderated },
        )))
    }

    /// Change the settings of reviews
    #[oai(
        path = "/review-settings",
        method = "put",
        operation_id = "adminUpdateReviewSettings"
    )]
    async fn update_settings(
        &self,
        _may: Allowed<ReviewsModerate>,
        context: TenantContext,
        body: JsonBody<ReviewSettings, MAX_BYTES>,
    ) -> Result<ReviewSettingsUpdatedAnswer, ApiError> {
        let moderated = body.0.moderated;
        reviews(&context).set_moderated(moderated, now_ms()).await?;
        Ok(ReviewSettingsUpdatedAnswer::Settings(JsonResponse(body.0)))
    }
}
