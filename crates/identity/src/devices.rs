//! Devices that somebody signed in with: known by a token that is signed and not stored.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::tokens::{TOKEN_BYTES, Token, TokenKind};

/// Bytes of a device's number: random ones, and the day of the sign-in. The others of a token are its signature.
const NUMBER_BYTES: usize = TOKEN_BYTES / 2;
/// Random bytes of a number.
const NONCE_BYTES: usize = NUMBER_BYTES - size_of::<u32>();
/// Days for which a token is good.
const GOOD_DAYS: u32 = 400;
const DAY_MS: i64 = 86_400_000;

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

    /// Returns a token for a device that signs in to an account now.
    pub fn sign(
        &self,
        tenant: i64,
        account: i64,
        random: &[u8; TOKEN_BYTES],
        now_ms: i64,
    ) -> String {
        let mut number = [0; NUMBER_BYTES];
        number[..NONCE_BYTES].copy_from_slice(&random[..NONCE_BYTES]);
        number[NONCE_BYTES..].copy_from_slice(&day(now_ms).to_be_bytes());
        let mut token = [0; TOKEN_BYTES];
        token[..NUMBER_BYTES].copy_from_slice(&number);
        token[NUMBER_BYTES..].copy_from_slice(&self.signature(tenant, account, &number));
        Token::new(TokenKind::Device, token).text()
    }

    /// Returns the device's own number if the token is one of this account, and not over.
    pub fn device(
        &self,
        tenant: i64,
        account: i64,
        text: &str,
        now_ms: i64,
    ) -> Option<[u8; NUMBER_BYTES]> {
        let token = Token::parse(TokenKind::Device, text)?;
        let (number, signature) = token.secret().split_at(NUMBER_BYTES);
        let number: [u8; NUMBER_BYTES] = number.try_into().ok()?;
        let right = self.signature(tenant, account, &number);
        if !bool::from(signature.ct_eq(&right)) {
            return None;
        }
        let signed_on = u32::from_be_bytes(number[NONCE_BYTES..].try_into().ok()?);
        (day(now_ms).saturating_sub(signed_on) < GOOD_DAYS).then_some(number)
    }

    fn signature(&self, tenant: i64, account: i64, number: &[u8]) -> [u8; NUMBER_BYTES] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key may have any length");
        mac.update(&tenant.to_be_bytes());
        mac.update(&account.to_be_bytes());
        mac.update(number);
        let mut half = [0; NUMBER_BYTES];
        half.copy_from_slice(&mac.finalize().into_bytes()[..NUMBER_BYTES]);
        half
    }
}

/// Returns the number of the day since 1970.
fn day(now_ms: i64) -> u32 {
    u32::try_from(now_ms.div_euclid(DAY_MS)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_token_is_known_for_its_own_account_only() {
        let signer = DeviceSigner::new([1; 32]);
        let token = signer.sign(1, 7, &[9; TOKEN_BYTES], 0);
        let number = signer.device(1, 7, &token, 0).unwrap();
        assert_eq!(number[..NONCE_BYTES], [9; NONCE_BYTES]);
        assert_eq!(signer.device(1, 8, &token, 0), None);
        assert_eq!(signer.device(2, 7, &token, 0), None);
        assert_eq!(DeviceSigner::new([2; 32]).device(1, 7, &token, 0), None);
        let last = if token.ends_with('0') { "1" } else { "0" };
        let forged = format!("{}{last}", &token[..token.len() - 1]);
        assert_eq!(signer.device(1, 7, &forged, 0), None);
        assert_eq!(signer.device(1, 7, "souk_dv_", 0), None);
    }

    #[test]
    fn device_token_ends_after_400_days() {
        let signer = DeviceSigner::new([1; 32]);
        let begin = 1_800_000_000_000;
        let token = signer.sign(1, 7, &[9; TOKEN_BYTES], begin);
        let is_known = |days: i64| signer.device(1, 7, &token, begin + days * DAY_MS).is_some();
        assert!(is_known(0) && is_known(399));
        assert!(!is_known(400) && !is_known(4_000));
        // A later day in it is another token.
        let later = signer.sign(1, 7, &[9; TOKEN_BYTES], begin + 300 * DAY_MS);
        assert_ne!(token[token.len() - 20..], later[later.len() - 20..]);
    }
}
