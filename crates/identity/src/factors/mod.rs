//! Second factors: codes of an authenticator app, and recovery codes for when it is lost.

mod enrolment;
mod recovery_codes;
mod seed_cipher;
mod totp;

pub use enrolment::{Enrolment, QrCodeError};
pub use recovery_codes::{RECOVERY_CODE_BYTES, RECOVERY_CODES, RecoveryCode};
pub use seed_cipher::{NONCE_BYTES, SeedCipher, UnreadableSeed};
pub use totp::{SEED_BYTES, TotpSeed, totp_step};

/// Kind of a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorKind {
    /// Codes of an authenticator app (RFC 6238).
    Totp,
    /// Recovery codes.
    RecoveryCode,
}

impl FactorKind {
    /// Returns its name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery_code",
        }
    }
}

/// Time for which a proof of a second factor counts for what matters, in milliseconds.
pub const PROOF_MS: i64 = 5 * 60_000;

/// Returns true if a factor was proven so recently that something that matters may be done.
pub fn is_recent_proof(factor_at_ms: Option<i64>, now_ms: i64) -> bool {
    // A clock that was set back makes no proof younger.
    factor_at_ms.is_some_and(|at_ms| (0..PROOF_MS).contains(&now_ms.saturating_sub(at_ms)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proof_is_recent_for_five_minutes() {
        assert!(!is_recent_proof(None, 0));
        assert!(is_recent_proof(Some(7), 7));
        assert!(is_recent_proof(Some(7), 7 + PROOF_MS - 1));
        assert!(!is_recent_proof(Some(7), 7 + PROOF_MS));
        assert!(!is_recent_proof(Some(8), 7));
    }
}
