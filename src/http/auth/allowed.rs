//! Permission of an operation, as a parameter of its handler.

use std::{marker::PhantomData, sync::Arc};

use poem::{Request, RequestBody, Result};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaSecurityScheme, Registry},
};
use souk_identity::Needed;

use super::principal::{Checked, Principal};
use crate::error::ApiError;

/// Name of the security scheme in the specification.
pub(crate) const SECURITY_SCHEME: &str = "bearer";

/// Caller who has a permission. A handler that takes it answers nobody else.
///
/// In the specification the name of the permission stands where that of the security scheme is expected, until
/// `api::specification` puts each in its place.
pub struct Allowed<P> {
    /// The caller.
    pub principal: Principal,
    permission: PhantomData<P>,
}

impl<'a, P: Needed> ApiExtractor<'a> for Allowed<P> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        let scheme = MetaSecurityScheme {
            ty: "http",
            description: Some(
                "The admin key, an API key (`souk_sk_...`), or the session of a person (`souk_ss_...`, also as a cookie) with the permission that the operation names.",
            ),
            name: None,
            key_in: None,
            scheme: Some("bearer"),
            bearer_format: None,
            flows: None,
            openid_connect_url: None,
        };
        registry.create_security_scheme(SECURITY_SCHEME, scheme);
    }

    fn security_schemes() -> Vec<&'static str> {
        vec![P::PERMISSION.name()]
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> Result<Self> {
        let principal = match request.data::<Checked>() {
            Some(Checked::Known(principal)) => principal.clone(),
            Some(Checked::RefusedTooOften(seconds)) => {
                return Err(ApiError::LimitExceeded(*seconds).into());
            }
            Some(Checked::Unusable(error)) => {
                return Err(ApiError::Shared(Arc::clone(error)).into());
            }
            Some(Checked::Refused) | None => return Err(ApiError::Unauthorized.into()),
        };
        if matches!(principal, Principal::Anonymous | Principal::SearchKey(_)) {
            return Err(ApiError::Unauthorized.into());
        }
        if !principal.may(P::PERMISSION) {
            if principal.lacks_factor_for(P::PERMISSION) {
                return Err(ApiError::SecondFactorRequired.into());
            }
            return Err(ApiError::Forbidden(P::PERMISSION).into());
        }
        Ok(Self {
            principal,
            permission: PhantomData,
        })
    }
}
