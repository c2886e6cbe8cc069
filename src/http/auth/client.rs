//! The client of a request about an account.

use poem::{FromRequest, Request, RequestBody, Result, http::header};
use souk_accounts::Client;
use souk_identity::{Token, TokenKind};

use super::{cookies::CookieNames, csrf};
use crate::{
    error::ApiError,
    http::client::{Client as Address, RequestNetwork},
};

/// Client, and how it is answered.
pub struct AccountClient {
    /// Client as accounts know it.
    pub client: Client,
    pub(crate) cookies: CookieNames,
    is_own: bool,
    is_of_own_page: bool,
}

impl AccountClient {
    /// Returns true if a page of this host asks, or a program with a token.
    pub(crate) fn is_of_own_page(&self) -> bool {
        self.is_of_own_page
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
            },
            cookies,
            is_own: csrf::is_own(request),
            is_of_own_page: csrf::is_of_own_page(request),
        })
    }
}
