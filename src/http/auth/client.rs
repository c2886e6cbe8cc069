//! The client of a request about an account.

use chrono::Utc;
use poem::{FromRequest, Request, RequestBody, Result, http::header};
use souk_accounts::Client;
use souk_identity::{Token, TokenKind};

use super::{authentication::bearer_token, cookies::CookieNames, csrf};
use crate::{
    error::ApiError,
    http::client::{Client as Address, RequestNetwork},
};

/// Client, and how it is answered.
pub struct AccountClient {
    /// Client as accounts know it.
    pub client: Client,
    pub(crate) cookies: CookieNames,
    /// True if its session comes as a bearer token, and not as a cookie.
    pub(crate) has_bearer: bool,
    is_own: bool,
}

impl AccountClient {
    /// Takes a device's token of the body before that of a cookie.
    pub(crate) fn of_device(mut self, token: Option<String>) -> Self {
        self.client.device = token.or(self.client.device);
        self
    }

    /// Says who is to keep a session that begins.
    pub(crate) fn keeping(mut self, by_cookie: bool) -> Self {
        self.client.by_cookie = by_cookie;
        self
    }

    /// Returns the line that keeps a session's token as a cookie.
    pub(crate) fn session_cookie(&self, token: &Token, expires_at_ms: i64) -> String {
        let seconds = (expires_at_ms - Utc::now().timestamp_millis()) / 1_000;
        self.cookies.keep_session(&token.text(), seconds)
    }

    /// Returns the new token of the request's session for the body, unless a cookie has it.
    pub(crate) fn token_in_body(&self, token: &Token) -> Option<String> {
        self.has_bearer.then(|| token.text())
    }

    /// Refuses to set a cookie for another site's page.
    ///
    /// # Errors
    /// If the request is not from a page of this host.
    pub(crate) fn require_own(&self) -> Result<(), ApiError> {
        match self.is_own {
            true => Ok(()),
            false => Err(ApiError::CrossSite),
        }
    }
}

impl<'a> FromRequest<'a> for AccountClient {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let cookies = CookieNames::of(request);
        let headers = request.headers();
        let address = request.data::<Address>();
        let network = request.data::<RequestNetwork>();
        let previous = cookies.session_in(headers);
        let previous = previous.and_then(|token| Token::parse(TokenKind::Session, token));
        let text = |name| request.header(name).unwrap_or_default().to_owned();
        Ok(Self {
            client: Client {
                address: address.map_or_else(|| "local".to_owned(), ToString::to_string),
                network: network.map_or_else(|| "local".to_owned(), RequestNetwork::label),
                user_agent: text(header::USER_AGENT),
                device: cookies.device_in(headers).map(str::to_owned),
                previous: previous.map(|token| token.hash()),
                by_cookie: false,
            },
            cookies,
            has_bearer: request
                .header(header::AUTHORIZATION)
                .and_then(bearer_token)
                .is_some(),
            is_own: csrf::is_own(request),
        })
    }
}
