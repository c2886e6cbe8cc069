//! Rules of identity, without I/O: roles and what they permit, passwords, second factors, sessions, keys.
//!
//! Time and randomness are passed in. `souk-store` keeps the rows, `src/http/auth` is the door.

mod api_keys;
mod base62;
mod permissions;
mod roles;

pub use api_keys::{API_KEY_PREFIX, ApiKeyHash, ApiKeyRandomness, NewApiKeySecret, OfferedApiKey};
pub use permissions::{Needed, Permission, Permissions, UnknownPermission, needed};
pub use roles::{Role, UnknownRole};
