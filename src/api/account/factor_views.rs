//! Responses about second factors.

use poem_openapi::{Enum, Object};
use serde::Serialize;
use souk_accounts::{AccountFactors, PendingSignIn};
use souk_identity::{FactorKind, RecoveryCode};
use souk_store::Totp;

use crate::api::views::Timestamp;

/// Kind of a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename = "FactorKind", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum FactorName {
    /// Codes of an authenticator app (RFC 6238).
    Totp,
    /// Recovery codes.
    RecoveryCode,
}

/// A sign-in whose password was right and that waits for its second step.
#[derive(Debug, Object, Serialize)]
pub struct SecondFactorNeeded {
    /// Token for the second step, shown this once.
    pub token: String,
    /// Factors that may answer.
    pub factors: Vec<FactorName>,
    /// Time until which the second step has to be done.
    pub expires_at: Timestamp,
}

/// A second factor, without its secret.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "Factor", skip_serializing_if_is_none)]
pub struct FactorView {
    /// Kind.
    pub kind: FactorName,
    /// Name that its person gave it; may be empty.
    pub name: String,
    /// Time at which it was begun.
    pub created_at: Timestamp,
    /// Time at which it was confirmed; absent until then. It is asked for from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<Timestamp>,
    /// Time of the last use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
}

/// Second factors of an account, without their secrets.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "AccountFactors", skip_serializing_if_is_none)]
pub struct FactorsView {
    /// Factors.
    pub factors: Vec<FactorView>,
    /// Number of recovery codes that are left.
    pub recovery_codes_left: u64,
    /// Time at which the recovery codes were made; absent if none is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery_codes_created_at: Option<Timestamp>,
}

/// An authenticator app that waits for its first code. The secret is shown this once.
#[derive(Debug, Object, Serialize)]
pub struct TotpEnrolment {
    /// Secret in Base32, for typing.
    pub secret: String,
    /// Address that an app opens, `otpauth://totp/...`.
    pub url: String,
    /// The address as a QR code, an SVG document.
    pub qr_code: String,
    /// Time until which it has to be confirmed.
    pub expires_at: Timestamp,
}

/// A set of recovery codes, shown this once.
#[derive(Debug, Object, Serialize)]
pub struct NewRecoveryCodes {
    /// Codes, each good once.
    pub recovery_codes: Vec<String>,
}

/// An authenticator app that was confirmed, and the session that counts as proven. Its token has changed.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct ConfirmedFactor {
    /// Recovery codes, each good once, shown this once.
    pub recovery_codes: Vec<String>,
    /// Number of other sessions that ended.
    pub ended: u64,
    /// Time until which the proof counts.
    pub proven_until: Timestamp,
    /// New token of the session, shown this once; absent if a cookie has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// A session in which a factor was proven. Its token has changed.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct ProvenSession {
    /// Time until which the proof counts.
    pub proven_until: Timestamp,
    /// New token of the session, shown this once; absent if a cookie has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

impl From<FactorKind> for FactorName {
    fn from(kind: FactorKind) -> Self {
        match kind {
            FactorKind::Totp => Self::Totp,
            FactorKind::RecoveryCode => Self::RecoveryCode,
        }
    }
}

impl From<PendingSignIn> for SecondFactorNeeded {
    fn from(pending: PendingSignIn) -> Self {
        Self {
            token: pending.token.text(),
            factors: pending.factors.into_iter().map(FactorName::from).collect(),
            expires_at: Timestamp::from_ms(pending.expires_at_ms),
        }
    }
}

impl From<AccountFactors> for FactorsView {
    fn from(factors: AccountFactors) -> Self {
        let view = |totp: Totp| FactorView {
            kind: FactorName::Totp,
            name: totp.name,
            created_at: Timestamp::from_ms(totp.created_at_ms),
            confirmed_at: totp.confirmed_at_ms.map(Timestamp::from_ms),
            last_used_at: totp.last_used_at_ms.map(Timestamp::from_ms),
        };
        let codes = factors.recovery_codes;
        Self {
            factors: factors.totp.into_iter().map(view).collect(),
            recovery_codes_left: codes.left,
            recovery_codes_created_at: codes.created_at_ms.map(Timestamp::from_ms),
        }
    }
}

/// Returns recovery codes as they are shown.
pub(super) fn shown(codes: &[RecoveryCode]) -> Vec<String> {
    codes.iter().map(RecoveryCode::text).collect()
}
