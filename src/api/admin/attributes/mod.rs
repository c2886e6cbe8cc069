//! Definitions of attributes.

pub mod request;
pub mod response;

use poem_openapi::{
    OpenApi,
    param::{Header, Path, Query},
};
use souk_identity::needed::{CatalogueRead, CatalogueWrite};
use souk_store::DefinedAttributes;

use self::{
    request::AttributeBody,
    response::{AdminAttribute, AdminAttributes},
};
use super::{DEFAULT_LIMIT, required_state};
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
    /// Answers of `adminListAttributes`.
    AttributesAnswer {
        200 "A page of them, by id." => Page(JsonResponse<AdminAttributes>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminGetAttribute`.
    AttributeAnswer {
        200 "The definition." => Attribute(
            JsonResponse<AdminAttribute>,
            /// ETag; send it as `If-Match` with a change.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminCreateAttribute`.
    CreatedAnswer {
        201 "It was made." => Created(
            JsonResponse<AdminAttribute>,
            /// ETag.
            #[oai(header = "ETag")] String,
            /// URL of the definition.
            #[oai(header = "Location")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `adminUpdateAttribute`.
    UpdatedAnswer {
        200 "It was changed, or already was so." => Updated(
            JsonResponse<AdminAttribute>,
            /// New ETag.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, PreconditionFailed, RequestTimeout, TooLarge, UnsupportedMediaType,
        InvalidField, PreconditionRequired

    /// Answers of `adminDeleteAttribute`.
    DeletedAnswer {
        204 "It is gone." => Deleted,
    } or BadRequest, Unauthorized, NotFound, PreconditionFailed, PreconditionRequired
}

/// Operations on definitions of attributes.
pub struct AdminAttributesApi;

#[OpenApi(prefix_path = "/api/admin/attributes", tag = "Tag::Admin")]
impl AdminAttributesApi {
    /// List definitions of attributes
    #[oai(path = "/", method = "get", operation_id = "adminListAttributes")]
    async fn list(
        &self,
        _may: Allowed<CatalogueRead>,
        context: TenantContext,
        /// `next_after` of the page before.
        after: Query<Option<RowId>>,
        /// Items per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<AttributesAnswer, ApiError> {
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let after = after.0.map(|after| after.0);
        let records = attributes(&context).list(after, limit).await?;
        Ok(AttributesAnswer::Page(JsonResponse(AdminAttributes::new(
            records, limit,
        ))))
    }

    /// Define an attribute
    ///
    /// Of products, and of variants' options of the same name. Products that have it are indexed again.
    #[oai(path = "/", method = "post", operation_id = "adminCreateAttribute")]
    async fn create(
        &self,
        _may: Allowed<CatalogueWrite>,
        context: TenantContext,
        body: JsonBody<AttributeBody>,
    ) -> Result<CreatedAnswer, ApiError> {
        let record = attributes(&context).create(body.0.into()).await?;
        context.app.search.configs().changed().await;
        let etag = record.etag();
        let location = format!("/api/admin/attributes/{}", record.id);
        Ok(CreatedAnswer::Created(
            JsonResponse(record.into()),
            etag,
            location,
        ))
    }

    /// Show the definition of an attribute
    #[oai(path = "/:id", method = "get", operation_id = "adminGetAttribute")]
    async fn get(
        &self,
        _may: Allowed<CatalogueRead>,
        context: TenantContext,
        /// The definition's id.
        id: Path<RowId>,
    ) -> Result<AttributeAnswer, ApiError> {
        let record = attributes(&context)
            .get(id.0.0)
            .await?
            .ok_or(ApiError::NotFound("attribute"))?;
        let etag = record.etag();
        Ok(AttributeAnswer::Attribute(
            JsonResponse(record.into()),
            etag,
        ))
    }

    /// Change the definition of an attribute
    ///
    /// Products that have it are indexed again if it means something else then; labels and orders apply at once.
    #[oai(path = "/:id", method = "put", operation_id = "adminUpdateAttribute")]
    async fn update(
        &self,
        _may: Allowed<CatalogueWrite>,
        context: TenantContext,
        /// The definition's id.
        id: Path<RowId>,
        /// The `ETag` it had when you read it; `*` overwrites whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: JsonBody<AttributeBody>,
    ) -> Result<UpdatedAnswer, ApiError> {
        let state = required_state(if_match)?;
        let record = attributes(&context)
            .update(id.0.0, body.0.into(), Some(&state))
            .await?;
        context.app.search.configs().changed().await;
        let etag = record.etag();
        Ok(UpdatedAnswer::Updated(JsonResponse(record.into()), etag))
    }

    /// Delete the definition of an attribute
    ///
    /// The attribute itself stays: shown, searched, and filtered by its values.
    #[oai(
        path = "/:id",
        method = "delete",
        operation_id = "adminDeleteAttribute"
    )]
    async fn delete(
        &self,
        _may: Allowed<CatalogueWrite>,
        context: TenantContext,
        /// The definition's id.
        id: Path<RowId>,
        /// The `ETag` it had when you read it; `*` deletes whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Result<DeletedAnswer, ApiError> {
        let state = required_state(if_match)?;
        attributes(&context).delete(id.0.0, Some(&state)).await?;
        context.app.search.configs().changed().await;
        Ok(DeletedAnswer::Deleted)
    }
}

fn attributes(context: &TenantContext) -> DefinedAttributes {
    context.app.store.scope(context.tenant.id).attributes()
}
