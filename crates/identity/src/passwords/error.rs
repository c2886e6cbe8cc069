//! Failures of password hashes.

use argon2::password_hash;

/// A hash that cannot be made or read.
#[derive(Debug, thiserror::Error)]
#[error("password hash: {0}")]
pub struct HashError(pub(super) String);

impl From<argon2::Error> for HashError {
    fn from(error: argon2::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<password_hash::Error> for HashError {
    fn from(error: password_hash::Error) -> Self {
        Self(error.to_string())
    }
}
