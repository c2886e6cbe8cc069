//! Passwords that may be chosen, after NIST SP 800-63B-4: long, not common, and of any characters.

use std::fmt;

use icu_normalizer::ComposingNormalizerBorrowed;
use zxcvbn::{Score, zxcvbn};

/// Longest password, in characters.
pub const MAX_PASSWORD_CHARS: usize = 256;

/// A password in its normal form (NFKC), so that every keyboard's spelling of it is the same. `Debug` leaves it out.
#[derive(Clone)]
pub struct Password {
    normal: String,
    typed: String,
}

impl PartialEq for Password {
    fn eq(&self, other: &Self) -> bool {
        self.normal == other.normal
    }
}

impl Eq for Password {}

impl Password {
    /// Reads what somebody typed; `None` if it is longer than [`MAX_PASSWORD_CHARS`].
    pub fn read(typed: &str) -> Option<Self> {
        // Checked before the work, which grows with the length.
        if typed.chars().count() > MAX_PASSWORD_CHARS {
            return None;
        }
        let normal = ComposingNormalizerBorrowed::new_nfkc().normalize(typed);
        Some(Self {
            normal: normal.into_owned(),
            typed: typed.to_owned(),
        })
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.normal.as_bytes()
    }

    /// Returns what was typed, which hashes of other systems are of.
    pub(super) fn typed(&self) -> &str {
        &self.typed
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// Rule of passwords that are chosen from now on.
#[derive(Debug, Clone, Copy)]
pub struct PasswordPolicy {
    /// Fewest characters.
    pub min_chars: usize,
}

/// Reason for which a password may not be chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Too few characters.
    #[error("must have at least {0} characters; several words do well")]
    Short(usize),
    /// Too many characters.
    #[error("must have at most {MAX_PASSWORD_CHARS} characters")]
    Long,
    /// Common, or made of what others know.
    #[error("is easily guessed{0}; choose several words that do not belong together")]
    Guessable(String),
}

impl PasswordPolicy {
    /// Returns the password if it may be chosen. `known` are names that guessers try first: of the shop and of the user.
    ///
    /// # Errors
    /// The reason against it.
    pub fn check(self, typed: &str, known: &[&str]) -> Result<Password, WeakPassword> {
        let password = Password::read(typed).ok_or(WeakPassword::Long)?;
        let chars = password.normal.chars().count();
        if chars > MAX_PASSWORD_CHARS {
            return Err(WeakPassword::Long);
        }
        if chars < self.min_chars {
            return Err(WeakPassword::Short(self.min_chars));
        }
        let parts: Vec<_> = known.iter().flat_map(|name| parts_of(name)).collect();
        let parts: Vec<_> = parts.iter().map(String::as_str).collect();
        let strength = zxcvbn(&password.normal, &parts);
        if strength.score() >= Score::Three {
            return Ok(password);
        }
        let warning = strength.feedback().and_then(|feedback| feedback.warning());
        let hint = warning.map_or_else(String::new, |warning| {
            let warning = warning.to_string();
            format!(" ({})", warning.trim_end_matches('.').to_lowercase())
        });
        Err(WeakPassword::Guessable(hint))
    }
}

/// A name as a whole, its words, and its words written together.
fn parts_of(name: &str) -> Vec<String> {
    let name = name.to_lowercase();
    let words = name.split(|character: char| !character.is_alphanumeric());
    let words: Vec<_> = words.filter(|word| word.chars().count() > 2).collect();
    let together = words.concat();
    let mut parts: Vec<_> = words.into_iter().map(str::to_owned).collect();
    parts.extend([together, name]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: PasswordPolicy = PasswordPolicy { min_chars: 15 };

    fn checked(typed: &str) -> Result<Password, WeakPassword> {
        POLICY.check(
            typed,
            &["Dragon Emporium", "ada@mail.example", "Ada Lovelace"],
        )
    }

    #[test]
    fn long_uncommon_passwords_of_any_characters_are_taken() {
        for typed in [
            "correct horse battery staple",
            "vierzehn blaue Kühe tanzen",
            "лошадь скрепка батарея верно",
            "🐉🗡️🧙‍♀️📜🏰🔥🌋👑🛡️⚔️🧝",
        ] {
            assert!(checked(typed).is_ok(), "{typed}: {:?}", checked(typed));
        }
        let long = "correct horse battery staple ".repeat(9);
        let long: String = long.chars().take(256).collect();
        assert!(checked(&long).is_ok());
    }

    #[test]
    fn short_long_common_and_known_passwords_are_refused_with_a_reason() {
        assert_eq!(checked("Tr0ub4dor&3xyz"), Err(WeakPassword::Short(15)));
        assert_eq!(checked(&"ab c".repeat(65)), Err(WeakPassword::Long));
        for typed in [
            "aaaaaaaaaaaaaaaaaaaa",
            "passwordpassword",
            "qwertyuiopasdfgh",
            "123456789012345",
            "dragonemporium1",
            "adalovelace2026",
        ] {
            let refused = checked(typed);
            assert!(
                matches!(refused, Err(WeakPassword::Guessable(_))),
                "{typed}: {refused:?}"
            );
        }
    }

    #[test]
    fn composed_and_decomposed_spellings_are_one_password() {
        let composed = Password::read("caf\u{e9} \u{fb01}lter");
        assert_eq!(composed, Password::read("cafe\u{301} filter"));
        assert!(!format!("{composed:?}").contains("filter"));
    }

    /// Compatibility forms can grow to eighteen times their length.
    #[test]
    fn password_that_grows_beyond_the_limit_is_refused() {
        assert_eq!(checked(&"\u{fdfa}".repeat(200)), Err(WeakPassword::Long));
    }
}
