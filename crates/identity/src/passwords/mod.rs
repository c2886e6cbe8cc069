//! Passwords: which may be chosen, and how they are stored.

mod hashing;
mod policy;

pub use hashing::{HashCost, HashError, PasswordHasher, SALT_BYTES, Verdict};
pub use policy::{MAX_PASSWORD_CHARS, Password, PasswordPolicy, WeakPassword};
