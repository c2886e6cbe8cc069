//! Credentials of a connection that stays open, to be checked again while it does.

use chrono::Utc;
use poem::{FromRequest, Request, RequestBody, Result, http::header};
use souk_domain::TenantId;
use souk_identity::{API_KEY_PREFIX, OfferedApiKey, Permission};
use souk_telemetry::chain;

use super::{
    authentication::bearer_token, cookies::CookieNames, person::SignedInPerson,
    principal::Principal,
};
use crate::{
    error::ApiError,
    http::{client::Client, tenant_resolution::resolve_tenant},
    state::AppState,
};

/// Credentials that a request came with, and the address of its client.
#[derive(Debug, Clone)]
pub struct HeldCredentials {
    credential: Credential,
    client: String,
}

#[derive(Debug, Clone)]
enum Credential {
    /// None that end, such as the admin key or an order's token.
    Lasting,
    ApiKey(OfferedApiKey),
    Session {
        tenant: TenantId,
        token: String,
    },
}

impl HeldCredentials {
    /// Returns the client that its connections are counted by.
    pub fn client(&self) -> &str {
        &self.client
    }

    /// Makes them those of anybody: for what is public, it does not matter who asks.
    #[must_use]
    pub fn of_anybody(self) -> Self {
        Self {
            credential: Credential::Lasting,
            ..self
        }
    }

    /// Reports whether the credentials are still good, and still permit something if it is needed. While nobody can tell,
    /// they are.
    pub async fn are_in_force(&self, app: &AppState, needed: Option<Permission>) -> bool {
        match self.check(app, needed).await {
            Ok(are_in_force) => are_in_force,
            Err(error) => {
                tracing::debug!(error = chain(&error), "credentials not checked again");
                true
            }
        }
    }

    async fn check(&self, app: &AppState, needed: Option<Permission>) -> Result<bool, ApiError> {
        let permissions = match &self.credential {
            Credential::Lasting => return Ok(true),
            Credential::ApiKey(offered) => {
                let now_ms = Utc::now().timestamp_millis();
                let key = app.api_keys.accept(offered, now_ms).await?;
                key.map(|key| key.permissions)
            }
            Credential::Session { tenant, token } => {
                let live = app.accounts.session(*tenant, token).await?;
                live.map(|live| {
                    let person = SignedInPerson {
                        tenant: *tenant,
                        lacks_factor: app.accounts.lacks_factor(&live),
                        live,
                    };
                    person.permissions()
                })
            }
        };
        Ok(match (permissions, needed) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(permissions), Some(needed)) => permissions.has(needed),
        })
    }
}

impl<'a> FromRequest<'a> for HeldCredentials {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let app = request.data::<AppState>();
        let app = app.ok_or_else(|| ApiError::internal("the application is missing"))?;
        let bearer = request.header(header::AUTHORIZATION).and_then(bearer_token);
        let cookie = || CookieNames::of(request).session_in(request.headers());
        let credential = match (Principal::of(request), bearer) {
            (Principal::AdminKey, _) => Credential::Lasting,
            (_, Some(bearer)) if bearer.starts_with(API_KEY_PREFIX) => {
                OfferedApiKey::read(bearer).map_or(Credential::Lasting, Credential::ApiKey)
            }
            (_, bearer) => match bearer.or_else(cookie) {
                Some(token) => Credential::Session {
                    tenant: resolve_tenant(app, request).await?.tenant.id,
                    token: token.to_owned(),
                },
                None => Credential::Lasting,
            },
        };
        let client = request.data::<Client>().copied();
        Ok(Self {
            credential,
            client: client.map_or_else(|| "local".to_owned(), |client| client.to_string()),
        })
    }
}
