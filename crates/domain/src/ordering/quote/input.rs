//! Goods and rules that a quote is computed from.

use super::super::{
    AmountOverflow, CommissionRates, DeliveryMethod, OfferedPromotion, TaxPlace, TaxPricing,
    TaxRates,
};
use crate::{CategoryId, Currency, DeliveryMethodId, OfferId, ProductId, SellerId, VariantId};

/// Most lines of a quote.
pub const MAX_QUOTE_LINES: usize = 500;
/// Most units of a line.
pub const MAX_QUANTITY: i64 = 10_000;

/// All that a quote depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuoteInput {
    /// Currency of all amounts.
    pub currency: Currency,
    /// Meaning of prices, those of delivery as well.
    pub tax_pricing: TaxPricing,
    /// Place that the goods go to; without one the quote is an estimate.
    pub destination: Option<TaxPlace>,
    /// Goods, at most 500 lines.
    pub lines: Vec<QuoteLine>,
    /// Delivery methods chosen, at most one of a seller.
    pub chosen: Vec<ChosenDelivery>,
    /// Delivery methods of the sellers.
    pub methods: Vec<DeliveryMethod>,
    /// Rules of tax.
    pub tax_rates: TaxRates,
    /// Automatic promotions, and those whose codes were given.
    pub promotions: Vec<OfferedPromotion>,
    /// Codes as the customer gave them.
    pub codes: Vec<String>,
    /// True if the customer has ordered nothing before.
    pub first_order: bool,
    /// Rates of commission.
    pub commission_rates: CommissionRates,
    /// Moment of the quote, in milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// Goods of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuoteLine {
    /// Key by which the caller knows the line, such as a cart line's id; each line has another one.
    pub key: i64,
    /// Seller.
    pub seller: SellerId,
    /// Product.
    pub product: ProductId,
    /// Variant.
    pub variant: VariantId,
    /// Further offer; absent for the variant itself.
    pub offer: Option<OfferId>,
    /// Main category of the product, from the root down.
    pub category_path: Vec<CategoryId>,
    /// Price of a unit.
    pub unit_price: i64,
    /// Units, 1 to 10,000.
    pub quantity: i64,
    /// Weight of a unit in grams; zero if it is not known.
    pub weight_g: i64,
}

/// Choice of a delivery method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChosenDelivery {
    /// Seller.
    pub seller: SellerId,
    /// Method.
    pub method: DeliveryMethodId,
}

/// Input that no figures can be computed of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuoteError {
    /// Too many lines.
    #[error("there must be at most {MAX_QUOTE_LINES} lines")]
    Lines,
    /// Two lines with one key.
    #[error("line {key} must be given once")]
    DoubleLine {
        /// Key of the lines.
        key: i64,
    },
    /// Two methods of one seller.
    #[error("seller {seller} must have one delivery method")]
    DoubleDelivery {
        /// The seller.
        seller: SellerId,
    },
    /// Quantity out of bounds.
    #[error("the quantity of line {key} must be from 1 to {MAX_QUANTITY}")]
    Quantity {
        /// Key of the line.
        key: i64,
    },
    /// Negative price.
    #[error("the price of line {key} must not be negative")]
    Price {
        /// Key of the line.
        key: i64,
    },
    /// Negative weight.
    #[error("the weight of line {key} must not be negative")]
    Weight {
        /// Key of the line.
        key: i64,
    },
    /// Sum beyond what an amount holds.
    #[error(transparent)]
    Overflow(#[from] AmountOverflow),
}
