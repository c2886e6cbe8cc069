//! API of accounts: registration, sign-in, what an account says of itself, its sessions and second factors.
//!
//! Whoever asks is told the same, whether a mail address is an account's or not.

mod address;
mod factor_views;
mod factors;
mod invitation;
mod me;
mod passwords;
mod proofs;
mod registration;
pub mod request;
pub mod response;
mod sessions;
mod sign_in;
mod watches;

/// Operations of accounts.
pub type Api = (
    registration::RegistrationApi,
    sign_in::SignInApi,
    me::MeApi,
    passwords::PasswordsApi,
    address::AddressApi,
    sessions::SessionsApi,
    invitation::InvitationApi,
    factors::FactorsApi,
    proofs::ProofsApi,
    watches::WatchesApi,
);

/// Most bytes of a body: a few short texts.
const MAX_BYTES: usize = 16 * 1024;

pub(super) fn api() -> Api {
    (
        registration::RegistrationApi,
        sign_in::SignInApi,
        me::MeApi,
        passwords::PasswordsApi,
        address::AddressApi,
        sessions::SessionsApi,
        invitation::InvitationApi,
        factors::FactorsApi,
        proofs::ProofsApi,
        watches::WatchesApi,
    )
}
