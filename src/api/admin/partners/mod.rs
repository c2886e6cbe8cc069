//! Sellers as partners, as staff sees them: profiles with their standing, and payouts.

mod payouts;
mod profiles;
pub mod request;

/// Operations on sellers as partners.
pub type Api = (profiles::AdminSellersApi, payouts::AdminPayoutsApi);

pub(super) fn api() -> Api {
    (profiles::AdminSellersApi, payouts::AdminPayoutsApi)
}
