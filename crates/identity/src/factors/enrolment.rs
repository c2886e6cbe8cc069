//! Enrolment of an authenticator app: an `otpauth://` address, as text and as a QR code.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use qrcode::{EcLevel, QrCode, render::svg, types::QrError};

use super::totp::TotpSeed;

/// Longest name of a marketplace in an app, in characters, so that a QR code has room for it.
const MAX_ISSUER_CHARS: usize = 64;
/// Least width and height of the QR code, in pixels.
const MIN_PIXELS: u32 = 240;
/// Characters that mean something in an address.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A seed with the names that an app shows for it.
#[derive(Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// Secret in Base32, for typing.
    pub secret: String,
    /// Address that an app opens.
    pub url: String,
}

/// An address that no QR code has room for.
#[derive(Debug, thiserror::Error)]
#[error("the address of an authenticator app does not fit a QR code")]
pub struct QrCodeError(#[source] QrError);

impl fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Enrolment(..)")
    }
}

impl Enrolment {
    /// Makes the enrolment of a seed, for an account of an issuer.
    pub fn new(seed: &TotpSeed, issuer: &str, account: &str) -> Self {
        let secret = seed.base32();
        // A colon separates the two in the label, so that neither may have one.
        let issuer = issuer.replace(':', " ");
        let issuer: String = issuer.trim().chars().take(MAX_ISSUER_CHARS).collect();
        let account = account.replace(':', " ");
        let issuer = utf8_percent_encode(&issuer, RESERVED);
        let account = utf8_percent_encode(&account, RESERVED);
        let url = format!(
            "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30"
        );
        Self { secret, url }
    }

    /// Returns the address as a QR code in SVG.
    ///
    /// # Errors
    /// If it is too long.
    pub fn qr_code(&self) -> Result<String, QrCodeError> {
        // The least redundancy: it is read from a screen, and small.
        let code = QrCode::with_error_correction_level(&self.url, EcLevel::L);
        let code = code.map_err(QrCodeError)?;
        let image = code
            .render::<svg::Color<'_>>()
            .min_dimensions(MIN_PIXELS, MIN_PIXELS)
            .build();
        Ok(image)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed() -> TotpSeed {
        TotpSeed::new(*b"12345678901234567890")
    }

    #[test]
    fn address_names_issuer_and_account_and_escapes_them() {
        let made = Enrolment::new(&seed(), "Ann & Ben: Mugs", "ada+1@mail.example");
        assert_eq!(
            made.url,
            "otpauth://totp/Ann%20%26%20Ben%20%20Mugs:ada%2B1%40mail.example?\
             secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Ann%20%26%20Ben%20%20Mugs&algorithm=SHA1&digits=6&period=30"
        );
        assert!(!format!("{made:?}").contains("GEZD"));
    }

    #[test]
    fn qr_code_is_svg_also_of_the_longest_names() {
        let short = Enrolment::new(&seed(), "Shop", "ada@mail.example");
        let image = short.qr_code().unwrap();
        assert!(
            image.contains("<svg ") && image.trim_end().ends_with("</svg>"),
            "{image}"
        );
        let other = Enrolment::new(&TotpSeed::new([7; 20]), "Shop", "ada@mail.example");
        assert_ne!(other.qr_code().unwrap(), image);
        let long = Enrolment::new(&seed(), &"🐉".repeat(200), &"ü".repeat(127));
        long.qr_code().unwrap();
    }
}
