//! Offers that further sellers have of a product's variants.

pub mod request;
pub mod response;

use poem_openapi::{
    OpenApi,
    param::{Header, Path},
};
use souk_domain::{OfferId, ProductId};
use souk_identity::needed::{OffersRead, OffersWrite};
use souk_store::{Offers, ProductKey};

use self::{
    request::{OfferPatchBody, OffersBody},
    response::{AdminOffer, AdminOffers},
};
use super::required_state;
use crate::{
    api::{Tag, answers::answers, merge_patch::PatchInput, params::RowId},
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};

answers! {
    /// Answers of `adminListOffers`.
    OffersAnswer {
        200 "The offers of sellers other than the product's own." => Offers(JsonResponse<AdminOffers>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminPutOffers`.
    WrittenAnswer {
        200 "They are as given; these are all offers of sellers other than the product's own." => Offers(JsonResponse<AdminOffers>),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `adminPatchOffer`.
    PatchedAnswer {
        200 "It was changed, or already was so." => Updated(
            JsonResponse<AdminOffer>,
            /// New ETag.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, PreconditionFailed, RequestTimeout, TooLarge, UnsupportedMediaType,
        InvalidField, PreconditionRequired

    /// Answers of `adminDeleteOffer`.
    DeletedAnswer {
        204 "It is gone." => Deleted,
    } or BadRequest, Unauthorized, NotFound, PreconditionFailed, PreconditionRequired
}

/// Operations on further sellers' offers.
pub struct AdminOffersApi;

#[OpenApi(prefix_path = "/api/admin/products", tag = "Tag::Admin")]
impl AdminOffersApi {
    /// List further sellers' offers of a product
    ///
    /// The offer of the product's own seller is the variant itself.
    #[oai(path = "/:id/offers", method = "get", operation_id = "adminListOffers")]
    async fn list(
        &self,
        _may: Allowed<OffersRead>,
        context: TenantContext,
        /// The product's id.
        id: Path<RowId>,
    ) -> Result<OffersAnswer, ApiError> {
        let product = ProductId(id.0.0);
        let scope = context.app.store.scope(context.tenant.id);
        let known = scope.products().get(&ProductKey::Id(product)).await?;
        known.ok_or(ApiError::NotFound("product"))?;
        let records = scope.offers().of_product(product).await?;
        Ok(OffersAnswer::Offers(JsonResponse(records.into())))
    }

    /// Make or replace further sellers' offers of a product
    ///
    /// Each is found by `sku` and `seller`; those that are not sent stay. All are written, or none.
    #[oai(path = "/:id/offers", method = "put", operation_id = "adminPutOffers")]
    async fn put(
        &self,
        _may: Allowed<OffersWrite>,
        context: TenantContext,
        /// The product's id.
        id: Path<RowId>,
        body: JsonBody<OffersBody>,
    ) -> Result<WrittenAnswer, ApiError> {
        let offers = body.0.into_offers().map_err(ApiError::Unprocessable)?;
        let records = self::offers(&context)
            .upsert(ProductId(id.0.0), offers)
            .await?;
        // The first further offer of a tenant has its searches look at offers.
        if !context.tenant.shares_products {
            context.app.tenant_directory.outdate();
        }
        Ok(WrittenAnswer::Offers(JsonResponse(records.into())))
    }

    /// Change an offer in part
    ///
    /// A JSON merge patch (RFC 7396): what is not sent stays as it is, and null takes away what an offer can be without.
    #[oai(
        path = "/:id/offers/:offer",
        method = "patch",
        operation_id = "adminPatchOffer"
    )]
    async fn patch(
        &self,
        _may: Allowed<OffersWrite>,
        context: TenantContext,
        /// The product's id.
        id: Path<RowId>,
        /// The offer's id.
        offer: Path<RowId>,
        /// The `etag` it had when you read it; `*` changes whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: PatchInput<OfferPatchBody>,
    ) -> Result<PatchedAnswer, ApiError> {
        let state = required_state(if_match)?;
        let key = (ProductId(id.0.0), OfferId(offer.0.0));
        let record = offers(&context)
            .patch(key, body.into_body().into(), Some(&state))
            .await?;
        let etag = record.etag();
        Ok(PatchedAnswer::Updated(JsonResponse(record.into()), etag))
    }

    /// Delete an offer
    #[oai(
        path = "/:id/offers/:offer",
        method = "delete",
        operation_id = "adminDeleteOffer"
    )]
    async fn delete(
        &self,
        _may: Allowed<OffersWrite>,
        context: TenantContext,
        /// The product's id.
        id: Path<RowId>,
        /// The offer's id.
        offer: Path<RowId>,
        /// The `etag` it had when you read it; `*` deletes whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Result<DeletedAnswer, ApiError> {
        let state = required_state(if_match)?;
        let key = (ProductId(id.0.0), OfferId(offer.0.0));
        offers(&context).delete(key, Some(&state)).await?;
        Ok(DeletedAnswer::Deleted)
    }
}

fn offers(context: &TenantContext) -> Offers {
    context.app.store.scope(context.tenant.id).offers()
}
