//! Order groups with their orders, lines and payment.

use std::collections::BTreeMap;

use souk_domain::{
    AccountId, CartId, OrderGroupId, OrderId, OrderLineId, PaymentId, ProductId, SellerId,
    ordering::{
        AppliedPromotion, CommissionLine, GroupPayment, OrderFacts, Payment, PostalAddress,
        QuoteTotals, QuotedDelivery, TaxPricing,
    },
};
use souk_identity::TokenHash;

use super::stock::OfferKey;

/// Purchase of a customer: one payment, and one order for each seller.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderGroup {
    /// Id.
    pub id: OrderGroupId,
    /// Number of the purchase; none until it is placed.
    pub number: Option<i64>,
    /// Hash of the token by which a guest finds it.
    pub token: TokenHash,
    /// Account of the customer, if there is one.
    pub account: Option<AccountId>,
    /// Mail address of the customer; empty once the person is erased.
    pub mail: String,
    /// Language of mails.
    pub language: String,
    /// Currency of all amounts, ISO 4217.
    pub currency: String,
    /// Meaning of prices at the time.
    pub tax_pricing: TaxPricing,
    /// Sums over all orders.
    pub totals: QuoteTotals,
    /// Place of delivery.
    pub delivery_address: PostalAddress,
    /// Address of the bill.
    pub billing_address: PostalAddress,
    /// Note to the sellers.
    pub note: Option<String>,
    /// Promotions that it has.
    pub promotions: Vec<AppliedPromotion>,
    /// Cart that is emptied when it is placed.
    pub cart: Option<CartId>,
    /// Time at which it was begun, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Time until which its units are held; none once it is placed or ended.
    pub expires_at_ms: Option<i64>,
    /// Time at which it was placed.
    pub placed_at_ms: Option<i64>,
    /// Time at which it ended without being placed.
    pub ended_at_ms: Option<i64>,
    /// Reason for which it ended.
    pub end_reason: Option<String>,
    /// Payment.
    pub payment: StoredPayment,
    /// Orders by their positions.
    pub orders: Vec<Order>,
}

/// Payment of an order group.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredPayment {
    /// Id.
    pub id: PaymentId,
    /// Name of the provider.
    pub provider: String,
    /// Reference at the provider, once there is one.
    pub reference: Option<String>,
    /// Reports of the provider so far.
    pub facts: Payment,
    /// Task of the customer, as JSON.
    pub action: Option<String>,
}

/// Part of a purchase that one seller sells.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Id.
    pub id: OrderId,
    /// Order group.
    pub group: OrderGroupId,
    /// Number of the purchase; none until it is placed.
    pub number: Option<i64>,
    /// Place in its group, from 1.
    pub position: i64,
    /// Seller.
    pub seller: SellerId,
    /// Name of the seller when it was bought.
    pub seller_name: String,
    /// Currency of all amounts, ISO 4217.
    pub currency: String,
    /// Sums.
    pub totals: QuoteTotals,
    /// Discounts that the marketplace bears.
    pub subsidy: i64,
    /// Commission of all lines.
    pub commission: i64,
    /// Delivery; none if nothing is sent.
    pub delivery: Option<QuotedDelivery>,
    /// History in figures.
    pub facts: OrderFacts,
    /// Lines.
    pub lines: Vec<OrderLine>,
    /// Time at which it was placed, in milliseconds since 1970 UTC.
    pub placed_at_ms: Option<i64>,
    /// Time of the last step, in milliseconds since 1970 UTC.
    pub updated_at_ms: i64,
}

/// Line of an order, as it was bought.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderLine {
    /// Id.
    pub id: OrderLineId,
    /// Product.
    pub product: ProductId,
    /// Offer that was sold.
    pub offer: OfferKey,
    /// Stock keeping unit.
    pub sku: String,
    /// Title of the product.
    pub title: String,
    /// Options, such as the size.
    pub options: BTreeMap<String, String>,
    /// Picture of the product.
    pub image: Option<String>,
    /// Note to the seller.
    pub note: Option<String>,
    /// Units.
    pub quantity: i64,
    /// Price of a unit.
    pub unit_price: i64,
    /// Price of all units.
    pub goods: i64,
    /// Discounts.
    pub discount: i64,
    /// Amount without tax.
    pub net: i64,
    /// Tax.
    pub tax: i64,
    /// Amount that the customer pays.
    pub gross: i64,
    /// Rate of tax in parts per million.
    pub tax_ppm: i64,
    /// Discounts that the marketplace bears.
    pub subsidy: i64,
    /// Commission.
    pub commission: CommissionLine,
}

impl OrderGroup {
    /// Returns the payment as its orders are told of it.
    pub fn group_payment(&self) -> GroupPayment {
        let first = self.orders.first().map(|order| order.facts.payment);
        let known = first.unwrap_or_default();
        GroupPayment {
            state: self.payment.facts.state(),
            captured: self.payment.facts.captured(),
            ..known
        }
    }
}
