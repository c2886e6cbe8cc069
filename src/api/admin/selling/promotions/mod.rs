//! Promotions.

pub mod body;

use poem_openapi::{
    OpenApi,
    param::{Header, Path},
};
use souk_domain::ordering::Promotion;
use souk_identity::needed::{SellingRead, SellingWrite};

use self::body::{AdminPromotions, PromotionBody, PromotionView};
use super::terms::Names;
use crate::{
    api::{Tag, admin::required_state, answers::answers, call::now_ms, params::RowId},
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};

answers! {
    /// Answers of `adminListPromotions`.
    PromotionListAnswer {
        200 "All of them, by id." => All(JsonResponse<AdminPromotions>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminGetPromotion`.
    PromotionAnswer {
        200 "The promotion." => One(
            JsonResponse<PromotionView>,
            /// ETag; send it as `If-Match` with a change.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminCreatePromotion`.
    PromotionCreatedAnswer {
        201 "It was made." => Created(
            JsonResponse<PromotionView>,
            /// ETag.
            #[oai(header = "ETag")] String,
            /// URL of the promotion.
            #[oai(header = "Location")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `adminUpdatePromotion`.
    PromotionUpdatedAnswer {
        200 "It was changed." => Updated(
            JsonResponse<PromotionView>,
            /// New ETag.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, PreconditionFailed, RequestTimeout, TooLarge, UnsupportedMediaType,
        InvalidField, PreconditionRequired

    /// Answers of `adminDeletePromotion`.
    PromotionDeletedAnswer {
        204 "It is gone." => Deleted,
    } or BadRequest, Unauthorized, NotFound, PreconditionFailed, PreconditionRequired
}

/// Operations on promotions.
pub struct AdminPromotionsApi;

#[OpenApi(prefix_path = "/api/admin/promotions", tag = "Tag::Admin")]
impl AdminPromotionsApi {
    /// List promotions
    #[oai(path = "/", method = "get", operation_id = "adminListPromotions")]
    async fn list(
        &self,
        _may: Allowed<SellingRead>,
        context: TenantContext,
    ) -> Result<PromotionListAnswer, ApiError> {
        let scope = context.app.store.scope(context.tenant.id);
        let names = Names::read(&scope).await?;
        let stored = scope.terms::<Promotion>().list().await?;
        let promotions = stored
            .into_iter()
            .map(|it| PromotionView::new(it, &names))
            .collect();
        Ok(PromotionListAnswer::All(JsonResponse(AdminPromotions {
            promotions,
        })))
    }

    /// Add a promotion
    ///
    /// One without a code applies by itself where its conditions hold.
    #[oai(path = "/", method = "post", operation_id = "adminCreatePromotion")]
    async fn create(
        &self,
        _may: Allowed<SellingWrite>,
        context: TenantContext,
        body: JsonBody<PromotionBody>,
    ) -> Result<PromotionCreatedAnswer, ApiError> {
        let scope = context.app.store.scope(context.tenant.id);
        let names = Names::read(&scope).await?;
        let terms = body.0.terms(&names).map_err(ApiError::Unprocessable)?;
        let stored = scope.terms::<Promotion>().add(&terms, now_ms()).await?;
        let (etag, id) = (stored.etag(), stored.id);
        let location = format!("/api/admin/promotions/{id}");
        let view = JsonResponse(PromotionView::new(stored, &names));
        Ok(PromotionCreatedAnswer::Created(view, etag, location))
    }

    /// Show a promotion
    #[oai(path = "/:id", method = "get", operation_id = "adminGetPromotion")]
    async fn get(
        &self,
        _may: Allowed<SellingRead>,
        context: TenantContext,
        /// Id of the promotion.
        id: Path<RowId>,
    ) -> Result<PromotionAnswer, ApiError> {
        let scope = context.app.store.scope(context.tenant.id);
        let names = Names::read(&scope).await?;
        let stored = scope.terms::<Promotion>().get(id.0.0).await?;
        let etag = stored.etag();
        let view = JsonResponse(PromotionView::new(stored, &names));
        Ok(PromotionAnswer::One(view, etag))
    }

    /// Change a promotion
    ///
    /// Purchases keep what they took from it.
    #[oai(path = "/:id", method = "put", operation_id = "adminUpdatePromotion")]
    async fn update(
        &self,
        _may: Allowed<SellingWrite>,
        context: TenantContext,
        /// Id of the promotion.
        id: Path<RowId>,
        /// The `ETag` it had when you read it; `*` overwrites whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: JsonBody<PromotionBody>,
    ) -> Result<PromotionUpdatedAnswer, ApiError> {
        let state = required_state(if_match)?;
        let scope = context.app.store.scope(context.tenant.id);
        let names = Names::read(&scope).await?;
        let new = body.0.terms(&names).map_err(ApiError::Unprocessable)?;
        let terms = scope.terms::<Promotion>();
        let stored = terms.replace(id.0.0, &new, Some(&state), now_ms()).await?;
        let etag = stored.etag();
        let view = JsonResponse(PromotionView::new(stored, &names));
        Ok(PromotionUpdatedAnswer::Updated(view, etag))
    }

    /// Remove a promotion
    #[oai(
        path = "/:id",
        method = "delete",
        operation_id = "adminDeletePromotion"
    )]
    async fn delete(
        &self,
        _may: Allowed<SellingWrite>,
        context: TenantContext,
        /// Id of the promotion.
        id: Path<RowId>,
        /// The `ETag` it had when you read it; `*` deletes whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Result<PromotionDeletedAnswer, ApiError> {
        let state = required_state(if_match)?;
        let scope = context.app.store.scope(context.tenant.id);
        scope
            .terms::<Promotion>()
            .remove(id.0.0, Some(&state))
            .await?;
        Ok(PromotionDeletedAnswer::Deleted)
    }
}
