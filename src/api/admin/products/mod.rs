//! Products: reading, changing, and writing up to a thousand at once.

pub mod batch;
pub mod image_body;
pub mod offer_body;
pub mod patch;
pub mod request;
pub mod response;

use std::collections::HashMap;

use poem_openapi::{
    OpenApi,
    param::{Header, Path, Query},
};
use souk_domain::{ExternalKey, InvalidField, ProductId};
use souk_identity::needed::{CatalogueRead, CatalogueWrite};
use souk_store::{ProductKey, ProductListing, ProductWrite, Products};

use self::{
    batch::BatchBody,
    patch::ProductPatchBody,
    request::ProductBody,
    response::{AdminProduct, AdminProducts, BatchResults},
};
use super::{DEFAULT_LIMIT, required_state};
use crate::{
    api::{
        Tag,
        answers::answers,
        merge_patch::PatchInput,
        params::{ExternalIdText, Needle, PerPage, RowId, SlugText, StatusName},
    },
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};

answers! {
    /// Answers of `adminListProducts`.
    ProductsAnswer {
        200 "A page of products." => Page(JsonResponse<AdminProducts>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminGetProduct`.
    ProductAnswer {
        200 "The product." => Product(
            JsonResponse<AdminProduct>,
            /// ETag; send it as `If-Match` with a change.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminFindProduct`.
    FoundAnswer {
        200 "The product." => Product(
            JsonResponse<AdminProduct>,
            /// ETag; send it as `If-Match` with a change.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict

    /// Answers of `adminCreateProduct`.
    CreatedAnswer {
        201 "It was made." => Created(
            JsonResponse<AdminProduct>,
            /// ETag.
            #[oai(header = "ETag")] String,
            /// URL slug.
            #[oai(header = "Location")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `adminUpdateProduct` and `adminPatchProduct`.
    UpdatedAnswer {
        200 "It was changed, or already was so." => Updated(
            JsonResponse<AdminProduct>,
            /// New ETag.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, PreconditionFailed, RequestTimeout, TooLarge, UnsupportedMediaType,
        InvalidField, PreconditionRequired

    /// Answers of `adminDeleteProduct`.
    DeletedAnswer {
        204 "It is gone." => Deleted,
    } or BadRequest, Unauthorized, NotFound, PreconditionFailed, PreconditionRequired

    /// Answers of `adminUpsertProducts`.
    BatchAnswer {
        200 "What became of each product; those that were not taken kept none of the others back." => Results(JsonResponse<BatchResults>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Operations on products.
pub struct AdminProductsApi;

#[OpenApi(prefix_path = "/api/admin/products", tag = "Tag::Admin")]
#[allow(clippy::too_many_arguments)]
impl AdminProductsApi {
    /// List products
    ///
    /// By id, whatever their status.
    #[oai(path = "/", method = "get", operation_id = "adminListProducts")]
    async fn list(
        &self,
        _may: Allowed<CatalogueRead>,
        context: TenantContext,
        /// Only those of this status.
        status: Query<Option<StatusName>>,
        /// Only those with this text in their title, or whose slug or external id it is.
        q: Query<Option<Needle>>,
        /// `next_after` of the page before.
        after: Query<Option<RowId>>,
        /// Items per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<ProductsAnswer, ApiError> {
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let listing = ProductListing {
            seller: None,
            status: status.0.map(|status| status.0),
            text: q.0.map(|text| text.0).filter(|text| !text.is_empty()),
            after_id: after.0.map(|after| ProductId(after.0)),
            limit,
        };
        let records = products(&context).list(&listing).await?;
        Ok(ProductsAnswer::Page(JsonResponse(AdminProducts::new(
            records, limit,
        ))))
    }

    /// Make a product
    #[oai(path = "/", method = "post", operation_id = "adminCreateProduct")]
    async fn create(
        &self,
        _may: Allowed<CatalogueWrite>,
        context: TenantContext,
        body: JsonBody<ProductBody>,
    ) -> Result<CreatedAnswer, ApiError> {
        let input = body
            .0
            .into_input(context.tenant.currency)
            .map_err(ApiError::Unprocessable)?;
        let record = products(&context).create(input).await?;
        let etag = record.etag();
        let location = format!("/api/admin/products/{}", record.id);
        Ok(CreatedAnswer::Created(
            JsonResponse(record.into()),
            etag,
            location,
        ))
    }

    /// Write up to 1,000 products at once
    ///
    /// Each is found again by its external id among the products of the `seller` that it names, and made if there is none.
    /// `seller` may be left out as long as only one seller has the id. To give a product to another seller, change it by its
    /// id. One that is given whole, with `title` and with
    /// `variants` and their prices, replaces what is there, unless `existing` is `merge`. Of any other, as in
    /// `{"external_id": "mug-1", "status": "archived"}`, what is not given stays, and null takes away. All that can be
    /// taken is written in one transaction; the answer says of each what became of it.
    #[oai(path = "/batch", method = "post", operation_id = "adminUpsertProducts")]
    async fn upsert(
        &self,
        _may: Allowed<CatalogueWrite>,
        context: TenantContext,
        body: JsonBody<BatchBody>,
    ) -> Result<BatchAnswer, ApiError> {
        let missing = body.0.missing;
        let writes = body.0.into_writes(context.tenant.currency)?;
        let (first, repeated) = split_repeated(writes);
        let scope = context.app.store.scope(context.tenant.id);
        // One product is an edit, more wait behind edits.
        let scope = if first.len() > 1 {
            scope.in_bulk()
        } else {
            scope
        };
        let mut outcomes = scope.products().write_batch(first, missing.into()).await?;
        for (index, refusal) in repeated {
            outcomes.insert(index, Err(refusal));
        }
        Ok(BatchAnswer::Results(JsonResponse(BatchResults::new(
            outcomes,
        ))))
    }

    /// Find a product by its external id
    ///
    /// An external id is unique among the products of a seller. If several sellers have it, `seller` must say which is
    /// meant: without, the answer is 409.
    #[oai(path = "/find", method = "get", operation_id = "adminFindProduct")]
    async fn find(
        &self,
        _may: Allowed<CatalogueRead>,
        context: TenantContext,
        /// The external id.
        external_id: Query<ExternalIdText>,
        /// Slug of the seller.
        seller: Query<Option<SlugText>>,
    ) -> Result<FoundAnswer, ApiError> {
        let external_id = external_id.0.0;
        let key = match seller.0 {
            Some(seller) => ProductKey::OfSeller {
                seller: seller.0,
                external_id,
            },
            None => ProductKey::External(external_id),
        };
        let record = products(&context).get(&key).await?;
        let record = record.ok_or(ApiError::NotFound("product"))?;
        let etag = record.etag();
        Ok(FoundAnswer::Product(JsonResponse(record.into()), etag))
    }

    /// Show a product
    #[oai(path = "/:id", method = "get", operation_id = "adminGetProduct")]
    async fn get(
        &self,
        _may: Allowed<CatalogueRead>,
        context: TenantContext,
        /// The product's id.
        id: Path<RowId>,
    ) -> Result<ProductAnswer, ApiError> {
        let record = products(&context)
            .get(&ProductKey::Id(ProductId(id.0.0)))
            .await?
            .ok_or(ApiError::NotFound("product"))?;
        let etag = record.etag();
        Ok(ProductAnswer::Product(JsonResponse(record.into()), etag))
    }

    /// Change a product
    ///
    /// The whole of it: what is not sent is taken away, unless its description says otherwise.
    #[oai(path = "/:id", method = "put", operation_id = "adminUpdateProduct")]
    async fn update(
        &self,
        _may: Allowed<CatalogueWrite>,
        context: TenantContext,
        /// The product's id.
        id: Path<RowId>,
        /// The `ETag` it had when you read it; `*` overwrites whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: JsonBody<ProductBody>,
    ) -> Result<UpdatedAnswer, ApiError> {
        let state = required_state(if_match)?;
        let input = body
            .0
            .into_input(context.tenant.currency)
            .map_err(ApiError::Unprocessable)?;
        let record = products(&context)
            .update(ProductId(id.0.0), input, Some(&state))
            .await?;
        let etag = record.etag();
        Ok(UpdatedAnswer::Updated(JsonResponse(record.into()), etag))
    }

    /// Change a product in part
    ///
    /// A JSON merge patch (RFC 7396): what is not sent stays as it is, and null takes away what a product can be without.
    /// Attributes and options are merged by name, variants by `sku`; `remove_variants` deletes some. Of two changes at the
    /// same time neither undoes the other, also with `If-Match: *`.
    #[oai(path = "/:id", method = "patch", operation_id = "adminPatchProduct")]
    async fn patch(
        &self,
        _may: Allowed<CatalogueWrite>,
        context: TenantContext,
        /// The product's id.
        id: Path<RowId>,
        /// The `ETag` it had when you read it; `*` changes whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: PatchInput<ProductPatchBody>,
    ) -> Result<UpdatedAnswer, ApiError> {
        let state = required_state(if_match)?;
        let body = body.into_body();
        let patch = body.into_patch().map_err(ApiError::Unprocessable)?;
        let record = products(&context)
            .patch(ProductId(id.0.0), patch, Some(&state))
            .await?;
        let etag = record.etag();
        Ok(UpdatedAnswer::Updated(JsonResponse(record.into()), etag))
    }

    /// Delete a product
    #[oai(path = "/:id", method = "delete", operation_id = "adminDeleteProduct")]
    async fn delete(
        &self,
        _may: Allowed<CatalogueWrite>,
        context: TenantContext,
        /// The product's id.
        id: Path<RowId>,
        /// The `ETag` it had when you read it; `*` deletes whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Result<DeletedAnswer, ApiError> {
        let state = required_state(if_match)?;
        products(&context)
            .delete(ProductId(id.0.0), Some(&state))
            .await?;
        Ok(DeletedAnswer::Deleted)
    }
}

/// The products that come for the first time, and, by their place in the batch, refusals of all others: which of two
/// states is meant, the caller has to say. One that names no seller may be that of any.
pub(crate) fn split_repeated(
    writes: Vec<(ExternalKey, ProductWrite)>,
) -> (Vec<ProductWrite>, Vec<(usize, InvalidField)>) {
    let mut seen: HashMap<String, Vec<Option<String>>> = HashMap::new();
    let mut first = Vec::with_capacity(writes.len());
    let mut repeated = Vec::new();
    for (index, (key, write)) in writes.into_iter().enumerate() {
        let sellers = seen.entry(key.external_id).or_default();
        let again = sellers
            .iter()
            .any(|other| other.is_none() || key.seller.is_none() || *other == key.seller);
        if again {
            let refusal = InvalidField::new("external_id", "is in this batch already");
            repeated.push((index, refusal));
        } else {
            sellers.push(key.seller);
            first.push(write);
        }
    }
    (first, repeated)
}

fn products(context: &TenantContext) -> Products {
    context.app.store.scope(context.tenant.id).products()
}
