//! PBKDF2 and scrypt in the forms of Django, Werkzeug and passlib.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::{HashError, MAX_MEMORY_KIB, too_dear};

/// Most repetitions of PBKDF2.
const MAX_ROUNDS: u32 = 5_000_000;
/// Most times that scrypt fills its memory.
const MAX_PARALLELISM: u32 = 16;

/// Hash by a function that derives keys.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Derived {
    function: Function,
    salt: Vec<u8>,
    key: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Function {
    Pbkdf2(Prf, u32),
    Scrypt { log_n: u8, r: u32, p: u32 },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Prf {
    Sha1,
    Sha256,
    Sha512,
}

impl Derived {
    /// Reads a hash; `None` for any other form.
    pub(super) fn read(text: &str) -> Option<Result<Self, HashError>> {
        let is_one = [
            "pbkdf2_", "pbkdf2:", "$pbkdf2", "scrypt$", "scrypt:", "$scrypt$",
        ];
        if !is_one.iter().any(|start| text.starts_with(start)) {
            return None;
        }
        let broken = || HashError("it is no whole hash of PBKDF2 or scrypt".to_owned());
        let parts: Vec<_> = text.split('$').collect();
        Some(
            Self::of_parts(&parts)
                .ok_or_else(broken)
                .and_then(Self::bounded),
        )
    }

    fn of_parts(parts: &[&str]) -> Option<Self> {
        let text = |salt: &str| Some(salt.as_bytes().to_vec());
        let base64 = |text: &str| STANDARD.decode(text).ok();
        // Of passlib, which writes a dot for the plus.
        let adapted = |text: &str| STANDARD_NO_PAD.decode(text.replace('.', "+")).ok();
        let hex = |text: &str| hex::decode(text).ok();
        let (function, salt, key) = match parts {
            // Django.
            [name, rounds, salt, key] if name.starts_with("pbkdf2_") => {
                let prf = Prf::named(&name["pbkdf2_".len()..])?;
                let function = Function::Pbkdf2(prf, rounds.parse().ok()?);
                (function, text(salt)?, base64(key)?)
            }
            ["scrypt", n, salt, r, p, key] => {
                (Function::scrypt(n, r, p)?, text(salt)?, base64(key)?)
            }
            // Werkzeug.
            [method, salt, key] => {
                let method: Vec<_> = method.split(':').collect();
                let function = match method.as_slice() {
                    ["pbkdf2", prf, rounds] => {
                        Function::Pbkdf2(Prf::named(prf)?, rounds.parse().ok()?)
                    }
                    ["scrypt", n, r, p] => Function::scrypt(n, r, p)?,
                    _ => return None,
                };
                (function, text(salt)?, hex(key)?)
            }
            // passlib, and the string format of the password hashing competition.
            ["", "scrypt", params, salt, key] => {
                (Function::of_params(params)?, adapted(salt)?, adapted(key)?)
            }
            ["", name, rounds, salt, key] => {
                let prf = match name.strip_prefix("pbkdf2")? {
                    "" => Prf::Sha1,
                    prf => Prf::named(prf.strip_prefix('-')?)?,
                };
                let function = Function::Pbkdf2(prf, rounds.parse().ok()?);
                (function, adapted(salt)?, adapted(key)?)
            }
            _ => return None,
        };
        // A shorter one would be guessed rather than cracked.
        (key.len() >= 16 && key.len() <= 64).then_some(Self {
            function,
            salt,
            key,
        })
    }

    fn bounded(self) -> Result<Self, HashError> {
        let is_cheap = match self.function {
            Function::Pbkdf2(_, rounds) => (1..=MAX_ROUNDS).contains(&rounds),
            Function::Scrypt { log_n, r, p } => {
                let kib = 1_u64
                    .checked_shl(u32::from(log_n))
                    .map(|n| n * u64::from(r) / 8);
                kib.is_some_and(|kib| kib <= u64::from(MAX_MEMORY_KIB)) && p <= MAX_PARALLELISM
            }
        };
        if is_cheap { Ok(self) } else { Err(too_dear()) }
    }

    pub(super) fn is_of(&self, typed: &str) -> Result<bool, HashError> {
        let mut key = vec![0; self.key.len()];
        let (typed, salt) = (typed.as_bytes(), self.salt.as_slice());
        match self.function {
            Function::Pbkdf2(Prf::Sha1, rounds) => {
                pbkdf2_hmac::<Sha1>(typed, salt, rounds, &mut key);
            }
            Function::Pbkdf2(Prf::Sha256, rounds) => {
                pbkdf2_hmac::<Sha256>(typed, salt, rounds, &mut key);
            }
            Function::Pbkdf2(Prf::Sha512, rounds) => {
                pbkdf2_hmac::<Sha512>(typed, salt, rounds, &mut key);
            }
            Function::Scrypt { log_n, r, p } => {
                let params = scrypt::Params::new(log_n, r, p);
                let params = params.map_err(|error| HashError(error.to_string()))?;
                scrypt::scrypt(typed, salt, &params, &mut key)
                    .map_err(|error| HashError(error.to_string()))?;
            }
        }
        Ok(key.ct_eq(&self.key).into())
    }
}

impl Prf {
    fn named(name: &str) -> Option<Self> {
        match name {
            "sha1" => Some(Self::Sha1),
            "sha256" => Some(Self::Sha256),
            "sha512" => Some(Self::Sha512),
            _ => None,
        }
    }
}

impl Function {
    fn scrypt(n: &str, r: &str, p: &str) -> Option<Self> {
        let n: u32 = n.parse().ok()?;
        n.is_power_of_two().then_some(())?;
        Some(Self::Scrypt {
            log_n: n.trailing_zeros() as u8,
            r: r.parse().ok()?,
            p: p.parse().ok()?,
        })
    }

    /// Reads `ln=10,r=8,p=1`.
    fn of_params(params: &str) -> Option<Self> {
        let mut params = params.split(',').map(|param| param.split_once('='));
        let mut next = |name: &str| match params.next()? {
            Some((key, value)) if key == name => Some(value),
            _ => None,
        };
        Some(Self::Scrypt {
            log_n: next("ln")?.parse().ok()?,
            r: next("r")?.parse().ok()?,
            p: next("p")?.parse().ok()?,
        })
    }
}
