//! Rows of identity: accounts, sessions, keys, the audit log.

pub(crate) mod accounts;
pub(crate) mod factors;
pub(crate) mod failures;
pub(crate) mod links;
pub(crate) mod mails;
pub(crate) mod memberships;
mod registration;
pub(crate) mod sessions;
mod writing;

pub use accounts::{Account, AccountChanges, Accounts, Credentials};
pub use factors::{
    Challenge, FactorProof, Factors, Finished, NewChallenge, NewTotp, ProvenSession, RecoveryCodes,
    Totp,
};
pub use failures::{Attempt, CountedGuesser, SignInFailures};
pub use links::{LinkPurpose, NewLink};
pub use mails::{Mail, MailQueue, NewMail};
pub use memberships::Membership;
pub use registration::{NewAccount, Registration};
pub use sessions::{LiveSession, NewSession, Session, Sessions};
pub(crate) mod api_keys;
pub mod audit;
