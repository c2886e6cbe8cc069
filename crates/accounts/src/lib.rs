//! Accounts and sessions as a service over the store: registration, sign-in, second factors, links by mail, and who a token is.
//!
//! Rules are in `souk-identity`, rows in `souk-store`. Time and randomness come from [`Surroundings`].

mod address;
mod error;
mod factors;
mod guess_keys;
mod guessing;
mod hashing;
mod importing;
mod known_sessions;
mod leaving;
mod link_pages;
mod links;
mod owners;
mod passwords;
mod people;
mod registration;
mod security;
mod service;
mod sessions;
mod sign_in;
mod surroundings;

pub use error::AccountError;
pub use factors::{
    AccountFactors, BegunTotp, Challenged, ConfirmedTotp, FactorAnswer, RenewedSession,
};
pub use importing::{ImportSummary, Newcomer, NewcomerFault};
pub use leaving::AccountExport;
pub use link_pages::LinkPages;
pub use people::{Invitation, Invitee};
pub use registration::Registrant;
pub use security::SecurityContext;
pub use service::{AccountOptions, AccountSecrets, AccountService};
pub use sign_in::{Client, PendingSignIn, SignInOutcome, SignedIn};
pub use surroundings::{Surroundings, System};
