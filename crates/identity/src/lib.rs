//! Rules of identity, without I/O: roles and what they permit, passwords, second factors, sessions, keys.
//!
//! Time and randomness are passed in. `souk-store` keeps the rows, `src/http/auth` is the door.

mod api_keys;
mod authority;
mod base62;
mod devices;
mod events;
mod factors;
mod guessing;
mod mail_address;
mod passwords;
mod permissions;
mod roles;
mod search_keys;
mod seller_permissions;
mod sessions;
mod tokens;

pub use api_keys::{API_KEY_PREFIX, ApiKeyHash, ApiKeyRandomness, NewApiKeySecret, OfferedApiKey};
pub use authority::Authority;
pub use devices::DeviceSigner;
pub use events::SecurityEvent;
pub use factors::{
    Enrolment, FactorKind, NONCE_BYTES, PROOF_MS, QrCodeError, RECOVERY_CODE_BYTES, RECOVERY_CODES,
    RecoveryCode, SEED_BYTES, SeedCipher, TotpSeed, UnreadableSeed, is_recent_proof, totp_step,
};
pub use guessing::{FORGOTTEN_AFTER_MS, Failures, Guesser};
pub use mail_address::{InvalidMailAddress, MailAddress};
pub use passwords::{
    HashCost, HashError, ImportedHash, MAX_PASSWORD_CHARS, Password, PasswordHasher,
    PasswordPolicy, SALT_BYTES, Verdict, WeakPassword,
};
pub use permissions::{Needed, Permission, Permissions, UnknownPermission, needed};
pub use roles::{Role, UnknownRole};
pub use search_keys::{MAX_SEARCH_KEY_BYTES, OfferedSearchKey, SEARCH_KEY_PREFIX, sign_search_key};
pub use seller_permissions::SellerPermission;
pub use sessions::{SessionKind, USE_NOTED_EVERY_MS};
pub use tokens::{TOKEN_BYTES, Token, TokenHash, TokenKind};
