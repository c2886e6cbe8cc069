//! Passwords: which may be chosen, and how they are stored.

mod error;
mod hashing;
mod imported;
mod policy;

pub use error::HashError;
pub use hashing::{HashCost, PasswordHasher, SALT_BYTES, Verdict};
pub use imported::ImportedHash;
pub use policy::{MAX_PASSWORD_CHARS, Password, PasswordPolicy, WeakPassword};
