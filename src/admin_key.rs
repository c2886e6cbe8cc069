//! Admin key of this process.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// SHA-256 of the admin key, if one is accepted. Comparing hashes takes the same time for every candidate, whatever its length.
#[derive(Clone)]
pub struct AdminKey(Option<[u8; 32]>);

impl AdminKey {
    /// Accepts exactly this key.
    pub fn new(key: &str) -> Self {
        Self(Some(Sha256::digest(key).into()))
    }

    /// Accepts no key.
    pub fn switched_off() -> Self {
        Self(None)
    }

    /// Returns true if the candidate is the key.
    pub fn accepts(&self, candidate: &str) -> bool {
        let candidate: [u8; 32] = Sha256::digest(candidate).into();
        self.0.is_some_and(|key| key.ct_eq(&candidate).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_candidate_only_exact_match_accepted() {
        let key = AdminKey::new("correct horse");
        assert!(key.accepts("correct horse"));
        for other in ["", "correct hors", "correct horse ", "Correct horse"] {
            assert!(!key.accepts(other), "{other}");
        }
    }

    #[test]
    fn key_that_is_switched_off_is_none() {
        for candidate in ["", "correct horse"] {
            assert!(!AdminKey::switched_off().accepts(candidate));
        }
    }
}
