//! Tenants of the installation and the keys of their storefronts.
//!
//! These operations are about the installation, whatever the tenant of the request. A key sent along has to be right all
//! the same.

pub mod request;
pub mod response;

use poem_openapi::{
    OpenApi,
    param::{Header, Path, Query},
};
use souk_domain::{TenantId, TenantKeyId};
use souk_identity::needed::{KeysRead, KeysWrite, TenantsRead, TenantsWrite};
use souk_search_service::issue_key;
use souk_store::{Tenant, Tenants};

use self::{
    request::{NewTenantBody, TenantBody, TenantKeyBody},
    response::{AdminTenant, AdminTenants, IssuedTenantKey, TenantKeys},
};
use super::{DEFAULT_LIMIT, required_state};
use crate::{
    api::{
        Tag,
        answers::answers,
        params::{PerPage, RowId, SlugText},
    },
    error::ApiError,
    http::{Allowed, Installation, JsonBody, JsonResponse, Principal},
};

answers! {
    /// Answers of `adminListTenants`.
    TenantsAnswer {
        200 "A page of tenants, by id." => Page(JsonResponse<AdminTenants>),
    } or BadRequest, Unauthorized

    /// Answers of `adminGetTenant`.
    TenantAnswer {
        200 "The tenant." => Tenant(
            JsonResponse<AdminTenant>,
            /// ETag; send it as `If-Match` with a change.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminCreateTenant`.
    CreatedAnswer {
        201 "It was made." => Created(
            JsonResponse<AdminTenant>,
            /// ETag.
            #[oai(header = "ETag")] String,
            /// URL path.
            #[oai(header = "Location")] String,
        ),
    } or BadRequest, Unauthorized, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `adminUpdateTenant`.
    UpdatedAnswer {
        200 "It was changed, or already was so." => Updated(
            JsonResponse<AdminTenant>,
            /// New ETag.
            #[oai(header = "ETag")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, Conflict, PreconditionFailed, RequestTimeout, TooLarge, UnsupportedMediaType,
        InvalidField, PreconditionRequired

    /// Answers of `adminDeleteTenant`.
    DeletedAnswer {
        204 "It is gone." => Deleted,
    } or BadRequest, Unauthorized, NotFound, PreconditionFailed, PreconditionRequired

    /// Answers of `adminListTenantKeys`.
    KeysAnswer {
        200 "A page of keys, by id." => Page(JsonResponse<TenantKeys>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminCreateTenantKey`.
    KeyCreatedAnswer {
        201 "It was made." => Created(JsonResponse<IssuedTenantKey>),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `adminRevokeTenantKey`.
    KeyRevokedAnswer {
        204 "It is revoked." => Revoked,
    } or BadRequest, Unauthorized, NotFound
}

/// Operations on tenants.
pub struct AdminTenantsApi;

#[OpenApi(prefix_path = "/api/admin/tenants", tag = "Tag::Tenants")]
impl AdminTenantsApi {
    /// List tenants
    #[oai(path = "/", method = "get", operation_id = "adminListTenants")]
    async fn list(
        &self,
        _may: Allowed<TenantsRead>,
        installation: Installation,
        /// `next_after` of the page before.
        after: Query<Option<RowId>>,
        /// Items per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<TenantsAnswer, ApiError> {
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let after = after.0.map(|after| TenantId(after.0));
        let tenants = tenants(&installation).page(after, limit).await?;
        let page = AdminTenants::new(tenants, limit);
        Ok(TenantsAnswer::Page(JsonResponse(page)))
    }

    /// Make a tenant
    ///
    /// It is served at its hosts two seconds later. The first tenant of an installation becomes the default.
    #[oai(path = "/", method = "post", operation_id = "adminCreateTenant")]
    async fn create(
        &self,
        _may: Allowed<TenantsWrite>,
        installation: Installation,
        body: JsonBody<NewTenantBody>,
    ) -> Result<CreatedAnswer, ApiError> {
        let tenant = body.0.into_input().map_err(ApiError::Unprocessable)?;
        let tenant = tenants(&installation).add(tenant).await?;
        let etag = tenant.etag();
        let location = format!("/api/admin/tenants/{}", tenant.slug);
        let tenant = JsonResponse(tenant.into());
        Ok(CreatedAnswer::Created(tenant, etag, location))
    }

    /// Show a tenant
    #[oai(path = "/:slug", method = "get", operation_id = "adminGetTenant")]
    async fn get(
        &self,
        _may: Allowed<TenantsRead>,
        installation: Installation,
        /// Slug of the tenant.
        slug: Path<SlugText>,
    ) -> Result<TenantAnswer, ApiError> {
        let tenant = find(&installation, &slug.0).await?;
        let etag = tenant.etag();
        Ok(TenantAnswer::Tenant(JsonResponse(tenant.into()), etag))
    }

    /// Change a tenant
    ///
    /// Hosts and default hold two seconds later. Language and currency stay as they were made.
    #[oai(path = "/:slug", method = "put", operation_id = "adminUpdateTenant")]
    async fn update(
        &self,
        _may: Allowed<TenantsWrite>,
        installation: Installation,
        /// Slug of the tenant.
        slug: Path<SlugText>,
        /// The `ETag` it had when you read it; `*` overwrites whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: JsonBody<TenantBody>,
    ) -> Result<UpdatedAnswer, ApiError> {
        let state = required_state(if_match)?;
        let changes = body.0.into_changes().map_err(ApiError::Unprocessable)?;
        let tenant = tenants(&installation)
            .update(&slug.0.0, changes, Some(&state))
            .await?;
        let etag = tenant.etag();
        Ok(UpdatedAnswer::Updated(JsonResponse(tenant.into()), etag))
    }

    /// Delete a tenant
    ///
    /// With its catalogue, configuration, statistics, hosts and keys. Its index and cached responses follow within
    /// seconds. There is no way back.
    #[oai(path = "/:slug", method = "delete", operation_id = "adminDeleteTenant")]
    async fn delete(
        &self,
        _may: Allowed<TenantsWrite>,
        installation: Installation,
        /// Slug of the tenant.
        slug: Path<SlugText>,
        /// The `ETag` it had when you read it; `*` deletes whatever is there. Required.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Result<DeletedAnswer, ApiError> {
        let state = required_state(if_match)?;
        tenants(&installation)
            .remove(&slug.0.0, Some(&state))
            .await?;
        Ok(DeletedAnswer::Deleted)
    }

    /// List a tenant's keys
    ///
    /// Without their secrets, which nobody can read any more.
    #[oai(
        path = "/:slug/keys",
        method = "get",
        operation_id = "adminListTenantKeys"
    )]
    async fn list_keys(
        &self,
        may: Allowed<KeysRead>,
        installation: Installation,
        /// Slug of the tenant.
        slug: Path<SlugText>,
        /// `next_after` of the page before.
        after: Query<Option<RowId>>,
        /// Items per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<KeysAnswer, ApiError> {
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let after = after.0.map(|after| TenantKeyId(after.0));
        let tenant = find_own(&installation, &may.principal, &slug.0).await?;
        let keys = tenants(&installation).keys(tenant.id);
        let page = TenantKeys::new(keys.page(after, limit).await?, limit);
        Ok(KeysAnswer::Page(JsonResponse(page)))
    }

    /// Make a key for a tenant
    ///
    /// The response is the only one that ever holds its secret. Other keys of the tenant stay valid.
    #[oai(
        path = "/:slug/keys",
        method = "post",
        operation_id = "adminCreateTenantKey"
    )]
    async fn create_key(
        &self,
        may: Allowed<KeysWrite>,
        installation: Installation,
        /// Slug of the tenant.
        slug: Path<SlugText>,
        body: JsonBody<TenantKeyBody>,
    ) -> Result<KeyCreatedAnswer, ApiError> {
        let tenant = find_own(&installation, &may.principal, &slug.0).await?;
        let TenantKeyBody { label, expires_at } = body.0;
        let expires_at_ms = expires_at.map(|time| time.ms());
        let issued = issue_key(&installation.app.store, tenant.id, label, expires_at_ms).await?;
        Ok(KeyCreatedAnswer::Created(JsonResponse(issued.into())))
    }

    /// Revoke a key of a tenant
    ///
    /// It is refused two seconds later.
    #[oai(
        path = "/:slug/keys/:id",
        method = "delete",
        operation_id = "adminRevokeTenantKey"
    )]
    async fn revoke_key(
        &self,
        may: Allowed<KeysWrite>,
        installation: Installation,
        /// Slug of the tenant.
        slug: Path<SlugText>,
        /// Id of the key.
        id: Path<RowId>,
    ) -> Result<KeyRevokedAnswer, ApiError> {
        let tenant = find_own(&installation, &may.principal, &slug.0).await?;
        let keys = tenants(&installation).keys(tenant.id);
        keys.revoke(TenantKeyId(id.0.0)).await?;
        Ok(KeyRevokedAnswer::Revoked)
    }
}

fn tenants(installation: &Installation) -> Tenants {
    installation.app.store.tenants()
}

async fn find(installation: &Installation, slug: &SlugText) -> Result<Tenant, ApiError> {
    let tenant = tenants(installation).by_slug(&slug.0).await?;
    tenant.ok_or(ApiError::NotFound("tenant"))
}

/// Returns the tenant whose keys a caller may know of. Another one is none.
async fn find_own(
    installation: &Installation,
    principal: &Principal,
    slug: &SlugText,
) -> Result<Tenant, ApiError> {
    let tenant = find(installation, slug).await?;
    let own = Some(tenant).filter(|tenant| principal.reaches(tenant.id));
    own.ok_or(ApiError::NotFound("tenant"))
}
