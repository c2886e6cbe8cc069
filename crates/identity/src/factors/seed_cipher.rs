//! Encryption of seeds, so that a copy of the database's rows makes no codes.

use std::fmt;

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use super::totp::{SEED_BYTES, TotpSeed};

/// Random bytes that each encryption needs.
pub const NONCE_BYTES: usize = NONCE_LEN;

/// Cipher of seeds: ChaCha20-Poly1305 with a key of the installation. What was encrypted for one account is none for another.
#[derive(Clone)]
pub struct SeedCipher(LessSafeKey);

/// A stored seed that was encrypted with another key, for another account, or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the stored secret of an authenticator app cannot be decrypted with this installation's key"
)]
pub struct UnreadableSeed;

impl fmt::Debug for SeedCipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeedCipher(..)")
    }
}

impl SeedCipher {
    /// Creates a cipher with a key of the installation.
    pub fn new(key: [u8; 32]) -> Self {
        let key = UnboundKey::new(&CHACHA20_POLY1305, &key).expect("the key has 32 bytes");
        Self(LessSafeKey::new(key))
    }

    /// Returns what is stored of a seed: the nonce, the encrypted seed, and a tag.
    pub fn seal(
        &self,
        (tenant, account): (i64, i64),
        seed: &TotpSeed,
        nonce: [u8; NONCE_BYTES],
    ) -> Vec<u8> {
        let mut encrypted = seed.0;
        let tag = self
            .0
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(associated(tenant, account)),
                &mut encrypted,
            )
            .expect("a seed is short enough");
        [&nonce[..], &encrypted, tag.as_ref()].concat()
    }

    /// Returns the seed of what is stored.
    ///
    /// # Errors
    /// If it is not what was stored for this account.
    pub fn open(
        &self,
        (tenant, account): (i64, i64),
        sealed: &[u8],
    ) -> Result<TotpSeed, UnreadableSeed> {
        let (nonce, encrypted) = sealed
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or(UnreadableSeed)?;
        let mut encrypted = encrypted.to_vec();
        let seed = self.0.open_in_place(
            Nonce::assume_unique_for_key(*nonce),
            Aad::from(associated(tenant, account)),
            &mut encrypted,
        );
        let seed: [u8; SEED_BYTES] = match seed {
            Ok(seed) => (&*seed).try_into().map_err(|_| UnreadableSeed)?,
            Err(_) => return Err(UnreadableSeed),
        };
        Ok(TotpSeed::new(seed))
    }
}

fn associated(tenant: i64, account: i64) -> [u8; 16] {
    let mut both = [0; 16];
    both[..8].copy_from_slice(&tenant.to_be_bytes());
    both[8..].copy_from_slice(&account.to_be_bytes());
    both
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seed_is_read_by_its_own_account_and_key_alone() {
        let (cipher, seed) = (SeedCipher::new([1; 32]), TotpSeed::new([7; SEED_BYTES]));
        let sealed = cipher.seal((1, 7), &seed, [9; NONCE_BYTES]);
        assert_eq!(sealed.len(), NONCE_BYTES + SEED_BYTES + 16);
        assert!(
            !sealed.windows(4).any(|four| four == [7; 4]),
            "in the clear"
        );
        assert_eq!(cipher.open((1, 7), &sealed), Ok(seed));
        for foreign in [(1, 8), (2, 7), (7, 1)] {
            assert_eq!(cipher.open(foreign, &sealed), Err(UnreadableSeed));
        }
        let other = SeedCipher::new([2; 32]);
        assert_eq!(other.open((1, 7), &sealed), Err(UnreadableSeed));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(cipher.open((1, 7), &changed), Err(UnreadableSeed), "{at}");
            assert_eq!(
                cipher.open((1, 7), &sealed[..at]),
                Err(UnreadableSeed),
                "{at}"
            );
        }
    }
}
