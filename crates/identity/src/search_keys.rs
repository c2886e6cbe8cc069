//! Search keys: derived from an API key for shoppers' browsers, by whoever has that key, without asking the marketplace.
//!
//! `souk_search_<id><restrictions>.<signature>`: the id of the API key in 11 characters, restrictions as JSON in Base64 for
//! addresses, and HMAC-SHA256 over all before the point in the same Base64. The key of the HMAC is the SHA-256 of the whole
//! API key in bytes, which is what is stored of it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::{ApiKeyHash, api_keys::ID_CHARS, base62};

/// Beginning of every search key.
pub const SEARCH_KEY_PREFIX: &str = "souk_search_";
/// Longest search key, in bytes.
pub const MAX_SEARCH_KEY_BYTES: usize = 4_096;

/// A text that has the form of a search key. Nothing in it is true before [`OfferedSearchKey::is_signed_by`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedSearchKey {
    /// Id of the API key that it claims to be derived from.
    pub parent: String,
    signed: String,
    restrictions: Vec<u8>,
    signature: Vec<u8>,
}

/// Derives a search key from the API key of an id and a hash. Restrictions are JSON.
#[must_use]
pub fn sign_search_key(parent: &str, hash: &ApiKeyHash, restrictions: &str) -> String {
    let restrictions = URL_SAFE_NO_PAD.encode(restrictions);
    let signed = format!("{SEARCH_KEY_PREFIX}{parent}{restrictions}");
    let signature = URL_SAFE_NO_PAD.encode(signature(&signed, hash));
    format!("{signed}.{signature}")
}

impl OfferedSearchKey {
    /// Reads a text; none if it does not have the form of a search key.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        if text.len() > MAX_SEARCH_KEY_BYTES {
            return None;
        }
        let (signed, signature) = text.split_once('.')?;
        let rest = signed.strip_prefix(SEARCH_KEY_PREFIX)?;
        let (parent, restrictions) = rest.split_at_checked(ID_CHARS)?;
        if !base62::is_encoded(parent) {
            return None;
        }
        Some(Self {
            parent: parent.to_owned(),
            signed: signed.to_owned(),
            restrictions: URL_SAFE_NO_PAD.decode(restrictions).ok()?,
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }

    /// Reports whether the holder of an API key has signed it.
    #[must_use]
    pub fn is_signed_by(&self, parent: &ApiKeyHash) -> bool {
        let right = signature(&self.signed, parent);
        self.signature.as_slice().ct_eq(right.as_slice()).into()
    }

    /// Returns the restrictions, which are JSON if the signer wrote them so.
    #[must_use]
    pub fn restrictions(&self) -> &[u8] {
        &self.restrictions
    }
}

fn signature(signed: &str, parent: &ApiKeyHash) -> [u8; 32] {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(parent.bytes()).expect("a key may have any length");
    mac.update(signed.as_bytes());
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ApiKeyRandomness, NewApiKeySecret};

    fn parent(seed: u8) -> NewApiKeySecret {
        NewApiKeySecret::of(ApiKeyRandomness {
            id: [seed; 8],
            secret: [seed; 32],
        })
    }

    #[test]
    fn search_key_is_read_back_and_signed_by_its_parent_alone() {
        let (one, other) = (parent(1), parent(2));
        let key = sign_search_key(&one.id, &one.hash, r#"{"user":"ü"}"#);
        let offered = OfferedSearchKey::read(&key).unwrap();
        assert_eq!(offered.parent, one.id);
        assert_eq!(offered.restrictions(), r#"{"user":"ü"}"#.as_bytes());
        assert!(offered.is_signed_by(&one.hash));
        assert!(!offered.is_signed_by(&other.hash));
        // Another parent's id in it is another text.
        let forged = key.replace(&one.id, &other.id);
        assert!(
            !OfferedSearchKey::read(&forged)
                .unwrap()
                .is_signed_by(&one.hash)
        );
    }

    #[test]
    fn search_key_with_any_other_character_is_refused() {
        let parent = parent(7);
        let key = sign_search_key(&parent.id, &parent.hash, r#"{"filters":{"brand":"A"}}"#);
        for place in 0..key.len() {
            let mut changed = key.clone().into_bytes();
            changed[place] = if changed[place] == b'x' { b'y' } else { b'x' };
            let changed = String::from_utf8(changed).unwrap();
            let accepted = OfferedSearchKey::read(&changed)
                .is_some_and(|offered| offered.is_signed_by(&parent.hash));
            assert!(!accepted, "{changed}");
        }
        for text in [
            "",
            "souk_search_",
            "souk_search_é",
            &key[1..],
            &format!("{key}."),
        ] {
            assert_eq!(OfferedSearchKey::read(text), None, "{text}");
        }
    }
}
