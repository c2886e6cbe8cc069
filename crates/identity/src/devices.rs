//! Devices that somebody signed in with: known by a token that is signed and not stored.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::tokens::{TOKEN_BYTES, Token, TokenKind};

/// Random bytes of a token; the others are its signature.
const NONCE_BYTES: usize = TOKEN_BYTES / 2;

/// Signer of device tokens. A token is good for one account alone.
#[derive(Clone)]
pub struct DeviceSigner([u8; 32]);

impl fmt::Debug for DeviceSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceSigner(..)")
    }
}

impl DeviceSigner {
    /// Creates a signer with a key of the installation.
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// Returns a token for a device that signed in to an account.
    pub fn sign(&self, tenant: i64, account: i64, nonce: [u8; NONCE_BYTES]) -> String {
        let mut token = [0; TOKEN_BYTES];
        token[..NONCE_BYTES].copy_from_slice(&nonce);
        token[NONCE_BYTES..].copy_from_slice(&self.signature(tenant, account, &nonce));
        Token::new(TokenKind::Device, token).text()
    }

    /// Returns the device's own number if the token is one of this account.
    pub fn device(&self, tenant: i64, account: i64, text: &str) -> Option<[u8; NONCE_BYTES]> {
        let token = Token::parse(TokenKind::Device, text)?;
        let (nonce, signature) = token.secret().split_at(NONCE_BYTES);
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().ok()?;
        let right = self.signature(tenant, account, &nonce);
        bool::from(signature.ct_eq(&right)).then_some(nonce)
    }

    fn signature(&self, tenant: i64, account: i64, nonce: &[u8]) -> [u8; NONCE_BYTES] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key may have any length");
        mac.update(&tenant.to_be_bytes());
        mac.update(&account.to_be_bytes());
        mac.update(nonce);
        let mut half = [0; NONCE_BYTES];
        half.copy_from_slice(&mac.finalize().into_bytes()[..NONCE_BYTES]);
        half
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_token_is_known_for_its_own_account_only() {
        let signer = DeviceSigner::new([1; 32]);
        let token = signer.sign(1, 7, [9; NONCE_BYTES]);
        assert_eq!(signer.device(1, 7, &token), Some([9; NONCE_BYTES]));
        assert_eq!(signer.device(1, 8, &token), None);
        assert_eq!(signer.device(2, 7, &token), None);
        assert_eq!(DeviceSigner::new([2; 32]).device(1, 7, &token), None);
        let last = if token.ends_with('0') { "1" } else { "0" };
        let forged = format!("{}{last}", &token[..token.len() - 1]);
        assert_eq!(signer.device(1, 7, &forged), None);
        assert_eq!(signer.device(1, 7, "souk_dv_"), None);
    }
}
