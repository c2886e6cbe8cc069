//! Recovery codes: random, shown once, stored as hashes, each good once.

use std::fmt;

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};

use crate::TokenHash;

/// Codes of a set.
pub const RECOVERY_CODES: usize = 10;
/// Random bytes of a code.
pub const RECOVERY_CODE_BYTES: usize = 15;
/// Characters between two hyphens.
const GROUP: usize = 4;

/// A code that signs in without the authenticator app. `Debug` leaves it out.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode([u8; RECOVERY_CODE_BYTES]);

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(..)")
    }
}

impl RecoveryCode {
    /// Makes a code of random bytes.
    pub fn new(random: [u8; RECOVERY_CODE_BYTES]) -> Self {
        Self(random)
    }

    /// Reads what somebody typed, in any case, with or without hyphens and blanks.
    pub fn read(typed: &str) -> Option<Self> {
        let is_kept = |character: &char| *character != '-' && !character.is_whitespace();
        let typed: String = typed.chars().filter(is_kept).collect();
        let bytes = BASE32_NOPAD.decode(typed.to_ascii_uppercase().as_bytes());
        Some(Self(bytes.ok()?.try_into().ok()?))
    }

    /// Returns the text that is shown, such as `abcd-efgh-ijkl-mnop-qrst-uvwx`.
    pub fn text(&self) -> String {
        let text = BASE32_NOPAD.encode(&self.0).to_ascii_lowercase();
        let groups: Vec<_> = text.as_bytes().chunks(GROUP).collect();
        String::from_utf8_lossy(&groups.join(&b'-')).into_owned()
    }

    /// Returns what is stored of it, for one account. The code is random and long, so that a plain hash suffices.
    pub fn hash(&self, tenant: i64, account: i64) -> TokenHash {
        let mut hash = Sha256::new();
        hash.update(b"recovery code");
        hash.update(tenant.to_be_bytes());
        hash.update(account.to_be_bytes());
        hash.update(self.0);
        TokenHash(hash.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_read_as_people_type_it() {
        let code = RecoveryCode::new([0x5A; RECOVERY_CODE_BYTES]);
        let text = code.text();
        assert_eq!(text.len(), 29);
        assert!(text.split('-').all(|group| group.len() == GROUP), "{text}");
        for typed in [
            text.clone(),
            text.to_uppercase(),
            text.replace('-', ""),
            format!(" {} ", text.replace('-', " ")),
        ] {
            assert_eq!(RecoveryCode::read(&typed), Some(code.clone()), "{typed}");
        }
        for wrong in [
            "",
            "abcd",
            &format!("{text}a"),
            &text.replace(&text[..1], "1"),
            "é",
        ] {
            assert_eq!(RecoveryCode::read(wrong), None, "{wrong}");
        }
        assert!(!format!("{code:?}").contains(&text[..4]));
    }

    #[test]
    fn hash_is_of_one_account() {
        let code = RecoveryCode::new([1; RECOVERY_CODE_BYTES]);
        let hashes = [code.hash(1, 7), code.hash(1, 8), code.hash(2, 7)];
        assert_ne!(hashes[0], hashes[1]);
        assert_ne!(hashes[0], hashes[2]);
        assert_ne!(
            RecoveryCode::new([2; RECOVERY_CODE_BYTES]).hash(1, 7),
            hashes[0]
        );
    }
}
