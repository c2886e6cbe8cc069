//! Offers: a seller's way to sell a variant.

mod buy_box;
mod input;
mod terms;

pub use buy_box::{BuyBox, BuyBoxReason};
pub use input::{MAX_OFFERS, OfferInput, OfferPatch, SellerOffer};
pub use terms::{Condition, Prices, StockPolicy};
