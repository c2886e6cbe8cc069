//! Values that mails and documents share.

use serde::{Deserialize, Serialize};

/// Sums in minor units, in the prices that were shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// Prices of the goods.
    pub goods: i64,
    /// Discounts on goods.
    pub discount: i64,
    /// Prices of deliveries.
    pub delivery: i64,
    /// Discounts on deliveries.
    pub delivery_discount: i64,
    /// Amount without tax.
    pub net: i64,
    /// Tax.
    pub tax: i64,
    /// Amount that is paid.
    pub total: i64,
}

/// Line of an order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperLine {
    /// Title of the product.
    pub title: String,
    /// Options, such as `Size: M`; may be empty.
    pub options: String,
    /// Stock keeping unit.
    pub sku: String,
    /// Units.
    pub units: i64,
    /// Price of a unit.
    pub unit_price: i64,
    /// Discounts on the line.
    pub discount: i64,
    /// Rate of tax in parts per million.
    pub tax_ppm: i64,
    /// Price of all units after discounts, in the prices that were shown.
    pub total: i64,
}

/// Units of a line that something happened to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedUnits {
    /// Title of the product.
    pub title: String,
    /// Options, such as `Size: M`; may be empty.
    pub options: String,
    /// Stock keeping unit.
    pub sku: String,
    /// Units.
    pub units: i64,
}

/// Part of a purchase that one seller sells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPart {
    /// Number, such as `000017-1`.
    pub number: String,
    /// Name of the seller.
    pub seller: String,
    /// Name of the delivery method.
    pub delivery_method: Option<String>,
    /// Lines.
    pub lines: Vec<PaperLine>,
}
