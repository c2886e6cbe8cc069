//! Fandoms and sellers: the same operations on both, since they have the same shape.

pub mod request;
pub mod response;

use poem_openapi::{
    OpenApi,
    param::{Header, Path, Query},
};
use souk_identity::needed::{CatalogueRead, CatalogueWrite};
use souk_store::NamedEntities;

use self::{
    request::ReferenceBody,
    response::{AdminReference, AdminReferences},
};
use super::{DEFAULT_LIMIT, required_state};
use crate::{
    api::{
        Tag,
        answers::answers,
        params::{PerPage, Reference, ReferenceKind, RowId},
    },
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};

answers! {
    /// Answers of `adminListReferences`.
    ReferencesAnswer {
        200 "A page of them, by id." => Page(JsonResponse<AdminReferences>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminGetReference`.
    ReferenceAnswer {
        200 "The fandom or seller." => Reference(
            JsonResponse<AdminReference>,
            /// ETag; send it as `If-Match` with a change.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminCreateReference`.
    CreatedAnswer {
        201 "It was made." => Created(
            JsonResponse<AdminReference>,
            /// ETag.
            #[oai(header = "ETag")] String,
            /// URL slug.
            #[oai(header = "Location")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `adminUpdateReference`.
    UpdatedAnswer {
        200 "It was changed, or already was so." => Updated(
            JsonResponse<AdminReference>,
            /// New ETag.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, PreconditionFailed, RequestTimeout, TooLarge, UnsupportedMediaType,
        InvalidField, PreconditionRequired

    /// Answers of `adminDeleteReference`.
    DeletedAnswer {
        204 "It is gone." => Deleted,
    } or BadRequest, Unauthorized, NotFound, Conflict, PreconditionFailed, PreconditionRequired
}

/// Operations on fandoms and sellers.
pub struct AdminReferencesApi;

#[OpenApi(prefix_path = "/api/admin", tag = "Tag::Admin")]
impl AdminReferencesApi {
    /// List fandoms or sellers
    #[oai(path = "/:kind", method = "get", operation_id = "adminListReferences")]
    async fn list(
        &self,
        _may: Allowed<CatalogueRead>,
        context: TenantContext,
        /// `fandoms` or `sellers`.
        kind: Path<ReferenceKind>,
        /// `next_after` of the page before.
        after: Query<Option<RowId>>,
        /// Items per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<ReferencesAnswer, ApiError> {
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let after = after.0.map(|after| after.0);
        let records = references(&context, kind.0.0).list(after, limit).await?;
        Ok(ReferencesAnswer::Page(JsonResponse(AdminReferences::new(
            records, limit,
        ))))
    }

    /// Make a fandom or seller
    #[oai(
        path = "/:kind",
        method = "post",
        operation_id = "adminCreateReference"
    )]
    async fn create(
        &self,
        _may: Allowed<CatalogueWrite>,
        context: TenantContext,
        /// `fandoms` or `sellers`.
        kind: Path<ReferenceKind>,
        body: JsonBody<ReferenceBody>,
    ) -> Result<CreatedAnswer, ApiError> {
        let record = references(&context, kind.0.0).create(body.0.into()).await?;
        let etag = record.etag();
        let location = format!("/api/admin/{}/{}", kind.0.0.as_str(), record.id);
        Ok(CreatedAnswer::Created(
            JsonResponse(record.into()),
            etag,
            location,
        ))
    }

    /// Show a fandom or seller
    #[oai(
        path = "/:kind/:id",
        method = "get",
        operation_id = "adminGetReference"
    )]
    async fn get(
        &self,
        _may: Allowed<CatalogueRead>,
        context: TenantContext,
        /// `fandoms` or `sellers`.
        kind: Path<ReferenceKind>,
        /// The fandom's or seller's id.
        id: Path<RowId>,
    ) -> Result<ReferenceAnswer, ApiError> {
        let record = references(&context, kind.0.0)
            .get(id.0.0)
            .await?
            .ok_or(ApiError::NotFound("fandom or seller"))?;
        let etag = record.etag();
        Ok(ReferenceAnswer::Reference(
            JsonResponse(record.into()),
            etag,
        ))
    }

    /// Change a fandom or seller
    ///
    /// Products of the fandom or seller are indexed again.
    #[oai(
        path = "/:kind/:id",
        method = "put",
        operation_id = "adminUpdateReference"
    )]
    async fn update(
        &self,
        _may: Allowed<CatalogueWrite>,
        context: TenantContext,
        /// `fandoms` or `sellers`.
        kind: Path<ReferenceKind>,
        /// The fandom's or seller's id.
        id: Path<RowId>,
        /// The `ETag` it had when you read it; `*` overwrites whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: JsonBody<ReferenceBody>,
    ) -> Result<UpdatedAnswer, ApiError> {
        let state = required_state(if_match)?;
        let record = references(&context, kind.0.0)
            .update(id.0.0, body.0.into(), Some(&state))
            .await?;
        let etag = record.etag();
        Ok(UpdatedAnswer::Updated(JsonResponse(record.into()), etag))
    }

    /// Delete a fandom or seller
    ///
    /// One that no product refers to.
    #[oai(
        path = "/:kind/:id",
        method = "delete",
        operation_id = "adminDeleteReference"
    )]
    async fn delete(
        &self,
        _may: Allowed<CatalogueWrite>,
        context: TenantContext,
        /// `fandoms` or `sellers`.
        kind: Path<ReferenceKind>,
        /// The fandom's or seller's id.
        id: Path<RowId>,
        /// The `ETag` it had when you read it; `*` deletes whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Result<DeletedAnswer, ApiError> {
        let state = required_state(if_match)?;
        references(&context, kind.0.0)
            .delete(id.0.0, Some(&state))
            .await?;
        Ok(DeletedAnswer::Deleted)
    }
}

fn references(context: &TenantContext, kind: Reference) -> NamedEntities {
    let scope = context.app.store.scope(context.tenant.id);
    match kind {
        Reference::Fandoms => scope.fandoms(),
        Reference::Sellers => scope.sellers(),
    }
}
