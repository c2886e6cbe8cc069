//! Rows of identity: accounts, sessions, keys, the audit log.

pub(crate) mod accounts;
pub(crate) mod factors;
pub(crate) mod failures;
pub(crate) mod last_owner;
pub(crate) mod links;
pub(crate) mod mails;
pub(crate) mod memberships;
pub(crate) mod owner_mails;
mod owners;
pub(crate) mod people;
mod registration;
pub(crate) mod sessions;
pub(crate) mod unconfirmed;
mod writing;

pub use accounts::{Account, AccountChanges, Accounts, Credentials};
pub use factors::{
    Challenge, FactorProof, Factors, Finished, NewChallenge, NewTotp, ProvenSession, RecoveryCodes,
    Totp,
};
pub use failures::{Attempt, CountedAttempt, CountedGuesser, SignInFailures};
pub use links::{LinkPurpose, NewLink};
pub use mails::{MAIL_QUOTA_SECONDS, Mail, MailQueue, NewMail};
pub use memberships::Membership;
pub use people::{ImportedAccount, Invited, Person};
pub use registration::{NewAccount, Registration};
pub use sessions::{LiveSession, NewSession, Session, Sessions};
pub(crate) mod api_keys;
pub mod audit;
