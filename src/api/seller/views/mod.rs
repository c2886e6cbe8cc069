//! Sellers, their orders, money and people on the wire.

mod money;
mod orders;
mod people;
mod profile;

pub use money::{PayoutList, PayoutView, SellerBalances, SellerStatement, StatementEntry};
pub use orders::{SellerOrder, SellerOrderDetail, SellerOrders};
pub use people::{SellerPeople, SellerPerson};
pub use profile::{OwnSeller, OwnSellers, SellerProfileView, TraderView};
