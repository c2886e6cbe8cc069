//! Codes of authenticator apps, after RFC 6238: six digits, a step of 30 seconds, SHA-1.

use std::fmt;

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;

/// Bytes of a seed: as many as the hash has.
pub const SEED_BYTES: usize = 20;
/// Time of a step, in milliseconds.
const STEP_MS: i64 = 30_000;
/// Steps before and after the present one whose codes are taken: clocks differ, and people type.
const DRIFT: i64 = 1;
/// Codes of six digits.
const CODES: u32 = 1_000_000;

/// Secret that an authenticator app and Souk share. `Debug` leaves it out.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSeed(pub(super) [u8; SEED_BYTES]);

impl fmt::Debug for TotpSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSeed(..)")
    }
}

/// Returns the step of a time in milliseconds since 1970 UTC.
pub fn totp_step(now_ms: i64) -> i64 {
    now_ms.div_euclid(STEP_MS)
}

impl TotpSeed {
    /// Makes a seed of random bytes.
    pub fn new(random: [u8; SEED_BYTES]) -> Self {
        Self(random)
    }

    /// Returns it as people type it into an app.
    pub fn base32(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// Returns the code of a step.
    pub fn code(&self, step: i64) -> String {
        format!("{:06}", self.number(step) % CODES)
    }

    /// Returns the step whose code somebody typed: the present one or a neighbour, later than `after`.
    pub fn step_of(&self, typed: &str, now_ms: i64, after: i64) -> Option<i64> {
        let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let now = totp_step(now_ms);
        let mut found = None;
        // Each is compared, so that the time tells nothing.
        for step in now - DRIFT..=now + DRIFT {
            let is_same = bool::from(self.code(step).as_bytes().ct_eq(typed.as_bytes()));
            if is_same && step > after {
                found = found.or(Some(step));
            }
        }
        found
    }

    /// Returns the number of 31 bits that a code is the end of (RFC 4226, 5.3).
    fn number(&self, step: i64) -> u32 {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.0).expect("a key may have any length");
        mac.update(&step.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let offset = usize::from(hash[hash.len() - 1] & 0xF);
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&hash[offset..offset + 4]);
        u32::from_be_bytes(bytes) & 0x7FFF_FFFF
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: i64 = 1_000;

    fn rfc_seed() -> TotpSeed {
        TotpSeed::new(*b"12345678901234567890")
    }

    /// RFC 6238, appendix B, and RFC 4226, appendix D.
    #[test]
    fn codes_are_those_of_the_rfcs() {
        for (seconds, digits) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            let step = totp_step(seconds * SECOND);
            assert_eq!(rfc_seed().number(step) % 100_000_000, digits, "{seconds}");
            let six = format!("{:06}", digits % CODES);
            assert_eq!(rfc_seed().code(step), six, "{seconds}");
        }
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
            "399871", "520489",
        ];
        for (step, code) in (0..).zip(codes) {
            assert_eq!(rfc_seed().code(step), code, "{step}");
        }
        assert_eq!(rfc_seed().base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn code_is_good_one_step_early_and_late_and_once() {
        let seed = rfc_seed();
        let now = 1_234_567_890 * SECOND;
        let step = totp_step(now);
        let of = |away: i64, after| seed.step_of(&seed.code(step + away), now, after);
        for away in [-1, 0, 1] {
            assert_eq!(of(away, 0), Some(step + away));
            assert_eq!(of(away, step + away), None, "twice");
            assert_eq!(of(away, step + away - 1), Some(step + away));
        }
        assert_eq!(of(-1, step), None, "older than one that was used");
        assert_eq!((of(-2, 0), of(2, 0)), (None, None));
        let code = seed.code(step);
        let spaced = format!(" {} {}\n", &code[..3], &code[3..]);
        assert_eq!(seed.step_of(&spaced, now, 0), Some(step));
        for wrong in ["", &code[..5], &format!("{code}0"), "005924é", "٠٠٥٩٢٤"] {
            assert_eq!(seed.step_of(wrong, now, 0), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn only_neighbouring_steps_are_taken(random: [u8; SEED_BYTES], now_ms in 0..4_000_000_000_000_i64, away in -5..=5_i64) {
            let seed = TotpSeed::new(random);
            let step = totp_step(now_ms);
            let found = seed.step_of(&seed.code(step + away), now_ms, -10);
            // Steps beyond the drift can have the code of a near one by chance.
            let near: Vec<_> = (step - 1..=step + 1).filter(|near| seed.code(*near) == seed.code(step + away)).collect();
            prop_assert_eq!(found, near.first().copied());
            prop_assert!(away.abs() > DRIFT || found.is_some());
        }
    }
}
