//! Secrets of endpoints, as `whsec_` and Base64.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};

/// Beginning of a secret as it is shown.
pub const SECRET_PREFIX: &str = "whsec_";

/// Bytes of a new secret. Their number is divisible by 3: some libraries refuse Base64 without padding, others one with it.
const NEW_BYTES: usize = 24;
const MIN_BYTES: usize = 24;
const MAX_BYTES: usize = 64;

/// Secret that signs deliveries to an endpoint. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

/// Text that is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be `whsec_` and the Base64 of 24 to 64 bytes")]
pub struct BadSecret;

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Secret {
    /// Makes a secret.
    #[must_use]
    pub fn generate() -> Self {
        Self(rand::random::<[u8; NEW_BYTES]>().to_vec())
    }

    /// Reads a secret as [`Self::expose`] writes it.
    ///
    /// # Errors
    /// If it has another form or length.
    pub fn parse(text: &str) -> Result<Self, BadSecret> {
        let encoded = text.strip_prefix(SECRET_PREFIX).ok_or(BadSecret)?;
        Self::from_bytes(STANDARD.decode(encoded).map_err(|_| BadSecret)?)
    }

    /// Creates a secret of its bytes.
    ///
    /// # Errors
    /// If they are fewer than 24 or more than 64.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, BadSecret> {
        match bytes.len() {
            MIN_BYTES..=MAX_BYTES => Ok(Self(bytes)),
            _ => Err(BadSecret),
        }
    }

    /// Returns the text that its owner is shown once.
    #[must_use]
    pub fn expose(&self) -> String {
        format!("{SECRET_PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// Returns the key of signatures.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_secret_is_read_back_and_needs_no_padding() {
        let secret = Secret::generate();
        let text = secret.expose();
        assert!(text.starts_with("whsec_") && !text.contains('='), "{text}");
        assert_eq!(Secret::parse(&text), Ok(secret.clone()));
        assert_ne!(Secret::generate(), secret);
        assert_eq!(format!("{secret:?}"), "Secret(..)");
    }

    #[test]
    fn text_of_another_form_or_length_is_no_secret() {
        let of = |count: usize| format!("whsec_{}", STANDARD.encode(vec![7; count]));
        for count in [24, 48, 64] {
            assert!(Secret::parse(&of(count)).is_ok(), "{count}");
        }
        let encoded = STANDARD.encode([7; 24]);
        for text in [of(23), of(65), encoded, "whsec_!".to_owned(), String::new()] {
            assert_eq!(Secret::parse(&text), Err(BadSecret), "{text}");
        }
    }
}
