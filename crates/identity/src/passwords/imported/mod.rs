//! Hashes that other systems made. Each is verified until its owner signs in, and then replaced by one of our own.
//!
//! | form | of |
//! |---|---|
//! | `$2a$`, `$2b$`, `$2y$`; `bcrypt$` and `bcrypt_sha256$` before it | PHP, Rails, Node.js; Django |
//! | `$wp$2y$` | WordPress from 6.8 on |
//! | `$P$`, `$H$` | phpass: WordPress before 6.8, phpBB |
//! | `$argon2id$`, `$argon2i$`; `argon2` before it | PHP, Laravel; Django |
//! | `pbkdf2_sha256$`, `pbkdf2_sha1$`, `pbkdf2:sha256:`, `$pbkdf2-sha256$`, `$pbkdf2$` | Django, Werkzeug, passlib |
//! | `scrypt$`, `scrypt:`, `$scrypt$` | Django, Werkzeug, passlib |

mod derived;
mod phpass;

use std::fmt;

use argon2::{
    Argon2, Params, PasswordVerifier,
    password_hash::{self, phc::PasswordHash},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha384};

use self::{derived::Derived, phpass::Phpass};
use super::error::HashError;

/// Beginning of what is stored of an imported hash: one of Argon2 looks as our own do otherwise.
const MARK: &str = "imported:";
/// Greatest cost of bcrypt, a power of two: each step doubles the time.
const MAX_BCRYPT_COST: u32 = 16;
/// Most memory that a hash may take, in KiB.
const MAX_MEMORY_KIB: u32 = 256 * 1_024;
/// Most passes of Argon2 over its memory.
const MAX_PASSES: u32 = 20;

/// Hash of a password that another system made.
#[derive(Clone, PartialEq, Eq)]
pub struct ImportedHash {
    text: String,
    form: Form,
}

#[derive(Clone, PartialEq, Eq)]
enum Form {
    Bcrypt(Preparation, String),
    Argon2(String),
    Phpass(Phpass),
    Derived(Derived),
}

/// Form that a password is brought into before bcrypt, which reads 72 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Preparation {
    AsItIs,
    /// Digits of SHA-256, as Django makes them.
    Sha256,
    /// HMAC with SHA-384, as WordPress makes it.
    WordPress,
}

impl ImportedHash {
    /// Reads a hash as the other system stores it.
    ///
    /// # Errors
    /// If its form is unknown, or it would take more than a sign-in may.
    pub fn read(text: &str) -> Result<Self, HashError> {
        let form = Form::read(text)?;
        let text = text.to_owned();
        Ok(Self { text, form })
    }

    /// Reads what [`ImportedHash::stored`] returned; `None` for a hash of our own.
    pub(super) fn of_stored(stored: &str) -> Option<Result<Self, HashError>> {
        stored.strip_prefix(MARK).map(Self::read)
    }

    /// Returns what is stored of it.
    #[must_use]
    pub fn stored(&self) -> String {
        format!("{MARK}{}", self.text)
    }

    /// True if it is the hash of this password, as it was typed.
    ///
    /// # Errors
    /// If it cannot be computed.
    pub(super) fn is_of(&self, typed: &str) -> Result<bool, HashError> {
        match &self.form {
            Form::Bcrypt(preparation, hash) => {
                let prepared = preparation.of(typed);
                let verified = bcrypt::verify(prepared, hash);
                verified.map_err(|error| HashError(error.to_string()))
            }
            Form::Argon2(phc) => {
                let hash = PasswordHash::new(phc).map_err(|error| HashError(error.to_string()))?;
                match Argon2::default().verify_password(typed.as_bytes(), &hash) {
                    Ok(()) => Ok(true),
                    Err(password_hash::Error::PasswordInvalid) => Ok(false),
                    Err(error) => Err(error.into()),
                }
            }
            Form::Phpass(phpass) => Ok(phpass.is_of(typed)),
            Form::Derived(derived) => derived.is_of(typed),
        }
    }
}

impl fmt::Debug for ImportedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ImportedHash(..)")
    }
}

impl Form {
    fn read(text: &str) -> Result<Self, HashError> {
        if let Some(hash) = text.strip_prefix("$wp") {
            return Self::bcrypt(Preparation::WordPress, hash);
        }
        if let Some(hash) = text.strip_prefix("bcrypt_sha256$") {
            return Self::bcrypt(Preparation::Sha256, hash);
        }
        let plain = text.strip_prefix("bcrypt$").unwrap_or(text);
        if ["$2a$", "$2b$", "$2y$"]
            .iter()
            .any(|start| plain.starts_with(start))
        {
            return Self::bcrypt(Preparation::AsItIs, plain);
        }
        if let Some(phc) = text.strip_prefix("argon2$") {
            return Self::argon2(&format!("${phc}"));
        }
        if text.starts_with("$argon2") {
            return Self::argon2(text);
        }
        if let Some(phpass) = Phpass::read(text) {
            return phpass.map(Self::Phpass);
        }
        match Derived::read(text) {
            Some(derived) => derived.map(Self::Derived),
            None => Err(HashError("its form is unknown".to_owned())),
        }
    }

    fn bcrypt(preparation: Preparation, hash: &str) -> Result<Self, HashError> {
        let parts = hash.parse::<bcrypt::HashParts>();
        let parts = parts.map_err(|error| HashError(error.to_string()))?;
        if parts.get_cost() > MAX_BCRYPT_COST {
            return Err(too_dear());
        }
        Ok(Self::Bcrypt(preparation, hash.to_owned()))
    }

    fn argon2(phc: &str) -> Result<Self, HashError> {
        let hash = PasswordHash::new(phc).map_err(|error| HashError(error.to_string()))?;
        let params = Params::try_from(&hash)?;
        if params.m_cost() > MAX_MEMORY_KIB || params.t_cost() > MAX_PASSES {
            return Err(too_dear());
        }
        Ok(Self::Argon2(phc.to_owned()))
    }
}

impl Preparation {
    fn of(self, typed: &str) -> Vec<u8> {
        match self {
            Self::AsItIs => typed.as_bytes().to_vec(),
            Self::Sha256 => hex::encode(Sha256::digest(typed)).into_bytes(),
            Self::WordPress => {
                let mac = Hmac::<Sha384>::new_from_slice(b"wp-sha384");
                let mut mac = mac.expect("a key may have any length");
                mac.update(typed.as_bytes());
                STANDARD.encode(mac.finalize().into_bytes()).into_bytes()
            }
        }
    }
}

fn too_dear() -> HashError {
    HashError("it takes more work than a sign-in may".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &str = "Straße für 3 Äpfel";

    /// Hashes of [`PASSWORD`] as Django 5.2, Werkzeug 3, passlib 1.7 and PHP's bcrypt made them.
    const HASHES: [&str; 17] = [
        "pbkdf2_sha256$2000$NaClNaCl$9GJi33vKCycaV3wuGRs3VfKEgEE6Vvnt3B8C9TaUajM=",
        "pbkdf2_sha1$2000$NaClNaCl$d0LJWDRAq8ZiT2CBueGavT9EweA=",
        "argon2$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$gsXduAQUFQi3XGJKZ5T4PFDRP8ww64XRN+WGIoWBoSg",
        "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$gsXduAQUFQi3XGJKZ5T4PFDRP8ww64XRN+WGIoWBoSg",
        "bcrypt_sha256$$2b$04$xtL4ub0QyucTUAlSYa1RGuaywGqZs2zEjrxHNK1ZrsTepkI0B289S",
        "bcrypt$$2b$04$/uGFevl2YKmsmJpXItj7peK4ENj/.x1T5aU4k2WnWdTujR3PcY1dW",
        "$2y$04$/UfhZeYnb5NRd2c8mg0vl.Ozdg9uK8w3oiKNTG9DTvlx4v2ZcUKK.",
        "$wp$2y$04$/QUzGjePpnjwGpiFQ7YzBuHzaw4D5mvruWjYVIWuEuGCfwMIiyali",
        "scrypt$1024$NaClNaCl$8$5$0G0PgQraH6k/bhLaWKAYLrLw66SInN3Z0sUo+yJBSK3ai7sAYGIiefolsLXeiPA/mO/1u9TzgMaa92PEVfslKw==",
        "scrypt:1024:8:1$AsF1CnAv$8ba6c975c84bc893983885dcde348958e81b1fbdca2a842d27837e2f9733fbf809de62c241d34837e9c6053776f8803e0e3696a9a976b86a2b9b6b1120620d8d",
        "pbkdf2:sha256:2000$1BTMJbOR$afce0b26fc5cc77507beb83b8c3d47c286008de0cabec3a464df3c81d02d8db5",
        "$pbkdf2-sha256$2000$0xrDeG.N0brXWivF.B8DAA$EgFF/iJpcguvsGAbPWvaFrNv.S9fbay33o8TxgkOcWM",
        "$pbkdf2-sha512$2000$pXRO6R3DuPf./98759z7nw$xP.BUA/tYGaroTk84bpmBPvXTjZX6eoffoHfWxEx25AdZcuQHIqAORdh5LR8rLysuZ9vkzxfhZqQs2mKZ1qkqQ",
        "$pbkdf2$2000$I.QcIwRACOFcq3UOgfD.fw$/fc5iXjvTbdd6GCjWV91ynz77OY",
        "$P$5VKXuhIxh34eXNkDwDRxCQepzMGQX5/",
        "$H$5s95FMAi0SizEHdcgA1hl19f7/ozkh.",
        "$scrypt$ln=10,r=8,p=1$GmOsFeL8X2vt3btXihEiZA$/C00DqKH5SnLG1mjY+MqOkNXED0P5S4+ri5CXBtsU7E",
    ];

    #[test]
    fn hash_of_each_system_is_that_of_its_password_alone() {
        for text in HASHES {
            let hash = ImportedHash::read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert!(hash.is_of(PASSWORD).unwrap(), "{text}");
            assert!(!hash.is_of("Strasse für 3 Äpfel").unwrap(), "{text}");
            let again = ImportedHash::of_stored(&hash.stored()).unwrap().unwrap();
            assert!(again == hash && !format!("{hash:?}").contains(text));
        }
        assert!(ImportedHash::of_stored(HASHES[3]).is_none());
    }

    #[test]
    fn unknown_broken_and_dear_hashes_are_refused() {
        for text in [
            "",
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "$1$salt$hash",
            "$2y$04$short",
            "$2y$17$/UfhZeYnb5NRd2c8mg0vl.Ozdg9uK8w3oiKNTG9DTvlx4v2ZcUKK.",
            "$P$",
            "$P$z12345678",
            "$argon2id$v=19$m=1048576,t=1,p=1$c2FsdHNhbHRzYWx0$gsXduAQUFQi3XGJKZ5T4PFDRP8ww64XRN+WGIoWBoSg",
            "$argon2id$v=19$m=64,t=99,p=1$c2FsdHNhbHRzYWx0$gsXduAQUFQi3XGJKZ5T4PFDRP8ww64XRN+WGIoWBoSg",
            "pbkdf2_sha256$0$NaCl$9GJi33vKCycaV3wuGRs3VfKEgEE6Vvnt3B8C9TaUajM=",
            "pbkdf2_sha256$99999999$NaCl$9GJi33vKCycaV3wuGRs3VfKEgEE6Vvnt3B8C9TaUajM=",
            "pbkdf2_md5$2000$NaCl$9GJi33vKCycaV3wuGRs3VfKEgEE6Vvnt3B8C9TaUajM=",
            "pbkdf2_sha256$2000$NaCl$",
            "pbkdf2_sha256$2000$NaCl$not base64",
            "scrypt$1000$NaCl$8$5$0G0PgQraH6k/bhLaWKAYLg==",
            "scrypt$16777216$NaCl$8$5$0G0PgQraH6k/bhLaWKAYLg==",
            "scrypt:1024:8:1$AsF1CnAv$zz",
            "$scrypt$ln=10,r=8$GmOsFeL8X2vt3btXihEiZA$/C00DqKH5SnLG1mjY+MqOg",
        ] {
            assert!(ImportedHash::read(text).is_err(), "{text}");
        }
    }
}
