//! The door: who sends a request, and what they may do.

mod allowed;
mod authentication;
mod principal;

pub(crate) use self::allowed::SECURITY_SCHEME;
pub use self::{allowed::Allowed, authentication::Authentication, principal::Principal};
