//! Selling: terms, carts, checkout, order groups with their orders and payments, and the ledger.

pub(crate) mod addresses;
pub(crate) mod carts;
pub(crate) mod erasure;
pub(crate) mod explain;
mod group_rows;
pub(crate) mod groups;
pub(crate) mod history;
pub(crate) mod idempotency;
pub(crate) mod ledger;
pub(crate) mod locked;
mod names;
mod new_group;
mod order_group;
pub(crate) mod placing;
pub(crate) mod sellable;
pub(crate) mod settings;
pub(crate) mod stock;
pub(crate) mod terms;

pub use addresses::{ADDRESSES_PER_ACCOUNT, Addresses, NewAddress, SavedAddress};
pub use carts::{
    CART_LINES, Cart, CartChoices, CartLine, CartLineChange, CartOwner, Carts, NewCartLine,
};
pub use groups::OrderListing;
pub use history::{Fulfilment, OrderStepRecord, Refund};
pub use idempotency::{Claim, HeldKey, IdempotencyKeys, IdempotentRequest};
pub use ledger::{Ledger, LedgerBalance, LedgerEntry, UnbalancedJournal};
pub use locked::{LockedGroup, NewFulfilment, NewOrderStep};
pub use new_group::{NewOrderGroup, OrderedGoods, PromotionUse};
pub use order_group::{Order, OrderGroup, OrderLine, StoredPayment};
pub use placing::{BegunCheckout, CheckoutRefusal};
pub use sellable::SellableOffer;
pub use stock::{OfferKey, Shortage, Units};
pub use terms::{Stored, TERMS_PER_TENANT, Term, Terms};

pub(crate) use souk_domain::ordering::MAX_QUANTITY;
