//! API keys of the tenant.

pub mod request;
pub mod response;

use poem_openapi::{OpenApi, param::Path};
use souk_identity::needed::{KeysRead, KeysWrite};
use souk_store::ApiKeys;

use self::{
    request::{ApiKeyBody, RotationBody},
    response::{ApiKeyInfo, ApiKeyList, IssuedApiKey},
};
use crate::{
    api::{Tag, answers::answers, call::now_ms, params::ApiKeyId},
    api_keys::{issue, rotate},
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};

answers! {
    /// Answers of `adminListKeys`.
    KeysAnswer {
        200 "The keys." => Keys(JsonResponse<ApiKeyList>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminCreateKey`.
    CreatedAnswer {
        201 "It was made." => Created(JsonResponse<IssuedApiKey>),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `adminGetKey`.
    KeyAnswer {
        200 "The key." => Key(JsonResponse<ApiKeyInfo>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminRotateKey`.
    RotatedAnswer {
        201 "The new key." => Rotated(JsonResponse<IssuedApiKey>),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `adminRevokeKey`.
    RevokedAnswer {
        204 "It is revoked." => Revoked,
    } or BadRequest, Unauthorized, NotFound
}

/// Operations on API keys.
pub struct AdminKeysApi;

#[OpenApi(prefix_path = "/api/admin/keys", tag = "Tag::Security")]
impl AdminKeysApi {
    /// List API keys
    ///
    /// Those in force and those that ended in the last 90 days, without their secrets, which nobody can read any more.
    #[oai(path = "/", method = "get", operation_id = "adminListKeys")]
    async fn list(
        &self,
        _may: Allowed<KeysRead>,
        context: TenantContext,
    ) -> Result<KeysAnswer, ApiError> {
        let keys = api_keys(&context).list(now_ms()).await?;
        let keys = keys.into_iter().map(ApiKeyInfo::from).collect();
        Ok(KeysAnswer::Keys(JsonResponse(ApiKeyList { keys })))
    }

    /// Make an API key
    ///
    /// For a program that calls this API. The response is the only one that ever holds the whole key.
    #[oai(path = "/", method = "post", operation_id = "adminCreateKey")]
    async fn create(
        &self,
        may: Allowed<KeysWrite>,
        context: TenantContext,
        body: JsonBody<ApiKeyBody>,
    ) -> Result<CreatedAnswer, ApiError> {
        let request = body.0.into_request().map_err(ApiError::Unprocessable)?;
        let maker = may.principal.to_string();
        let maker = (&*maker, may.principal.permissions());
        let issued = issue(&api_keys(&context), request, maker, now_ms()).await?;
        Ok(CreatedAnswer::Created(JsonResponse(issued.into())))
    }

    /// Show an API key
    #[oai(path = "/:id", method = "get", operation_id = "adminGetKey")]
    async fn get(
        &self,
        _may: Allowed<KeysRead>,
        context: TenantContext,
        /// Id of the key.
        id: Path<ApiKeyId>,
    ) -> Result<KeyAnswer, ApiError> {
        let key = api_keys(&context).get(&id.0.0).await?;
        Ok(KeyAnswer::Key(JsonResponse(key.into())))
    }

    /// Rotate an API key
    ///
    /// Makes a key of the same name, permissions and length of life. The old one lives on for some hours.
    #[oai(path = "/:id/rotate", method = "post", operation_id = "adminRotateKey")]
    async fn rotate(
        &self,
        may: Allowed<KeysWrite>,
        context: TenantContext,
        /// Id of the key.
        id: Path<ApiKeyId>,
        body: JsonBody<RotationBody>,
    ) -> Result<RotatedAnswer, ApiError> {
        let maker = may.principal.to_string();
        let maker = (&*maker, may.principal.permissions());
        let (keys, hours) = (api_keys(&context), body.0.overlap_hours);
        let issued = rotate(&keys, &id.0.0, hours, maker, now_ms()).await?;
        Ok(RotatedAnswer::Rotated(JsonResponse(issued.into())))
    }

    /// Revoke an API key
    ///
    /// Within a second no process accepts it.
    #[oai(path = "/:id", method = "delete", operation_id = "adminRevokeKey")]
    async fn revoke(
        &self,
        _may: Allowed<KeysWrite>,
        context: TenantContext,
        /// Id of the key.
        id: Path<ApiKeyId>,
    ) -> Result<RevokedAnswer, ApiError> {
        api_keys(&context).revoke(&id.0.0, now_ms()).await?;
        context.app.api_keys.outdate();
        Ok(RevokedAnswer::Revoked)
    }
}

fn api_keys(context: &TenantContext) -> ApiKeys {
    context.app.store.scope(context.tenant.id).api_keys()
}
