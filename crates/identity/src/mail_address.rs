//! Mail addresses in one spelling, so that an address is one account.

use std::fmt;

/// Longest address, in bytes (RFC 5321).
const MAX_BYTES: usize = 254;
/// Longest part before the `@`, in bytes.
const MAX_LOCAL_BYTES: usize = 64;

/// A mail address in lower case, without blanks around it.
///
/// `Debug` leaves out the text, which is personal, so that no log line has it by accident.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MailAddress(String);

/// A text that is no mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a mail address such as ada@shop.example, of at most 254 bytes")]
pub struct InvalidMailAddress;

impl MailAddress {
    /// Reads an address.
    ///
    /// # Errors
    /// If it is none that mail can be sent to.
    pub fn parse(text: &str) -> Result<Self, InvalidMailAddress> {
        let address = text.trim().to_lowercase();
        let (local, domain) = address.rsplit_once('@').ok_or(InvalidMailAddress)?;
        let is_sound = address.len() <= MAX_BYTES
            && local.len() <= MAX_LOCAL_BYTES
            && is_local(local)
            && is_domain(domain);
        is_sound.then_some(Self(address)).ok_or(InvalidMailAddress)
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the part before the `@`.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

impl fmt::Debug for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailAddress(..)")
    }
}

/// Dots separate; quotes, comments and characters that mean something in a header are left out.
fn is_local(local: &str) -> bool {
    let is_atom = |part: &str| {
        let is_taken = |character: char| {
            character.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(character)
        };
        !part.is_empty() && part.chars().all(is_taken)
    };
    local.split('.').all(is_atom)
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        let is_taken = |character: char| character.is_alphanumeric() || character == '-';
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(is_taken)
    };
    domain.contains('.') && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn address_in_other_spelling_is_the_same() {
        let one = MailAddress::parse("  Ada.Lovelace+shop@Mail.Example ").unwrap();
        assert_eq!(one.as_str(), "ada.lovelace+shop@mail.example");
        assert_eq!(one.local(), "ada.lovelace+shop");
        assert_eq!(format!("{one:?}"), "MailAddress(..)");
        MailAddress::parse("jürgen@bücher.example").unwrap();
    }

    #[test]
    fn text_that_is_no_address_is_refused() {
        for text in [
            "",
            "ada",
            "@mail.example",
            "ada@",
            "ada@localhost",
            "ada@-mail.example",
            "ada@mail..example",
            ".ada@mail.example",
            "a da@mail.example",
            "ada@mail.example\r\nBcc: all@mail.example",
            "<ada@mail.example>",
            "ada,eve@mail.example",
            "ada@eve@mail.example",
        ] {
            assert_eq!(MailAddress::parse(text), Err(InvalidMailAddress), "{text}");
        }
        let long = format!("{}@mail.example", "a".repeat(65));
        assert_eq!(MailAddress::parse(&long), Err(InvalidMailAddress));
    }

    proptest! {
        /// An address that was read is read again as itself, and has nothing that could break a header.
        #[test]
        fn address_is_stable_and_harmless(text in "\\PC{0,12}@\\PC{0,12}") {
            if let Ok(address) = MailAddress::parse(&text) {
                prop_assert_eq!(MailAddress::parse(address.as_str()), Ok(address.clone()));
                prop_assert!(!address.as_str().contains(['\r', '\n', ' ', '<', '>', ',', ';', '"']));
            }
        }
    }
}
