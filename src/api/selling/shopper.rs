//! Who buys: somebody who is signed in, or a guest.

use std::sync::Arc;

use poem_openapi::param::Header;
use souk_commerce::Customer;
use souk_identity::{Token, TokenHash, TokenKind};
use souk_store::{CartOwner, LiveSession};

use crate::{
    error::ApiError,
    http::{MaybeSession, TenantContext},
};

/// Header of a guest's cart, as operations declare it.
pub(super) type CartToken = Header<Option<String>>;

/// Shopper of a request.
pub(super) struct Shopper {
    pub(super) session: Option<Arc<LiveSession>>,
    pub(super) customer: Customer,
}

impl Shopper {
    /// Reads who buys.
    ///
    /// # Errors
    /// If the token of the cart is none.
    pub(super) fn of(session: MaybeSession, cart: &CartToken) -> Result<Self, ApiError> {
        let session = session.0;
        let account = session.as_ref().map(|live| live.account.id);
        let cart = hash_of(TokenKind::Cart, "X-Cart-Token", cart.0.as_deref())?;
        Ok(Self {
            customer: Customer { account, cart },
            session,
        })
    }

    /// Returns whose cart is changed, and the token of a new one: a guest who has none gets it.
    pub(super) fn owner(&mut self) -> (CartOwner, Option<Token>) {
        match self.customer.owner() {
            Some(owner) => (owner, None),
            None => {
                let token = Token::new(TokenKind::Cart, rand::random());
                self.customer.cart = Some(token.hash());
                (CartOwner::Guest(token.hash()), Some(token))
            }
        }
    }

    /// Returns the name by which idempotency keys of different shoppers are told apart.
    pub(super) fn caller(&self, context: &TenantContext) -> String {
        match (self.customer.account, self.customer.cart) {
            (Some(account), _) => format!("account:{account}"),
            (None, Some(cart)) => format!("cart:{}", hex::encode(cart.0)),
            (None, None) => format!("tenant:{}", context.tenant.id),
        }
    }
}

/// Returns the hash of a token that a header may have.
///
/// # Errors
/// If it is no token of the kind.
pub(crate) fn hash_of(
    kind: TokenKind,
    header: &'static str,
    text: Option<&str>,
) -> Result<Option<TokenHash>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let token = Token::parse(kind, text);
    let message = format!("must be a token such as `{}...`", kind.prefix());
    let token = token.ok_or_else(|| ApiError::parameter(header, message))?;
    Ok(Some(token.hash()))
}
