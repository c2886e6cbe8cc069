//! Sellers, their orders, money and people on the wire.

mod money;
mod orders;
mod people;
mod profile;

pub(crate) use money::{PayoutList, PayoutView, SellerBalances, SellerStatement, StatementEntry};
pub(crate) use orders::{SellerOrder, SellerOrderDetail, SellerOrders};
pub(crate) use people::{SellerPeople, SellerPerson};
pub(crate) use profile::{OwnSeller, OwnSellers, SellerProfileView, TraderView};
