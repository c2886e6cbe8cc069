//! The client of a request about an account.

use chrono::Utc;
use poem::{
    FromRequest, Request, RequestBody, Result,
    http::{HeaderName, header},
};
use souk_accounts::Client;
use souk_domain::InvalidField;
use souk_identity::{Token, TokenKind};

use super::{authentication::bearer_token, cookies::CookieNames, csrf};
use crate::{
    error::ApiError,
    http::{
        client::{Client as Address, RequestNetwork},
        tenant_resolution::{API_KEY, resolve_tenant},
    },
    state::AppState,
};

/// Request header by which a storefront's server names the address of its shopper. Without a key it is nobody's word.
const SHOPPER_ADDRESS: HeaderName = HeaderName::from_static("x-shopper-address");

/// Client, and how it is answered.
pub struct AccountClient {
    /// Client as accounts know it.
    pub client: Client,
    pub(crate) cookies: CookieNames,
    /// True if its session comes as a bearer token, and not as a cookie.
    pub(crate) has_bearer: bool,
    is_own: bool,
    is_of_own_page: bool,
}

impl AccountClient {
    /// Returns true if a page of this host asks, or a program with a token.
    pub(crate) fn is_of_own_page(&self) -> bool {
        self.is_of_own_page
    }

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
        let (address, network) = Box::pin(counted_by(request)).await?;
        let previous = cookies.session_in(headers);
        let previous = previous.and_then(|token| Token::parse(TokenKind::Session, token));
        let text = |name| request.header(name).unwrap_or_default().to_owned();
        Ok(Self {
            client: Client {
                address,
                network,
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
            is_of_own_page: csrf::is_of_own_page(request),
        })
    }
}

/// Returns the address and the network that somebody is counted by. Of a storefront's server those of its shopper, as it tells
/// them, or none: all its shoppers share its own.
async fn counted_by(request: &Request) -> Result<(String, String), ApiError> {
    let (address, network) = match request.data::<AppState>() {
        Some(app) if is_storefront(app, request).await? => match shopper(request)? {
            Some(shopper) => (Some(shopper), Some(RequestNetwork::of(shopper))),
            None => return Ok((String::new(), String::new())),
        },
        _ => (request.data().copied(), request.data().copied()),
    };
    let local = || "local".to_owned();
    Ok((
        address.map_or_else(local, |address| address.to_string()),
        network.map_or_else(local, |network| network.label()),
    ))
}

/// Reports whether a request has a storefront's key that is in force.
async fn is_storefront(app: &AppState, request: &Request) -> Result<bool, ApiError> {
    if !request.headers().contains_key(API_KEY) {
        return Ok(false);
    }
    Ok(resolve_tenant(app, request).await?.has_key)
}

/// Returns the shopper whom a storefront's server asks for.
fn shopper(request: &Request) -> Result<Option<Address>, ApiError> {
    let mut given = request.headers().get_all(SHOPPER_ADDRESS).iter();
    let (first, others) = (given.next(), given.next());
    let Some(first) = first else { return Ok(None) };
    let address = first
        .to_str()
        .ok()
        .and_then(|text| text.trim().parse().ok());
    match (address, others) {
        (Some(address), None) => Ok(Some(Address::of(address))),
        _ => {
            let fault = InvalidField::new("X-Shopper-Address", "must be one IP address");
            Err(ApiError::Parameter(fault))
        }
    }
}
