//! Workspace of a seller's people: application, profile, orders, money and people. They see their own seller alone.

mod applications;
mod delivery;
mod money;
mod orders;
mod people;
mod products;
mod profile;
pub mod request;
pub(crate) mod views;

/// Operations of sellers.
pub type Api = (
    applications::ApplicationsApi,
    profile::SellerProfileApi,
    orders::SellerOrdersApi,
    money::SellerMoneyApi,
    people::SellerPeopleApi,
    products::SellerProductsApi,
    delivery::SellerDeliveryApi,
);

/// Most bytes of a body.
const MAX_BYTES: usize = 64 * 1024;

pub(super) fn api() -> Api {
    (
        applications::ApplicationsApi,
        profile::SellerProfileApi,
        orders::SellerOrdersApi,
        money::SellerMoneyApi,
        people::SellerPeopleApi,
        products::SellerProductsApi,
        delivery::SellerDeliveryApi,
    )
}
