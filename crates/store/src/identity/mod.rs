//! Rows of identity: accounts, sessions, keys, the audit log.

pub(crate) mod api_keys;
pub mod audit;
