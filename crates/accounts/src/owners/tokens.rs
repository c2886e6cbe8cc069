//! Tokens that make first owners.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use souk_domain::TenantId;
use souk_identity::{Token, TokenKind};

/// Tokens that make first owners. A tenant has the same one in every process, and it is good until somebody used it.
#[derive(Clone)]
pub(crate) struct OwnerTokens {
    key: [u8; 32],
}

impl OwnerTokens {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    pub(crate) fn of(&self, tenant: TenantId) -> Token {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("any length is a key");
        mac.update(&tenant.0.to_be_bytes());
        Token::new(TokenKind::Owner, mac.finalize().into_bytes().into())
    }
}
