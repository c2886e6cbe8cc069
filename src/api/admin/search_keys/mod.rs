//! Search keys, made for those who cannot sign them themselves.

pub mod request;

use poem_openapi::{Object, OpenApi};
use serde::Serialize;
use souk_identity::{Permission, needed::SearchKeysMake, sign_search_key};

use self::request::SearchKeyBody;
use crate::{
    api::{Tag, answers::answers, call::now_ms},
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, Principal, TenantContext},
};
use souk_domain::InvalidField;

/// A search key.
#[derive(Debug, Object, Serialize)]
pub struct MadeSearchKey {
    /// Value of `X-Api-Key`, or of `x-algolia-api-key`.
    pub key: String,
}

answers! {
    /// Answers of `adminMakeSearchKey`.
    MadeAnswer {
        200 "The search key." => Made(JsonResponse<MadeSearchKey>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Operations on search keys.
pub struct AdminSearchKeysApi;

#[OpenApi(prefix_path = "/api/admin/search-keys", tag = "Tag::Security")]
impl AdminSearchKeysApi {
    /// Make a search key
    ///
    /// For shoppers' browsers: it searches within its filters, and does nothing else. Nothing is stored. Your own server can
    /// sign it as well, without this call; `docs/SEARCH_KEYS.md` says how.
    #[oai(path = "/", method = "post", operation_id = "adminMakeSearchKey")]
    async fn make(
        &self,
        may: Allowed<SearchKeysMake>,
        context: TenantContext,
        body: JsonBody<SearchKeyBody>,
    ) -> Result<MadeAnswer, ApiError> {
        let (parent, restrictions) = body.0.into_parts();
        let unprocessable =
            |field, message: String| ApiError::Unprocessable(InvalidField::new(field, message));
        restrictions
            .check()
            .map_err(|message| unprocessable("", message))?;
        let parent = match (parent, &may.principal) {
            (Some(id), _) => id,
            (None, Principal::ApiKey(own)) => own.id.clone(),
            (None, _) => {
                let message = "must name an API key, since no API key asks";
                return Err(unprocessable("parent", message.to_owned()));
            }
        };
        let keys = context.app.store.scope(context.tenant.id).api_keys();
        let parent = keys.get(&parent).await?;
        let may_sign = parent.permissions.has(Permission::SearchKeysMake);
        if !may_sign || !parent.is_in_force(now_ms()) {
            let message = "must be in force and have the permission `search_keys.make`";
            return Err(unprocessable("parent", message.to_owned()));
        }
        let restrictions = serde_json::to_string(&restrictions).map_err(ApiError::internal)?;
        let key = sign_search_key(&parent.id, &parent.hash, &restrictions);
        Ok(MadeAnswer::Made(JsonResponse(MadeSearchKey { key })))
    }
}
