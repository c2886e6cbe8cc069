//! Passwords: which may be chosen, and how they are stored.

mod hashing;
mod imported;
mod policy;

pub use hashing::{HashCost, HashError, PasswordHasher, SALT_BYTES, Verdict};
pub use imported::ImportedHash;
pub use policy::{MAX_PASSWORD_CHARS, Password, PasswordPolicy, WeakPassword};
