//! API keys: how they look, and how a text is told to be one without asking the database.
//!
//! `souk_sk_<id>_<secret><checksum>`: an id of 11 characters, a secret of 32 random bytes in 43 and a checksum in 6, all
//! in base 62. The beginning lets scanners find keys that were published. The checksum refuses typing errors.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::base62;

/// Beginning of every API key.
pub const API_KEY_PREFIX: &str = "souk_sk_";
/// Characters of an id.
pub(crate) const ID_CHARS: usize = 11;
/// Characters of a secret.
const SECRET_CHARS: usize = 43;
/// Characters of a checksum.
const CHECKSUM_CHARS: usize = 6;

/// Random bytes of which a key is made.
#[derive(Debug, Clone, Copy)]
pub struct ApiKeyRandomness {
    /// Becomes the id.
    pub id: [u8; 8],
    /// Becomes the secret.
    pub secret: [u8; 32],
}

/// A new key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiKeySecret {
    /// Public id, by which the key is found.
    pub id: String,
    /// The whole key, shown once.
    pub secret: String,
    /// Hash of the whole key, the only thing that is stored of it.
    pub hash: ApiKeyHash,
}

/// SHA-256 of a whole key. The key is long and random, so a plain hash suffices.
#[derive(Debug, Clone, Copy)]
pub struct ApiKeyHash([u8; 32]);

/// A text that has the form of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedApiKey {
    /// Id of the key that it claims to be.
    pub id: String,
    /// Hash of the text.
    pub hash: ApiKeyHash,
}

impl NewApiKeySecret {
    /// Makes a key.
    #[must_use]
    pub fn of(random: ApiKeyRandomness) -> Self {
        let id = base62::encode(&random.id, ID_CHARS);
        let body = format!(
            "{API_KEY_PREFIX}{id}_{}",
            base62::encode(&random.secret, SECRET_CHARS)
        );
        let secret = format!("{body}{}", checksum(&body));
        Self {
            id,
            hash: ApiKeyHash::of(&secret),
            secret,
        }
    }
}

impl OfferedApiKey {
    /// Reads a text; none if it does not have the form of a key, its checksum included.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(API_KEY_PREFIX)?;
        let (id, secret) = rest.split_once('_')?;
        let has_form = id.len() == ID_CHARS
            && secret.len() == SECRET_CHARS + CHECKSUM_CHARS
            && base62::is_encoded(id)
            && base62::is_encoded(secret);
        if !has_form {
            return None;
        }
        let (body, sum) = text.split_at_checked(text.len() - CHECKSUM_CHARS)?;
        (checksum(body) == sum).then(|| Self {
            id: id.to_owned(),
            hash: ApiKeyHash::of(text),
        })
    }
}

impl ApiKeyHash {
    fn of(key: &str) -> Self {
        Self(Sha256::digest(key).into())
    }

    /// Reads a hash as [`ApiKeyHash::to_hex`] writes it.
    #[must_use]
    pub fn from_hex(hex: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if hex.len() != 64 || !hex.is_ascii() {
            return None;
        }
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(hex.get(place * 2..place * 2 + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Hash in 64 digits, lower case.
    #[must_use]
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }
}

impl PartialEq for ApiKeyHash {
    /// Compares in the same time for every candidate.
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for ApiKeyHash {}

fn checksum(body: &str) -> String {
    let digest = Sha256::digest(body);
    base62::encode(&digest[..4], CHECKSUM_CHARS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> NewApiKeySecret {
        NewApiKeySecret::of(ApiKeyRandomness {
            id: [seed; 8],
            secret: [seed.wrapping_add(1); 32],
        })
    }

    #[test]
    fn key_is_read_back_with_its_id_and_hash() {
        for seed in 0..=255 {
            let key = key(seed);
            let offered = OfferedApiKey::read(&key.secret).unwrap();
            assert_eq!((&offered.id, offered.hash), (&key.id, key.hash));
            assert_eq!(key.secret.len(), 8 + 11 + 1 + 43 + 6);
            assert_eq!(ApiKeyHash::from_hex(&key.hash.to_hex()), Some(key.hash));
        }
        assert_ne!(key(1).hash, key(2).hash);
    }

    #[test]
    fn text_with_any_other_character_is_no_key() {
        let secret = key(7).secret;
        for place in 0..secret.len() {
            let mut changed = secret.clone().into_bytes();
            changed[place] = if changed[place] == b'x' { b'y' } else { b'x' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(OfferedApiKey::read(&changed), None, "{changed}");
        }
        for text in [
            "",
            "souk_sk_",
            "souk_sk_é_",
            &secret[1..],
            &format!("{secret}0"),
        ] {
            assert_eq!(OfferedApiKey::read(text), None, "{text}");
        }
    }
}
