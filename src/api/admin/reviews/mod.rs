//! Reviews of products.

mod moderation;
pub mod request;
pub mod response;

pub use moderation::AdminModerationApi;

use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};
use souk_domain::{ProductId, ReviewId};
use souk_identity::needed::{ReviewsModerate, ReviewsRead};
use souk_store::Reviews;

use self::{
    request::ReviewBody,
    response::{AdminReview, AdminReviews},
};
use super::DEFAULT_LIMIT;
use crate::{
    api::{
        Tag,
        answers::answers,
        params::{PerPage, RowId},
    },
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};

answers! {
    /// Answers of `adminListReviews`.
    ReviewsAnswer {
        200 "A page of reviews, newest first." => Page(JsonResponse<AdminReviews>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminCreateReview`.
    CreatedAnswer {
        201 "It was made and published, and the product's rating goes with it." => Created(JsonResponse<AdminReview>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `adminDeleteReview`.
    DeletedAnswer {
        204 "It is gone." => Deleted,
    } or BadRequest, Unauthorized, NotFound
}

/// Operations on reviews.
pub struct AdminReviewsApi;

#[OpenApi(prefix_path = "/api/admin", tag = "Tag::Admin")]
impl AdminReviewsApi {
    /// List a product's reviews
    ///
    /// Those in any state.
    #[oai(
        path = "/products/:id/reviews",
        method = "get",
        operation_id = "adminListReviews"
    )]
    async fn list(
        &self,
        _may: Allowed<ReviewsRead>,
        context: TenantContext,
        /// The product's id.
        id: Path<RowId>,
        /// `next_before` of the page before.
        before: Query<Option<RowId>>,
        /// Items per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<ReviewsAnswer, ApiError> {
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let before = before.0.map(|before| ReviewId(before.0));
        let records = reviews(&context)
            .list(ProductId(id.0.0), before, limit)
            .await?;
        Ok(ReviewsAnswer::Page(JsonResponse(AdminReviews::new(
            records, limit,
        ))))
    }

    /// Add a review to a product
    ///
    /// One that was collected elsewhere: it is published, and nobody has proven the purchase.
    #[oai(
        path = "/products/:id/reviews",
        method = "post",
        operation_id = "adminCreateReview"
    )]
    async fn create(
        &self,
        _may: Allowed<ReviewsModerate>,
        context: TenantContext,
        /// The product's id.
        id: Path<RowId>,
        body: JsonBody<ReviewBody>,
    ) -> Result<CreatedAnswer, ApiError> {
        let record = reviews(&context)
            .create(ProductId(id.0.0), body.0.into())
            .await?;
        Ok(CreatedAnswer::Created(JsonResponse(record.into())))
    }

    /// Delete a review
    #[oai(
        path = "/reviews/:id",
        method = "delete",
        operation_id = "adminDeleteReview"
    )]
    async fn delete(
        &self,
        _may: Allowed<ReviewsModerate>,
        context: TenantContext,
        /// The review's id.
        id: Path<RowId>,
    ) -> Result<DeletedAnswer, ApiError> {
        reviews(&context).delete(ReviewId(id.0.0)).await?;
        Ok(DeletedAnswer::Deleted)
    }
}

fn reviews(context: &TenantContext) -> Reviews {
    context.app.store.scope(context.tenant.id).reviews()
}
