//! Hashes of passwords: Argon2id with a key that is not in the row, as PHC strings.

use std::fmt;

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier, Version,
    password_hash::{self, phc::PasswordHash},
};

use super::{ImportedHash, Password, error::HashError};

/// Bytes of a salt.
pub const SALT_BYTES: usize = 16;
/// Bytes of a hash.
const HASH_BYTES: usize = 32;

/// Work that a hash takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashCost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for HashCost {
    /// Least cost that OWASP recommends.
    fn default() -> Self {
        Self {
            memory_kib: 19_456,
            passes: 2,
            lanes: 1,
        }
    }
}

/// Result of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The password is right.
    Right {
        /// True if the hash is of another cost than today's, so that a new one has to be stored.
        outdated: bool,
    },
    /// The password is wrong.
    Wrong,
}

/// Maker of hashes.
#[derive(Clone)]
pub struct PasswordHasher {
    params: Params,
    pepper: [u8; 32],
}

impl fmt::Debug for PasswordHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordHasher")
            .field("params", &self.params)
            .finish_non_exhaustive()
    }
}

impl PasswordHasher {
    /// Creates a hasher of this cost. The pepper goes into every hash and is stored elsewhere.
    ///
    /// # Errors
    /// If the cost is out of range.
    pub fn new(cost: HashCost, pepper: [u8; 32]) -> Result<Self, HashError> {
        let HashCost {
            memory_kib,
            passes,
            lanes,
        } = cost;
        let params = Params::new(memory_kib, passes, lanes, Some(HASH_BYTES))?;
        Ok(Self { params, pepper })
    }

    fn argon2(&self) -> Result<Argon2<'_>, HashError> {
        let params = self.params.clone();
        let (id, version) = (Algorithm::Argon2id, Version::V0x13);
        Ok(Argon2::new_with_secret(&self.pepper, id, version, params)?)
    }

    /// Returns the PHC string of a password.
    ///
    /// # Errors
    /// If the memory is not there.
    pub fn hash(&self, password: &Password, salt: [u8; SALT_BYTES]) -> Result<String, HashError> {
        let hash: PasswordHash = self
            .argon2()?
            .hash_password_with_salt(password.as_bytes(), &salt)?;
        Ok(hash.to_string())
    }

    /// Compares a password with a PHC string, or with what is stored of an [`ImportedHash`], which is outdated.
    ///
    /// # Errors
    /// If the string is neither.
    pub fn verify(&self, password: &Password, phc: &str) -> Result<Verdict, HashError> {
        if let Some(imported) = ImportedHash::of_stored(phc) {
            return Ok(match imported?.is_of(password.typed())? {
                true => Verdict::Right { outdated: true },
                false => Verdict::Wrong,
            });
        }
        let hash = PasswordHash::new(phc).map_err(|error| HashError(error.to_string()))?;
        match self.argon2()?.verify_password(password.as_bytes(), &hash) {
            Ok(()) => Ok(Verdict::Right {
                outdated: self.is_outdated(&hash),
            }),
            Err(password_hash::Error::PasswordInvalid) => Ok(Verdict::Wrong),
            Err(error) => Err(error.into()),
        }
    }

    fn is_outdated(&self, hash: &PasswordHash) -> bool {
        let of_today = (Algorithm::Argon2id.ident(), Some(Version::V0x13.into()));
        let params = Params::try_from(hash);
        (hash.algorithm, hash.version) != of_today || params.ok() != Some(self.params.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: HashCost = HashCost {
        memory_kib: 64,
        passes: 1,
        lanes: 1,
    };

    fn password(text: &str) -> Password {
        Password::read(text).unwrap()
    }

    #[test]
    fn hash_is_a_phc_string_that_only_its_password_and_pepper_match() {
        let hasher = PasswordHasher::new(CHEAP, [1; 32]).unwrap();
        let right = password("correct horse battery");
        let phc = hasher.hash(&right, [7; SALT_BYTES]).unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{phc}");
        let verdict = hasher.verify(&right, &phc).unwrap();
        assert_eq!(verdict, Verdict::Right { outdated: false });
        let wrong = hasher.verify(&password("correct horse"), &phc).unwrap();
        assert_eq!(wrong, Verdict::Wrong);
        let other = PasswordHasher::new(CHEAP, [2; 32]).unwrap();
        assert_eq!(other.verify(&right, &phc).unwrap(), Verdict::Wrong);
        assert_ne!(hasher.hash(&right, [8; SALT_BYTES]).unwrap(), phc);
        assert!(hasher.verify(&right, "md5").is_err());
        assert!(!format!("{hasher:?}").contains("pepper"));
    }

    #[test]
    fn hash_of_another_cost_is_right_and_outdated() {
        let before = PasswordHasher::new(CHEAP, [1; 32]).unwrap();
        let right = password("correct horse battery");
        let phc = before.hash(&right, [7; SALT_BYTES]).unwrap();
        let dearer = HashCost { passes: 2, ..CHEAP };
        let after = PasswordHasher::new(dearer, [1; 32]).unwrap();
        let verdict = after.verify(&right, &phc).unwrap();
        assert_eq!(verdict, Verdict::Right { outdated: true });
    }

    #[test]
    fn imported_hash_is_right_as_typed_and_outdated() {
        let hasher = PasswordHasher::new(CHEAP, [1; 32]).unwrap();
        // Of an argon2 that knows no pepper, and of the ligature, which the normal form takes apart.
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, hasher.params.clone());
        let hash: PasswordHash = argon2
            .hash_password_with_salt("ﬁsh and chips".as_bytes(), &[7; SALT_BYTES])
            .unwrap();
        let stored = ImportedHash::read(&hash.to_string()).unwrap().stored();
        let verdict = |typed| hasher.verify(&password(typed), &stored).unwrap();
        assert_eq!(verdict("ﬁsh and chips"), Verdict::Right { outdated: true });
        assert_eq!(verdict("fish and chips"), Verdict::Wrong);
    }

    #[test]
    fn default_cost_is_what_the_hash_says() {
        let hasher = PasswordHasher::new(HashCost::default(), [1; 32]).unwrap();
        let phc = hasher
            .hash(&password("correct horse"), [7; SALT_BYTES])
            .unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
    }
}
