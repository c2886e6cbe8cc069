//! Goods of a seller, as its own people write them.

use poem_openapi::{
    OpenApi,
    param::{Header, Path, Query},
};
use souk_domain::{
    ExternalKey, InvalidField, ProductId,
    sellers::{changes_stocks_alone, own_patch, own_product},
};
use souk_identity::SellerPermission;
use souk_store::{MissingReferences, ProductKey, ProductListing, ProductRecord, ProductWrite};

use crate::{
    api::{
        Tag,
        admin::{
            products::{
                batch::{BatchBody, MissingBody},
                patch::ProductPatchBody,
                response::{AdminProduct, AdminProducts, BatchResults},
                split_repeated,
            },
            required_state,
        },
        answers::answers,
        merge_patch::PatchInput,
        params::{Needle, PerPage, RowId, StatusName},
    },
    error::ApiError,
    http::{JsonBody, JsonResponse, SellerPrincipal, TenantContext},
};

/// Products on a page unless told otherwise.
const DEFAULT_LIMIT: u32 = 50;

answers! {
    /// Answers of `listSellerProducts`.
    ProductsAnswer {
        200 "A page of products, by id." => Page(JsonResponse<AdminProducts>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `getSellerProduct`.
    ProductAnswer {
        200 "The product." => Product(
            JsonResponse<AdminProduct>,
            /// ETag; send it as `If-Match` with a change.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `writeSellerProducts`.
    WrittenAnswer {
        200 "What became of each product; those that were not taken kept none of the others back." => Results(JsonResponse<BatchResults>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `patchSellerProduct`.
    PatchedAnswer {
        200 "It was changed, or already was so." => Updated(
            JsonResponse<AdminProduct>,
            /// New ETag.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, PreconditionFailed, RequestTimeout, TooLarge, UnsupportedMediaType,
        InvalidField, PreconditionRequired

    /// Answers of `deleteSellerProduct`.
    DeletedAnswer {
        204 "It is gone." => Deleted,
    } or BadRequest, Unauthorized, NotFound, PreconditionFailed, PreconditionRequired
}

/// Operations on a seller's goods.
pub struct SellerProductsApi;

#[OpenApi(prefix_path = "/api/seller", tag = "Tag::Seller")]
#[allow(clippy::too_many_arguments)]
impl SellerProductsApi {
    /// List the seller's products
    ///
    /// By id, whatever their status.
    #[oai(
        path = "/:seller/products",
        method = "get",
        operation_id = "listSellerProducts"
    )]
    async fn list(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
        /// Only those of this status.
        status: Query<Option<StatusName>>,
        /// Only those with this text in their title, or whose slug or external id it is.
        q: Query<Option<Needle>>,
        /// `next_after` of the page before.
        after: Query<Option<RowId>>,
        /// Items per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<ProductsAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Read)?;
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let listing = ProductListing {
            seller: Some(own.seller),
            status: status.0.map(|status| status.0),
            text: q.0.map(|text| text.0).filter(|text| !text.is_empty()),
            after_id: after.0.map(|after| ProductId(after.0)),
            limit,
        };
        let products = context.app.store.scope(context.tenant.id).products();
        let page = AdminProducts::new(products.list(&listing).await?, limit);
        Ok(ProductsAnswer::Page(JsonResponse(page)))
    }

    /// Write up to 1,000 products of the seller at once
    ///
    /// Each is found again by its external id among the seller's own, and made if there is none. One that is given whole,
    /// with `title` and with `variants` and their prices, replaces what is there, unless `existing` is `merge`; of any other,
    /// what is not given stays. Categories and fandoms have to exist. Ratings, popularity and offers of other sellers are
    /// refused.
    #[oai(
        path = "/:seller/products/batch",
        method = "post",
        operation_id = "writeSellerProducts"
    )]
    async fn write(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
        body: JsonBody<BatchBody>,
    ) -> Result<WrittenAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Goods)?;
        if body.0.missing != MissingBody::Refuse {
            let rule = "must be `refuse`: the marketplace makes categories and fandoms";
            return Err(ApiError::Unprocessable(InvalidField::new("missing", rule)));
        }
        let slug = slug_of(&own, &context).await?;
        let writes = body.0.into_writes(context.tenant.currency)?;
        let writes = writes.into_iter().enumerate().map(|(index, (key, write))| {
            let key = ExternalKey {
                seller: Some(slug.clone()),
                ..key
            };
            let write = match write {
                ProductWrite::Replace(input) => {
                    own_product(input, &slug).map(ProductWrite::Replace)
                }
                ProductWrite::Merge { patch, currency } => {
                    let patch = own_patch(patch, &slug);
                    patch.map(|patch| ProductWrite::Merge { patch, currency })
                }
            };
            let place = format!("products[{index}]");
            let write = write.map_err(|invalid| ApiError::Unprocessable(invalid.within(&place)))?;
            Ok((key, write))
        });
        let writes = writes.collect::<Result<Vec<_>, ApiError>>()?;
        let (first, repeated) = split_repeated(writes);
        let scope = context.app.store.scope(context.tenant.id);
        // One product is an edit, more wait behind edits.
        let scope = match first.len() {
            0 | 1 => scope,
            _ => scope.in_bulk(),
        };
        let missing = MissingReferences::Reject;
        let mut outcomes = scope.products().write_batch(first, missing).await?;
        for (index, refusal) in repeated {
            outcomes.insert(index, Err(refusal));
        }
        let results = BatchResults::new(outcomes);
        Ok(WrittenAnswer::Results(JsonResponse(results)))
    }

    /// Show a product of the seller
    #[oai(
        path = "/:seller/products/:product",
        method = "get",
        operation_id = "getSellerProduct"
    )]
    async fn get(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
        /// Product id.
        product: Path<RowId>,
    ) -> Result<ProductAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Read)?;
        let record = own_record(&own, &context, product.0).await?;
        let etag = record.etag();
        Ok(ProductAnswer::Product(JsonResponse(record.into()), etag))
    }

    /// Change a product of the seller in part
    ///
    /// A JSON merge patch (RFC 7396): what is not sent stays as it is. A change of stocks alone needs the permission
    /// `seller.stock`, any other `seller.goods`.
    #[oai(
        path = "/:seller/products/:product",
        method = "patch",
        operation_id = "patchSellerProduct"
    )]
    async fn patch(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
        /// Product id.
        product: Path<RowId>,
        /// The `ETag` it had when you read it; `*` changes whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: PatchInput<ProductPatchBody>,
    ) -> Result<PatchedAnswer, ApiError> {
        let _ = seller;
        let patch = body.into_body().into_patch();
        let patch = patch.map_err(ApiError::Unprocessable)?;
        own.require(match changes_stocks_alone(&patch) {
            true => SellerPermission::Stock,
            false => SellerPermission::Goods,
        })?;
        let state = required_state(if_match)?;
        let record = own_record(&own, &context, product.0).await?;
        let slug = record.seller.slug.clone();
        let patch = own_patch(patch, &slug).map_err(ApiError::Unprocessable)?;
        let state = state_of(&record, state);
        let products = context.app.store.scope(context.tenant.id).products();
        let record = products.patch(record.id, patch, Some(&state)).await?;
        let etag = record.etag();
        Ok(PatchedAnswer::Updated(JsonResponse(record.into()), etag))
    }

    /// Delete a product of the seller
    #[oai(
        path = "/:seller/products/:product",
        method = "delete",
        operation_id = "deleteSellerProduct"
    )]
    async fn delete(
        &self,
        own: SellerPrincipal,
        context: TenantContext,
        /// Seller id.
        seller: Path<RowId>,
        /// Product id.
        product: Path<RowId>,
        /// The `ETag` it had when you read it; `*` deletes whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Result<DeletedAnswer, ApiError> {
        let _ = seller;
        own.require(SellerPermission::Goods)?;
        let state = required_state(if_match)?;
        let record = own_record(&own, &context, product.0).await?;
        let state = state_of(&record, state);
        let products = context.app.store.scope(context.tenant.id).products();
        products.delete(record.id, Some(&state)).await?;
        Ok(DeletedAnswer::Deleted)
    }
}

/// Returns a product of the seller; another seller's is none.
async fn own_record(
    own: &SellerPrincipal,
    context: &TenantContext,
    id: RowId,
) -> Result<ProductRecord, ApiError> {
    let products = context.app.store.scope(context.tenant.id).products();
    let record = products.get(&ProductKey::Id(ProductId(id.0))).await?;
    let record = record.filter(|record| record.references.seller == own.seller);
    record.ok_or(ApiError::NotFound("product"))
}

/// Returns the state that the product has to be in: the one that was read, so that nothing is written to a product that
/// became another seller's meanwhile.
fn state_of(record: &ProductRecord, if_match: String) -> String {
    match if_match.as_str() {
        "*" => record.etag(),
        _ => if_match,
    }
}

async fn slug_of(own: &SellerPrincipal, context: &TenantContext) -> Result<String, ApiError> {
    let sellers = context.app.store.scope(context.tenant.id).sellers();
    let record = sellers.get(own.seller.0).await?;
    let record = record.ok_or(ApiError::NotFound("seller"))?;
    Ok(record.slug)
}
