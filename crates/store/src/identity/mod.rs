//! Rows of identity: accounts, sessions, keys, the audit log.
