//! Selling as shoppers meet it: cart, checkout, orders and saved addresses.
//!
//! A shopper is whoever is signed in, or a guest: a guest's cart is found by its token in `X-Cart-Token`, and a purchase by
//! that in `X-Order-Token`.

mod addresses;
mod cart;
mod cart_views;
mod checkout;
mod idempotent;
mod order_views;
mod orders;
mod papers;
pub mod request;
mod shopper;

/// Operations of selling.
pub type Api = (
    cart::CartApi,
    checkout::CheckoutApi,
    orders::OrdersApi,
    papers::PapersApi,
    addresses::AddressesApi,
);

pub(crate) use addresses::SavedAddressView;
pub(crate) use order_views::{
    AddressView, OrderView, ParcelView, PurchaseDetail, PurchaseView, RefundView, StepView,
};
pub(crate) use orders::detail;
pub(crate) use shopper::hash_of;

/// Most bytes of a body: some lines and two addresses.
const MAX_BYTES: usize = 64 * 1024;

pub(super) fn api() -> Api {
    (
        cart::CartApi,
        checkout::CheckoutApi,
        orders::OrdersApi,
        papers::PapersApi,
        addresses::AddressesApi,
    )
}
