//! Encryption of secrets, so that a copy of the database's rows signs nothing.

use std::fmt;

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::secret::Secret;

/// Random bytes that each encryption needs.
pub const NONCE_BYTES: usize = NONCE_LEN;

/// Cipher of secrets: ChaCha20-Poly1305 with a key of the installation. What was encrypted for one tenant is none for another.
#[derive(Clone)]
pub struct SecretCipher(LessSafeKey);

/// A stored secret that was encrypted with another key, for another tenant, or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored secret of a webhook endpoint cannot be decrypted with this installation's key")]
pub struct UnreadableSecret;

impl fmt::Debug for SecretCipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretCipher(..)")
    }
}

impl SecretCipher {
    /// Creates a cipher with a key of the installation.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        let key = UnboundKey::new(&CHACHA20_POLY1305, &key).expect("the key has 32 bytes");
        Self(LessSafeKey::new(key))
    }

    /// Returns what is stored of a secret: the nonce, the encrypted secret, and a tag.
    #[must_use]
    pub fn seal(&self, tenant: i64, secret: &Secret, nonce: [u8; NONCE_BYTES]) -> Vec<u8> {
        let mut encrypted = secret.bytes().to_vec();
        let tag = self
            .0
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(tenant.to_be_bytes()),
                &mut encrypted,
            )
            .expect("a secret is short enough");
        [&nonce[..], &encrypted, tag.as_ref()].concat()
    }

    /// Returns the secret of what is stored.
    ///
    /// # Errors
    /// If it is not what was stored for this tenant.
    pub fn open(&self, tenant: i64, sealed: &[u8]) -> Result<Secret, UnreadableSecret> {
        let (nonce, encrypted) = sealed
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or(UnreadableSecret)?;
        let mut encrypted = encrypted.to_vec();
        let opened = self.0.open_in_place(
            Nonce::assume_unique_for_key(*nonce),
            Aad::from(tenant.to_be_bytes()),
            &mut encrypted,
        );
        let bytes = opened.map_err(|_| UnreadableSecret)?.to_vec();
        Secret::from_bytes(bytes).map_err(|_| UnreadableSecret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_is_read_by_its_own_tenant_and_key_alone() {
        let (cipher, secret) = (SecretCipher::new([1; 32]), Secret::generate());
        let sealed = cipher.seal(1, &secret, [9; NONCE_BYTES]);
        assert_eq!(cipher.open(1, &sealed), Ok(secret));
        assert_eq!(cipher.open(2, &sealed), Err(UnreadableSecret));
        let other = SecretCipher::new([2; 32]);
        assert_eq!(other.open(1, &sealed), Err(UnreadableSecret));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(cipher.open(1, &changed), Err(UnreadableSecret), "{at}");
            assert_eq!(cipher.open(1, &sealed[..at]), Err(UnreadableSecret), "{at}");
        }
    }
}
