//! Delivery methods of sellers.

pub mod body;

use poem_openapi::{
    OpenApi,
    param::{Header, Path},
};
use souk_domain::ordering::DeliveryMethod;
use souk_identity::needed::{SellingRead, SellingWrite};

use self::body::{DeliveryMethodBody, DeliveryMethodView, DeliveryMethods};
use super::terms::Names;
use crate::{
    api::{Tag, admin::required_state, answers::answers, call::now_ms, params::RowId},
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};

answers! {
    /// Answers of `adminListDeliveryMethods`.
    DeliveryMethodListAnswer {
        200 "All of them, by id." => All(JsonResponse<DeliveryMethods>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminGetDeliveryMethod`.
    DeliveryMethodAnswer {
        200 "The delivery method." => One(
            JsonResponse<DeliveryMethodView>,
            /// ETag; send it as `If-Match` with a change.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminCreateDeliveryMethod`.
    DeliveryMethodCreatedAnswer {
        201 "It was made." => Created(
            JsonResponse<DeliveryMethodView>,
            /// ETag.
            #[oai(header = "ETag")] String,
            /// URL of the delivery method.
            #[oai(header = "Location")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `adminUpdateDeliveryMethod`.
    DeliveryMethodUpdatedAnswer {
        200 "It was changed." => Updated(
            JsonResponse<DeliveryMethodView>,
            /// New ETag.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, PreconditionFailed, RequestTimeout, TooLarge, UnsupportedMediaType,
        InvalidField, PreconditionRequired

    /// Answers of `adminDeleteDeliveryMethod`.
    DeliveryMethodDeletedAnswer {
        204 "It is gone." => Deleted,
    } or BadRequest, Unauthorized, NotFound, PreconditionFailed, PreconditionRequired
}

/// Operations on delivery methods.
pub struct AdminDeliveryMethodsApi;

#[OpenApi(prefix_path = "/api/admin/delivery-methods", tag = "Tag::Admin")]
impl AdminDeliveryMethodsApi {
    /// List delivery methods
    #[oai(path = "/", method = "get", operation_id = "adminListDeliveryMethods")]
    async fn list(
        &self,
        _may: Allowed<SellingRead>,
        context: TenantContext,
    ) -> Result<DeliveryMethodListAnswer, ApiError> {
        let scope = context.app.store.scope(context.tenant.id);
        let names = Names::read(&scope).await?;
        let stored = scope.terms::<DeliveryMethod>().list().await?;
        let delivery_methods = stored
            .into_iter()
            .map(|it| DeliveryMethodView::new(it, &names))
            .collect();
        Ok(DeliveryMethodListAnswer::All(JsonResponse(
            DeliveryMethods { delivery_methods },
        )))
    }

    /// Add a delivery method
    ///
    /// The cart offers it where it delivers. A seller without any sends nothing, such as downloads.
    #[oai(
        path = "/",
        method = "post",
        operation_id = "adminCreateDeliveryMethod"
    )]
    async fn create(
        &self,
        _may: Allowed<SellingWrite>,
        context: TenantContext,
        body: JsonBody<DeliveryMethodBody>,
    ) -> Result<DeliveryMethodCreatedAnswer, ApiError> {
        let scope = context.app.store.scope(context.tenant.id);
        let names = Names::read(&scope).await?;
        let terms = body.0.terms(&names).map_err(ApiError::Unprocessable)?;
        let stored = scope
            .terms::<DeliveryMethod>()
            .add(&terms, now_ms())
            .await?;
        let (etag, id) = (stored.etag(), stored.id);
        let location = format!("/api/admin/delivery-methods/{id}");
        let view = JsonResponse(DeliveryMethodView::new(stored, &names));
        Ok(DeliveryMethodCreatedAnswer::Created(view, etag, location))
    }

    /// Show a delivery method
    #[oai(path = "/:id", method = "get", operation_id = "adminGetDeliveryMethod")]
    async fn get(
        &self,
        _may: Allowed<SellingRead>,
        context: TenantContext,
        /// Id of the delivery method.
        id: Path<RowId>,
    ) -> Result<DeliveryMethodAnswer, ApiError> {
        let scope = context.app.store.scope(context.tenant.id);
        let names = Names::read(&scope).await?;
        let stored = scope.terms::<DeliveryMethod>().get(id.0.0).await?;
        let etag = stored.etag();
        let view = JsonResponse(DeliveryMethodView::new(stored, &names));
        Ok(DeliveryMethodAnswer::One(view, etag))
    }

    /// Change a delivery method
    ///
    /// Purchases keep what they took from it.
    #[oai(
        path = "/:id",
        method = "put",
        operation_id = "adminUpdateDeliveryMethod"
    )]
    async fn update(
        &self,
        _may: Allowed<SellingWrite>,
        context: TenantContext,
        /// Id of the delivery method.
        id: Path<RowId>,
        /// The `ETag` it had when you read it; `*` overwrites whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: JsonBody<DeliveryMethodBody>,
    ) -> Result<DeliveryMethodUpdatedAnswer, ApiError> {
        let state = required_state(if_match)?;
        let scope = context.app.store.scope(context.tenant.id);
        let names = Names::read(&scope).await?;
        let new = body.0.terms(&names).map_err(ApiError::Unprocessable)?;
        let terms = scope.terms::<DeliveryMethod>();
        let stored = terms.replace(id.0.0, &new, Some(&state), now_ms()).await?;
        let etag = stored.etag();
        let view = JsonResponse(DeliveryMethodView::new(stored, &names));
        Ok(DeliveryMethodUpdatedAnswer::Updated(view, etag))
    }

    /// Remove a delivery method
    #[oai(
        path = "/:id",
        method = "delete",
        operation_id = "adminDeleteDeliveryMethod"
    )]
    async fn delete(
        &self,
        _may: Allowed<SellingWrite>,
        context: TenantContext,
        /// Id of the delivery method.
        id: Path<RowId>,
        /// The `ETag` it had when you read it; `*` deletes whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Result<DeliveryMethodDeletedAnswer, ApiError> {
        let state = required_state(if_match)?;
        let scope = context.app.store.scope(context.tenant.id);
        scope
            .terms::<DeliveryMethod>()
            .remove(id.0.0, Some(&state))
            .await?;
        Ok(DeliveryMethodDeletedAnswer::Deleted)
    }
}
