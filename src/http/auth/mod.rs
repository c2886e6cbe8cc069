//! The door: who a request is of, and whether a browser was led to send it.

mod client;
mod cookies;
mod csrf;
mod session;

pub use client::AccountClient;
pub(crate) use cookies::bears_session;
pub use session::SessionPrincipal;
