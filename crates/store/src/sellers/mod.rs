//! Sellers as partners: profiles with what they have to show, and payouts.

pub(crate) mod explain;
mod locked;
mod paying;
pub(crate) mod payouts;
pub(crate) mod profiles;

pub use locked::LockedSeller;
pub use paying::{LockedPayout, OpenPayout};
pub use payouts::{Payout, PayoutListing, Payouts, SellerDue};
pub use profiles::{NewSeller, SellerProfile, SellerProfiles};
