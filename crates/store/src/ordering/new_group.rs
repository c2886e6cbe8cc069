//! A checkout as it is written: all figures are final.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use souk_domain::{
    AccountId, CartId, PromotionId,
    ordering::{PaymentTerms, PostalAddress, Quote, QuotedLine, QuotedSeller},
};
use souk_identity::TokenHash;

use super::{idempotency::HeldKey, stock::OfferKey};

/// Purchase of a customer that is about to be paid.
#[derive(Debug, Clone)]
pub struct NewOrderGroup {
    /// Hash of the token by which a guest finds it again.
    pub token: TokenHash,
    /// Idempotency key of the request.
    pub key: HeldKey,
    /// Account of the customer, if there is one.
    pub account: Option<AccountId>,
    /// Mail address of the customer, in normal form.
    pub mail: String,
    /// Language of mails, ISO 639-1.
    pub language: String,
    /// Place of delivery.
    pub delivery_address: PostalAddress,
    /// Address of the bill.
    pub billing_address: PostalAddress,
    /// Note to the sellers.
    pub note: Option<String>,
    /// Figures, in which each seller's delivery is chosen.
    pub quote: Quote,
    /// Goods of the quote's lines, by their keys.
    pub goods: BTreeMap<i64, OrderedGoods>,
    /// Limits of the promotions that apply.
    pub promotions: Vec<PromotionUse>,
    /// Customer whom limits of promotions are counted for.
    pub customer: String,
    /// Cart that is emptied when it is placed.
    pub cart: Option<CartId>,
    /// Name of the payment's provider.
    pub provider: String,
    /// Time at which the customer pays.
    pub terms: PaymentTerms,
    /// Time, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Time until which units are held, in milliseconds since 1970 UTC.
    pub expires_at_ms: i64,
}

/// Goods of a line, as they were when they were bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderedGoods {
    /// Stock keeping unit.
    pub sku: String,
    /// Title of the product.
    pub title: String,
    /// Options, such as the size.
    pub options: BTreeMap<String, String>,
    /// Picture of the product.
    pub image: Option<String>,
    /// Name of the seller.
    pub seller_name: String,
    /// Note to the seller.
    pub note: Option<String>,
}

/// Limits of a promotion that a purchase has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromotionUse {
    /// Promotion.
    pub id: PromotionId,
    /// Name or code that customers know it by.
    pub name: String,
    /// Most purchases that may have it.
    pub total: Option<i64>,
    /// Most purchases of one customer that may have it.
    pub per_customer: Option<i64>,
}

impl NewOrderGroup {
    /// Lines of a seller, each with its goods.
    pub(super) fn lines_of<'a>(
        &'a self,
        seller: &'a QuotedSeller,
    ) -> impl Iterator<Item = (&'a QuotedLine, &'a OrderedGoods)> {
        let lines = self.quote.lines.iter();
        let own = lines.filter(|line| line.seller == seller.seller);
        own.filter_map(|line| Some((line, self.goods.get(&line.key)?)))
    }
}

/// Offer of a line.
pub(super) fn offer_of(line: &QuotedLine) -> OfferKey {
    OfferKey {
        variant: line.variant,
        offer: line.offer,
    }
}
