//! Sessions as principals: by cookie, or as a bearer token.

use std::sync::Arc;

use poem::{FromRequest, Request, RequestBody, Result, http::header};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaSecurityScheme, Registry},
};
use souk_accounts::SecurityContext;
use souk_identity::SecurityEvent;
use souk_store::LiveSession;

use super::{
    authentication::bearer_token,
    cookies::{CookieNames, bears_session},
    csrf,
    person::SignedInPerson,
};
use crate::{
    error::ApiError,
    http::{client::RequestNetwork, tenant_resolution::resolve_tenant},
    state::AppState,
};

const BY_COOKIE: &str = "session_cookie";
const BY_BEARER: &str = "session_token";

/// Somebody who is signed in.
pub struct SessionPrincipal(pub Arc<LiveSession>);

/// Somebody who is signed in, or nobody. A session that is over is refused, so that nobody goes on as a guest unawares.
pub struct MaybeSession(pub Option<Arc<LiveSession>>);

impl SignedInPerson {
    /// Returns whose session a request bears.
    ///
    /// # Errors
    /// If it bears none that is alive in the tenant of the request, or another site's page sent it.
    pub(super) async fn of(app: &AppState, request: &Request) -> Result<Self, ApiError> {
        let tenant = resolve_tenant(app, request).await?.tenant;
        let bearer = request.header(header::AUTHORIZATION).and_then(bearer_token);
        let cookie = || CookieNames::of(request).session_in(request.headers());
        let token = bearer.or_else(cookie).ok_or(ApiError::SignInRequired)?;
        let live = app.accounts.session(tenant.id, token).await?;
        let live = live.ok_or(ApiError::SignInRequired)?;
        // Only of those who are signed in, so that nobody else fills the audit log.
        if bearer.is_none() && !csrf::is_own(request) {
            let network = request.data::<RequestNetwork>();
            let network = network.map(RequestNetwork::label).unwrap_or_default();
            let context = SecurityContext {
                tenant: tenant.id,
                account: Some(live.account.id),
                network: &network,
            };
            app.accounts
                .report(SecurityEvent::CrossSiteRefused, context)
                .await;
            return Err(ApiError::CrossSite);
        }
        Ok(Self {
            tenant: tenant.id,
            lacks_factor: app.accounts.lacks_factor(&live),
            live,
        })
    }
}

impl<'a> ApiExtractor<'a> for SessionPrincipal {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        let scheme = |ty, description| MetaSecurityScheme {
            ty,
            description: Some(description),
            name: None,
            key_in: None,
            scheme: None,
            bearer_format: None,
            flows: None,
            openid_connect_url: None,
        };
        let cookie = MetaSecurityScheme {
            name: Some("__Host-souk"),
            key_in: Some("cookie"),
            ..scheme(
                "apiKey",
                "Session of a browser; `souk` on loopback without TLS. A change needs to come from the same origin.",
            )
        };
        let bearer = MetaSecurityScheme {
            scheme: Some("bearer"),
            ..scheme(
                "http",
                "Session of any other client, such as `souk_ss_...`.",
            )
        };
        registry.create_security_scheme(BY_COOKIE, cookie);
        registry.create_security_scheme(BY_BEARER, bearer);
    }

    fn security_schemes() -> Vec<&'static str> {
        vec![BY_COOKIE, BY_BEARER]
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<Self::ParamType>,
    ) -> Result<Self> {
        let app = request.data::<AppState>();
        let app = app.ok_or_else(|| ApiError::internal("the application is missing"))?;
        let person = Box::pin(SignedInPerson::of(app, request)).await?;
        Ok(Self(person.live))
    }
}

impl<'a> FromRequest<'a> for MaybeSession {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        if !bears_session(request.headers()) {
            return Ok(Self(None));
        }
        let app = request.data::<AppState>();
        let app = app.ok_or_else(|| ApiError::internal("the application is missing"))?;
        let person = Box::pin(SignedInPerson::of(app, request)).await?;
        Ok(Self(Some(person.live)))
    }
}
