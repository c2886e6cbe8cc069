//! Delivery methods of a seller.

use poem_openapi::{
    OpenApi,
    param::{Header, Path},
};
use souk_domain::{InvalidField, ordering::DeliveryMethod};
use souk_identity::SellerPermission;
use souk_store::{Scope, Stored};

use super::MAX_BYTES;
use crate::{
    api::{
        Tag,
        admin::{
            required_state,
            selling::{
                delivery::body::{DeliveryMethodBody, DeliveryMethodView, DeliveryMethods},
                terms::Names,
            },
        },
        answers::answers,
        call::now_ms,
        params::RowId,
    },
    error::ApiError,
    http::{BoundedBody, JsonResponse, SellerPrincipal, TenantContext},
};

answers! {
    /// Answers of `listSellerDeliveryMethods`.
    MethodsAnswer {
        200 "All of the seller's, by id." => All(JsonResponse<DeliveryMethods>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `getSellerDeliveryMethod`.
    MethodAnswer {
        200 "The delivery method." => One(
            JsonResponse<DeliveryMethodView>,
            /// ETag; send it as `If-Match` with a change.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `addSellerDeliveryMethod`.
    AddedAnswer {
        201 "It was made." => Added(
            JsonResponse<DeliveryMethodView>,
            /// ETag.
            #[oai(header = "ETag")] String,
            /// URL of the delivery method.
            #[oai(header = "Location")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `replaceSellerDeliveryMethod`.
    ReplacedAnswer {
        200 "It was changed." => Replaced(
            JsonResponse<DeliveryMethodView>,
            /// New ETag.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, PreconditionFailed, RequestTimeout, TooLarge, UnsupportedMediaType,
        InvalidField, PreconditionRequired

    /// Answers of `deleteSellerDeliveryMethod`.
    DeletedAnswer {
        204 "It is gone." => Deleted,
    } or BadRequest, Unauthorized, NotFound, PreconditionFailed, PreconditionRequired
}

/// Operations on a seller's delivery methods.
pub struct SellerDeliveryApi;

#[OpenApi(prefix_path = "/api/seller", tag = "Tag::Seller")]
impl SellerDeliveryApi {
    /// List the seller's delivery methods
    #[oai(
        path = "/:seller/delivery-methods",
        method = "get",
        operation_id = "listSellerDeliveryMethods"
    )]
    async fn list(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
    ) -> Result<MethodsAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Read)?;
        let scope = context.app.store.scope(context.tenant.id);
        let names = Names::read(&scope).await?;
        let stored = scope.terms::<DeliveryMethod>().list().await?.into_iter();
        let methods = stored.filter(|method| method.terms.seller == own.seller);
        let delivery_methods = methods.map(|it| DeliveryMethodView::new(it, &names));
        Ok(MethodsAnswer::All(JsonResponse(DeliveryMethods {
            delivery_methods: delivery_methods.collect(),
        })))
    }

    /// Add a delivery method of the seller
    ///
    /// The cart offers it where it delivers. A seller without any sends nothing, such as downloads.
    #[oai(
        path = "/:seller/delivery-methods",
        method = "post",
        operation_id = "addSellerDeliveryMethod"
    )]
    async fn add(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
        body: BoundedBody<DeliveryMethodBody, MAX_BYTES>,
    ) -> Result<AddedAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Goods)?;
        let scope = context.app.store.scope(context.tenant.id);
        let names = Names::read(&scope).await?;
        let terms = own_terms(&own, body.0, &names)?;
        let stored = scope.terms::<DeliveryMethod>();
        let stored = stored.add(&terms, now_ms()).await?;
        let (etag, id) = (stored.etag(), stored.id);
        let location = format!("/api/seller/{}/delivery-methods/{id}", own.seller);
        let view = JsonResponse(DeliveryMethodView::new(stored, &names));
        Ok(AddedAnswer::Added(view, etag, location))
    }

    /// Show a delivery method of the seller
    #[oai(
        path = "/:seller/delivery-methods/:method",
        method = "get",
        operation_id = "getSellerDeliveryMethod"
    )]
    async fn get(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
        /// Delivery method id.
        method: Path<RowId>,
    ) -> Result<MethodAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Read)?;
        let scope = context.app.store.scope(context.tenant.id);
        let names = Names::read(&scope).await?;
        let stored = own_method(&own, &scope, method.0).await?;
        let etag = stored.etag();
        let view = JsonResponse(DeliveryMethodView::new(stored, &names));
        Ok(MethodAnswer::One(view, etag))
    }

    /// Change a delivery method of the seller
    ///
    /// Purchases keep what they took from it.
    #[oai(
        path = "/:seller/delivery-methods/:method",
        method = "put",
        operation_id = "replaceSellerDeliveryMethod"
    )]
    async fn replace(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
        /// Delivery method id.
        method: Path<RowId>,
        /// The `ETag` it had when you read it; `*` overwrites whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: BoundedBody<DeliveryMethodBody, MAX_BYTES>,
    ) -> Result<ReplacedAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Goods)?;
        let state = required_state(if_match)?;
        let scope = context.app.store.scope(context.tenant.id);
        let names = Names::read(&scope).await?;
        let known = own_method(&own, &scope, method.0).await?;
        let new = own_terms(&own, body.0, &names)?;
        let terms = scope.terms::<DeliveryMethod>();
        let stored = terms
            .replace(known.id, &new, Some(&state), now_ms())
            .await?;
        let etag = stored.etag();
        let view = JsonResponse(DeliveryMethodView::new(stored, &names));
        Ok(ReplacedAnswer::Replaced(view, etag))
    }

    /// Remove a delivery method of the seller
    #[oai(
        path = "/:seller/delivery-methods/:method",
        method = "delete",
        operation_id = "deleteSellerDeliveryMethod"
    )]
    async fn delete(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
        /// Delivery method id.
        method: Path<RowId>,
        /// The `ETag` it had when you read it; `*` deletes whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Result<DeletedAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Goods)?;
        let state = required_state(if_match)?;
        let scope = context.app.store.scope(context.tenant.id);
        let known = own_method(&own, &scope, method.0).await?;
        let terms = scope.terms::<DeliveryMethod>();
        terms.remove(known.id, Some(&state)).await?;
        Ok(DeletedAnswer::Deleted)
    }
}

/// Returns a method of the seller; another seller's is none. A method never becomes another seller's by this API.
async fn own_method(
    own: &SellerPrincipal,
    scope: &Scope,
    id: RowId,
) -> Result<Stored<DeliveryMethod>, ApiError> {
    let stored = scope.terms::<DeliveryMethod>().get(id.0).await?;
    match stored.terms.seller == own.seller {
        true => Ok(stored),
        false => Err(ApiError::NotFound("delivery method")),
    }
}

fn own_terms(
    own: &SellerPrincipal,
    body: DeliveryMethodBody,
    names: &Names,
) -> Result<DeliveryMethod, ApiError> {
    let terms = body.terms(names).map_err(ApiError::Unprocessable)?;
    match terms.seller == own.seller {
        true => Ok(terms),
        false => {
            let invalid = InvalidField::new("seller", "must be your own");
            Err(ApiError::Unprocessable(invalid))
        }
    }
}
