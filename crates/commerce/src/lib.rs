//! Selling as a service over the store: carts, checkout, payments, and what happens to orders.
//!
//! Rules are the domain's (`souk_domain::ordering`), rows the store's. Here they meet: figures are computed from what is read,
//! and what is decided is written in one transaction. Time and random tokens are passed in.

mod cart_pricing;
mod carts;
mod checkout;
mod customer;
mod error;
mod money_back;
mod orders;
mod papers;
pub mod payments;
mod payouts;
mod pricing;
mod reports_of_providers;
mod sellers;
mod service;
mod settlement;
mod upkeep;

pub use cart_pricing::{CartChange, PricedCart, PricedLine};
pub use checkout::CheckoutRequest;
pub use customer::Customer;
pub use error::CommerceError;
pub use orders::{OrderAction, Parcel};
pub use payouts::{PayoutAction, SellerBalance};
pub use reports_of_providers::ProviderReport;
pub use sellers::{SellerPapers, missing_papers};
pub use service::{CommerceOptions, CommerceService};
