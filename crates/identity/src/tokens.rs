//! Secret tokens of 256 bits: shown once, stored as hashes.

use std::fmt;

use sha2::{Digest, Sha256};

/// Bytes of a token, and of its hash.
pub const TOKEN_BYTES: usize = 32;

/// Kind of a token; its prefix tells secret scanners what they found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Of a session.
    Session,
    /// Of a link that is sent by mail.
    Link,
    /// Of a device that somebody signed in with.
    Device,
    /// Of whoever becomes the first owner of a marketplace.
    Owner,
    /// Of a sign-in that waits for its second factor.
    Challenge,
    /// Of a guest's cart.
    Cart,
    /// Of a purchase, by which a guest finds it again.
    Order,
}

impl TokenKind {
    /// Beginning of every token of the kind.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Session => "souk_ss_",
            Self::Link => "souk_ln_",
            Self::Device => "souk_dv_",
            Self::Owner => "souk_ow_",
            Self::Challenge => "souk_ch_",
            Self::Cart => "souk_ct_",
            Self::Order => "souk_or_",
        }
    }
}

/// A secret token. `Debug` leaves the secret out.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    kind: TokenKind,
    secret: [u8; TOKEN_BYTES],
}

impl Token {
    /// Makes a token of random bytes.
    pub fn new(kind: TokenKind, random: [u8; TOKEN_BYTES]) -> Self {
        Self {
            kind,
            secret: random,
        }
    }

    /// Reads a token of this kind; `None` for any other text.
    pub fn parse(kind: TokenKind, text: &str) -> Option<Self> {
        let digits = text.strip_prefix(kind.prefix())?;
        // One spelling only, so that a token is one key of a cache.
        if digits.bytes().any(|digit| digit.is_ascii_uppercase()) {
            return None;
        }
        let mut secret = [0; TOKEN_BYTES];
        hex::decode_to_slice(digits, &mut secret).ok()?;
        Some(Self { kind, secret })
    }

    pub(crate) fn secret(&self) -> &[u8; TOKEN_BYTES] {
        &self.secret
    }

    /// Returns the text that its holder sends.
    pub fn text(&self) -> String {
        format!("{}{}", self.kind.prefix(), hex::encode(self.secret))
    }

    /// Returns what is stored of it. The token is random and long, so that a plain hash suffices.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.text()).into())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}..)", self.kind.prefix())
    }
}

/// Stored form of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; TOKEN_BYTES]);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn token_of_another_kind_or_spelling_is_none() {
        let token = Token::new(TokenKind::Session, [0xAB; TOKEN_BYTES]);
        let text = token.text();
        assert_eq!(Token::parse(TokenKind::Link, &text), None);
        for other in [
            text.to_uppercase(),
            format!("{text}0"),
            text[..71].to_owned(),
            text.replace("ab", "AB"),
            format!("{}é{}", &text[..8], &text[10..]),
        ] {
            assert_eq!(Token::parse(TokenKind::Session, &other), None, "{other}");
        }
        assert!(!format!("{token:?}").contains("abab"));
    }

    proptest! {
        #[test]
        fn token_is_read_as_it_was_written(bytes: [u8; TOKEN_BYTES], other: [u8; TOKEN_BYTES]) {
            let token = Token::new(TokenKind::Session, bytes);
            let read = Token::parse(TokenKind::Session, &token.text());
            prop_assert_eq!(read.as_ref(), Some(&token));
            let differs = Token::new(TokenKind::Session, other).hash() != token.hash();
            prop_assert_eq!(differs, bytes != other);
        }
    }
}
