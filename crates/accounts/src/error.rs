//! Reasons for which something on an account is not done.

use souk_domain::InvalidField;
use souk_identity::{HashError, QrCodeError, UnreadableSeed};
use souk_store::StoreError;

/// Refusal or failure.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// A value cannot be taken.
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    /// Address or password is wrong, or the account cannot sign in: nobody is told which.
    #[error("mail address or password is wrong, or the address is not confirmed yet")]
    WrongCredentials,
    /// The password of the account that is signed in is wrong.
    #[error("the password is wrong")]
    WrongPassword,
    /// There were too many attempts.
    #[error("too many attempts; try again in {0} s")]
    Wait(u32),
    /// The link is unknown, used, replaced by a newer one, or too old.
    #[error("the link is not valid any more; ask for a new one")]
    InvalidLink,
    /// The other may do more than whoever would change them, or be given more than that.
    #[error("nobody gives or takes a role that may do more than they may themselves")]
    BeyondAuthority,
    /// The marketplace has an owner already.
    #[error("this marketplace has an owner, who invites further people")]
    Owned,
    /// The code of a field is wrong, or was used already.
    #[error("the code is wrong, too old, or was used already")]
    WrongCode(&'static str),
    /// The first step of a sign-in is unknown, finished, too old, or was guessed at too often.
    #[error("the first step of this sign-in is not valid any more; sign in again")]
    InvalidChallenge,
    /// A second factor has to be proven first.
    #[error(
        "prove a second factor first, by POST /api/account/step-up; a proof counts for five minutes"
    )]
    StepUpRequired,
    /// There is an authenticator app already.
    #[error("the account has an authenticator app; remove it first")]
    FactorExists,
    /// Too many passwords are being computed.
    #[error("too many passwords are being checked; try again soon")]
    Busy,
    /// The account or session does not exist.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// A password could not be computed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// A stored secret cannot be read.
    #[error(transparent)]
    Seed(#[from] UnreadableSeed),
    /// A QR code could not be made.
    #[error(transparent)]
    QrCode(#[from] QrCodeError),
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for AccountError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Invalid(invalid) => Self::Invalid(invalid),
            StoreError::NotFound(what) => Self::NotFound(what),
            error => Self::Store(error),
        }
    }
}
