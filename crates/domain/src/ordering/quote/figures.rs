//! Figures of a quote.

use serde::{Deserialize, Serialize};

use super::super::{
    AppliedPromotion, CommissionLine, RefusedPromotion, TaxPricing, TaxedAmount, TransitDays,
};
use crate::{Currency, DeliveryMethodId, OfferId, ProductId, SellerId, TaxRateId, VariantId};

/// Figures of a cart or a checkout, in minor units of its currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Currency of all amounts.
    pub currency: Currency,
    /// Meaning of prices.
    pub tax_pricing: TaxPricing,
    /// True if a destination or the delivery of a seller is missing.
    pub estimate: bool,
    /// Lines in the order of the input.
    pub lines: Vec<QuotedLine>,
    /// Sellers in the order of their first lines: one order each.
    pub sellers: Vec<QuotedSeller>,
    /// Sums over all sellers: what the customer sees and pays.
    pub totals: QuoteTotals,
    /// Promotions that reduced something, in the order of application.
    pub applied: Vec<AppliedPromotion>,
    /// Promotions that did not apply, and codes that name none.
    pub refused: Vec<RefusedPromotion>,
}

/// Figures of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotedLine {
    /// Key of the line.
    pub key: i64,
    /// Seller.
    pub seller: SellerId,
    /// Product.
    pub product: ProductId,
    /// Variant.
    pub variant: VariantId,
    /// Further offer; absent for the variant itself.
    pub offer: Option<OfferId>,
    /// Price of a unit.
    pub unit_price: i64,
    /// Units.
    pub quantity: i64,
    /// Price of all units, as prices are shown.
    pub goods: i64,
    /// Discounts on them, 0 to `goods`.
    pub discount: i64,
    /// Part of the discounts that the seller bears.
    pub seller_discount: i64,
    /// Rule of tax; absent where none holds.
    pub tax_rate: Option<TaxRateId>,
    /// Rate of tax in parts per million.
    pub tax_ppm: i64,
    /// Amount that the customer pays for the line.
    pub amount: TaxedAmount,
    /// Amount that the marketplace pays the seller for discounts that it bears.
    pub subsidy: i64,
    /// Commission. It is no part of what the customer pays.
    pub commission: CommissionLine,
}

/// Figures of the order that a seller gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotedSeller {
    /// Seller.
    pub seller: SellerId,
    /// Weight of the goods in grams.
    pub weight_g: i64,
    /// Delivery.
    pub delivery: SellerDelivery,
    /// Methods that deliver these goods there, with their prices before promotions.
    pub options: Vec<DeliveryOption>,
    /// Sums of the seller's lines and delivery.
    pub totals: QuoteTotals,
    /// Amount that the marketplace pays for discounts that it bears.
    pub subsidy: i64,
    /// Commission of all lines.
    pub commission: i64,
}

impl QuotedSeller {
    /// Returns the amount that the seller earns: what is paid and the subsidy, less the commission.
    pub fn earning(&self) -> i64 {
        self.totals.gross + self.subsidy - self.commission
    }
}

/// Delivery of a seller's goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SellerDelivery {
    /// No method was chosen.
    NotChosen,
    /// The chosen method does not deliver these goods there, or is no more.
    Unavailable {
        /// Method that was chosen.
        method: DeliveryMethodId,
    },
    /// The chosen method delivers.
    Quoted(QuotedDelivery),
}

/// Figures of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotedDelivery {
    /// Method.
    pub method: DeliveryMethodId,
    /// Name of the method.
    pub name: String,
    /// Price of the method.
    pub price: i64,
    /// Discounts on it, 0 to `price`.
    pub discount: i64,
    /// Part of the discounts that the seller bears.
    pub seller_discount: i64,
    /// Rule of tax: the one of the place for goods of no category.
    pub tax_rate: Option<TaxRateId>,
    /// Rate of tax in parts per million.
    pub tax_ppm: i64,
    /// Amount that the customer pays for the delivery.
    pub amount: TaxedAmount,
    /// Amount that the marketplace pays the seller for discounts that it bears.
    pub subsidy: i64,
}

/// Method that could be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryOption {
    /// Method.
    pub method: DeliveryMethodId,
    /// Name.
    pub name: String,
    /// Price before promotions.
    pub price: i64,
    /// Days on the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transit_days: Option<TransitDays>,
}

/// Sums that a customer sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct QuoteTotals {
    /// Prices of the goods, as they are shown.
    pub goods: i64,
    /// Discounts on goods.
    pub discount: i64,
    /// Prices of deliveries.
    pub delivery: i64,
    /// Discounts on deliveries.
    pub delivery_discount: i64,
    /// Sum of nets.
    pub net: i64,
    /// Sum of taxes.
    pub tax: i64,
    /// Sum that is paid.
    pub gross: i64,
}
