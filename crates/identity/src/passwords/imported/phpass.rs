//! Portable hashes of phpass: MD5, repeated. By the description at <https://www.openwall.com/phpass/>.

use md5::{Digest, Md5};
use subtle::ConstantTimeEq;

use super::{HashError, too_dear};

/// Digits of its base 64, the lowest first.
const DIGITS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Greatest number of repetitions, as a power of two.
const MAX_LOG_ROUNDS: u32 = 20;
/// Characters of salt and of hash.
const SALT_CHARS: usize = 8;
const HASH_CHARS: usize = 22;

/// A portable hash.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Phpass {
    rounds: u32,
    salt: String,
    hash: String,
}

impl Phpass {
    /// Reads `$P$` or `$H$`; `None` for any other form.
    pub(super) fn read(text: &str) -> Option<Result<Self, HashError>> {
        let rest = text
            .strip_prefix("$P$")
            .or_else(|| text.strip_prefix("$H$"))?;
        Some(Self::parts(rest))
    }

    fn parts(rest: &str) -> Result<Self, HashError> {
        let broken = || HashError("it is no whole hash of phpass".to_owned());
        if rest.len() != 1 + SALT_CHARS + HASH_CHARS || !rest.is_ascii() {
            return Err(broken());
        }
        let (log_rounds, rest) = rest.split_at(1);
        let digit = |digit: &u8| log_rounds.as_bytes() == [*digit];
        let log_rounds = DIGITS.iter().position(digit).ok_or_else(broken)? as u32;
        if log_rounds > MAX_LOG_ROUNDS {
            return Err(too_dear());
        }
        let (salt, hash) = rest.split_at(SALT_CHARS);
        Ok(Self {
            rounds: 1 << log_rounds,
            salt: salt.to_owned(),
            hash: hash.to_owned(),
        })
    }

    pub(super) fn is_of(&self, typed: &str) -> bool {
        let mut digest = Md5::digest([self.salt.as_bytes(), typed.as_bytes()].concat());
        for _ in 0..self.rounds {
            let next = Md5::new().chain_update(digest).chain_update(typed);
            digest = next.finalize();
        }
        let encoded = encode(&digest);
        encoded.as_bytes().ct_eq(self.hash.as_bytes()).into()
    }
}

/// Writes three bytes as four digits, the lowest bits first.
fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let shifted = group.iter().enumerate();
        let value: u32 = shifted.map(|(at, byte)| u32::from(*byte) << (8 * at)).sum();
        for digit in 0..=group.len() {
            let digit = (value >> (6 * digit)) & 0x3F;
            text.push(char::from(DIGITS[digit as usize]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn example_of_its_authors_is_right() {
        let hash = Phpass::read("$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0");
        assert!(hash.unwrap().unwrap().is_of("test12345"));
    }
}
