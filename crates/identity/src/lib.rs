//! Rules of identity, without I/O: roles and what they permit, passwords, second factors, sessions, keys.
//!
//! Time and randomness are passed in. `souk-store` keeps the rows, `src/http/auth` is the door.

mod roles;

pub use roles::{Role, UnknownRole};
