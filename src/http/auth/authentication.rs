//! Middleware that finds out who sends a request, once for all that ask behind it.

use std::sync::Arc;

use chrono::Utc;
use poem::{
    Endpoint, IntoResponse, Middleware, Request, Response, Result, http::header::AUTHORIZATION,
};
use souk_identity::{API_KEY_PREFIX, OfferedApiKey, TokenKind};

use super::{
    cookies::CookieNames,
    person::SignedInPerson,
    principal::{Checked, Principal},
    search_key::{self, Refusal, SHUT_OUT_SECONDS},
};
use crate::{
    error::ApiError,
    http::{
        client::{RequestNetwork, TrustedProxies},
        rate_limit::RateLimits,
    },
    state::AppState,
};

/// Addresses of operations of staff.
const ADMIN: &str = "/api/admin/";
/// Addresses of operations of sellers' people.
const SELLER: &str = "/api/seller/";
/// Addresses at which any bearer is meant for us. Elsewhere it may be of a shop that has accounts of its own.
const OURS: [&str; 3] = [ADMIN, "/health/", "/mcp"];

/// Checks the credentials of every request.
#[derive(Clone, Default)]
pub struct Authentication {
    /// Quotas, of which one is for wrong keys.
    pub limits: RateLimits,
    /// Proxies trusted to name the client.
    pub proxies: TrustedProxies,
}

impl<E: Endpoint> Middleware<E> for Authentication {
    type Output = Authenticated<E>;

    fn transform(&self, inner: E) -> Self::Output {
        Authenticated {
            inner,
            authentication: self.clone(),
        }
    }
}

/// An endpoint whose requests say who sends them.
pub struct Authenticated<E> {
    inner: E,
    authentication: Authentication,
}

impl<E: Endpoint> Endpoint for Authenticated<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let client = self.authentication.proxies.client(&request);
        let network = RequestNetwork::of(client);
        request.set_data(client);
        request.set_data(network);
        // Only requests with credentials need room for their check.
        if let Some(app) = request.data::<AppState>()
            && let Some(bearer) = request.header(AUTHORIZATION).and_then(bearer_token)
        {
            let check = self.authentication.check(app, &request, bearer, network);
            let checked = Box::pin(check).await;
            request.set_data(checked);
        } else if let Some(app) = request.data::<AppState>()
            && is_for_staff(&request)
            && CookieNames::of(&request)
                .session_in(request.headers())
                .is_some()
        {
            let checked = Box::pin(check_session(app, &request)).await;
            request.set_data(checked);
        } else if let Some(app) = request.data::<AppState>()
            && let Some(offered) = search_key::offered(&request)
        {
            let check = search_key::check(app, &request, offered, network);
            let checked = match Box::pin(check).await {
                Err(Refusal::Guess(error)) => {
                    self.authentication
                        .guessed(app, &request, network, error)
                        .await
                }
                Err(Refusal::Other(error)) => Checked::Unusable(Arc::new(error)),
                Ok(key) => Checked::Known(Principal::SearchKey(key)),
            };
            request.set_data(checked);
        } else {
            Principal::Anonymous.set(&mut request);
        }
        self.inner
            .call(request)
            .await
            .map(IntoResponse::into_response)
    }
}

impl Authentication {
    async fn check(
        &self,
        app: &AppState,
        request: &Request,
        bearer: &str,
        network: RequestNetwork,
    ) -> Checked {
        if app.admin_key.accepts(bearer) {
            return Checked::Known(Principal::AdminKey);
        }
        let path = request.uri().path();
        if is_for_staff(request) && bearer.starts_with(TokenKind::Session.prefix()) {
            return check_session(app, request).await;
        }
        if !bearer.starts_with(API_KEY_PREFIX) && !OURS.iter().any(|start| path.starts_with(start))
        {
            // Of somebody before us, such as a shop that has its own accounts.
            return Checked::Known(Principal::Anonymous);
        }
        let name = network.name();
        if let Some(offered) = OfferedApiKey::read(bearer) {
            let is_unknown = !app.api_keys.remembers(&offered);
            if is_unknown && app.refused_keys.is_shut_out(&name) {
                app.refused_keys.add();
                return Checked::RefusedTooOften(SHUT_OUT_SECONDS);
            }
            let now_ms = Utc::now().timestamp_millis();
            match app.api_keys.accept(&offered, now_ms).await {
                Ok(Some(key)) => return Checked::Known(Principal::ApiKey(key)),
                Ok(None) => {}
                Err(error) => {
                    let error = ApiError::Unavailable(Box::new(error));
                    return Checked::Unusable(Arc::new(error));
                }
            }
        }
        match self.count_refused(app, &name).await {
            Some(seconds) => Checked::RefusedTooOften(seconds),
            None => {
                tracing::warn!(network = name, path, "key refused");
                Checked::Refused
            }
        }
    }

    /// Counts a search key that somebody may have guessed.
    async fn guessed(
        &self,
        app: &AppState,
        request: &Request,
        network: RequestNetwork,
        error: ApiError,
    ) -> Checked {
        let name = network.name();
        match self.count_refused(app, &name).await {
            Some(seconds) => Checked::RefusedTooOften(seconds),
            None => {
                let path = request.uri().path();
                tracing::warn!(network = name, path, "search key refused");
                Checked::Unusable(Arc::new(error))
            }
        }
    }

    /// Counts a wrong key of a network; returns the seconds until the next may be tried if there were too many.
    async fn count_refused(&self, app: &AppState, network: &str) -> Option<u32> {
        app.refused_keys.add();
        let seconds = self.limits.refused_key(network).await?;
        app.refused_keys.shut_out(network.to_owned());
        Some(seconds)
    }
}

/// Reports whether a request asks for an operation of staff or of a seller's people. Elsewhere a session is looked at only
/// where it is needed.
fn is_for_staff(request: &Request) -> bool {
    let path = request.uri().path();
    path.starts_with(ADMIN) || path.starts_with(SELLER)
}

async fn check_session(app: &AppState, request: &Request) -> Checked {
    match SignedInPerson::of(app, request).await {
        Ok(person) => Checked::Known(Principal::Person(person)),
        Err(error) => Checked::Unusable(Arc::new(error)),
    }
}

pub(super) fn bearer_token(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorization_bearer_scheme_returns_token() {
        assert_eq!(bearer_token("Bearer abc"), Some("abc"));
        assert_eq!(bearer_token("bearer abc"), Some("abc"));
        assert_eq!(bearer_token("Basic abc"), None);
        assert_eq!(bearer_token("abc"), None);
    }
}
