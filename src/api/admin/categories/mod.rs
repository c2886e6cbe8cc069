//! The category tree.

pub mod request;
pub mod response;

use poem_openapi::{
    OpenApi,
    param::{Header, Path},
};
use souk_domain::CategoryId;
use souk_identity::needed::{CatalogueRead, CatalogueWrite};
use souk_store::Categories;

use self::{
    request::CategoryBody,
    response::{AdminCategories, AdminCategory},
};
use super::required_state;
use crate::{
    api::{Tag, answers::answers, params::RowId},
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};

answers! {
    /// Answers of `adminListCategories`.
    CategoriesAnswer {
        200 "All categories." => Categories(JsonResponse<AdminCategories>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminGetCategory`.
    CategoryAnswer {
        200 "The category." => Category(
            JsonResponse<AdminCategory>,
            /// ETag; send it as `If-Match` with a change.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminCreateCategory`.
    CreatedAnswer {
        201 "It was made." => Created(
            JsonResponse<AdminCategory>,
            /// ETag.
            #[oai(header = "ETag")] String,
            /// URL slug.
            #[oai(header = "Location")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `adminUpdateCategory`.
    UpdatedAnswer {
        200 "It was changed, or already was so." => Updated(
            JsonResponse<AdminCategory>,
            /// New ETag.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, PreconditionFailed, RequestTimeout, TooLarge, UnsupportedMediaType,
        InvalidField, PreconditionRequired

    /// Answers of `adminDeleteCategory`.
    DeletedAnswer {
        204 "It is gone." => Deleted,
    } or BadRequest, Unauthorized, NotFound, Conflict, PreconditionFailed, PreconditionRequired
}

/// Operations on categories.
pub struct AdminCategoriesApi;

#[OpenApi(prefix_path = "/api/admin/categories", tag = "Tag::Admin")]
impl AdminCategoriesApi {
    /// List all categories
    #[oai(path = "/", method = "get", operation_id = "adminListCategories")]
    async fn list(
        &self,
        _may: Allowed<CatalogueRead>,
        context: TenantContext,
    ) -> Result<CategoriesAnswer, ApiError> {
        let records = categories(&context).list().await?;
        Ok(CategoriesAnswer::Categories(JsonResponse(
            AdminCategories {
                categories: records.into_iter().map(AdminCategory::from).collect(),
            },
        )))
    }

    /// Make a category
    #[oai(path = "/", method = "post", operation_id = "adminCreateCategory")]
    async fn create(
        &self,
        _may: Allowed<CatalogueWrite>,
        context: TenantContext,
        body: JsonBody<CategoryBody>,
    ) -> Result<CreatedAnswer, ApiError> {
        let input = body.0.into_input().map_err(ApiError::Unprocessable)?;
        let record = categories(&context).create(input).await?;
        let etag = record.etag();
        let location = format!("/api/admin/categories/{}", record.id);
        Ok(CreatedAnswer::Created(
            JsonResponse(record.into()),
            etag,
            location,
        ))
    }

    /// Show a category
    #[oai(path = "/:id", method = "get", operation_id = "adminGetCategory")]
    async fn get(
        &self,
        _may: Allowed<CatalogueRead>,
        context: TenantContext,
        /// The category's id.
        id: Path<RowId>,
    ) -> Result<CategoryAnswer, ApiError> {
        let record = categories(&context)
            .get(CategoryId(id.0.0))
            .await?
            .ok_or(ApiError::NotFound("category"))?;
        let etag = record.etag();
        Ok(CategoryAnswer::Category(JsonResponse(record.into()), etag))
    }

    /// Change a category
    ///
    /// Products in it and below are indexed again.
    #[oai(path = "/:id", method = "put", operation_id = "adminUpdateCategory")]
    async fn update(
        &self,
        _may: Allowed<CatalogueWrite>,
        context: TenantContext,
        /// The category's id.
        id: Path<RowId>,
        /// The `ETag` it had when you read it; `*` overwrites whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: JsonBody<CategoryBody>,
    ) -> Result<UpdatedAnswer, ApiError> {
        let state = required_state(if_match)?;
        let input = body.0.into_input().map_err(ApiError::Unprocessable)?;
        let record = categories(&context)
            .update(CategoryId(id.0.0), input, Some(&state))
            .await?;
        let etag = record.etag();
        Ok(UpdatedAnswer::Updated(JsonResponse(record.into()), etag))
    }

    /// Delete a category
    ///
    /// One that has neither products nor categories below.
    #[oai(path = "/:id", method = "delete", operation_id = "adminDeleteCategory")]
    async fn delete(
        &self,
        _may: Allowed<CatalogueWrite>,
        context: TenantContext,
        /// The category's id.
        id: Path<RowId>,
        /// The `ETag` it had when you read it; `*` deletes whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Result<DeletedAnswer, ApiError> {
        let state = required_state(if_match)?;
        categories(&context)
            .delete(CategoryId(id.0.0), Some(&state))
            .await?;
        Ok(DeletedAnswer::Deleted)
    }
}

fn categories(context: &TenantContext) -> Categories {
    context.app.store.scope(context.tenant.id).categories()
}
