//! Offers: a seller's way to sell a variant.

mod buy_box;
mod input;
mod seller_offer;
mod terms;

pub use buy_box::{BuyBox, BuyBoxReason};
pub use input::{OfferInput, OfferPatch};
pub use seller_offer::{MAX_OFFERS, SellerOffer};
pub use terms::{Condition, Prices, StockPolicy};
