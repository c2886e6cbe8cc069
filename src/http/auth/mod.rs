//! The door: who sends a request, what they may do, and whether a browser was led to send it.

mod allowed;
mod authentication;
mod client;
mod cookies;
mod csrf;
mod held;
mod person;
mod principal;
mod search_key;
mod seller;
mod session;

pub(crate) use self::allowed::SECURITY_SCHEME;
pub use self::{
    allowed::Allowed,
    authentication::Authentication,
    client::AccountClient,
    held::HeldCredentials,
    principal::Principal,
    seller::SellerPrincipal,
    session::{MaybeSession, SessionPrincipal},
};
pub(crate) use cookies::bears_session;
