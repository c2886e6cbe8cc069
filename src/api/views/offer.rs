//! Offers of several sellers on the wire.

use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};
use souk_domain::{BuyBox, BuyBoxReason, Condition, Currency, VariantDocument};

use super::{LabelView, MoneyView};

/// Condition of the goods.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[oai(rename = "ItemCondition", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ConditionName {
    /// Never used.
    #[default]
    New,
    /// Used, and restored by a professional.
    Refurbished,
    /// Used.
    Used,
    /// Used, and with a fault that the seller tells of.
    Damaged,
}

/// Property by which an offer leads the next best one of its variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename = "BuyBoxReason", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ReasonName {
    /// Availability: the other cannot be bought.
    InStock,
    /// Lower price.
    LowestPrice,
    /// New goods: those of the other are not.
    Condition,
    /// Age: the other was made later.
    Older,
}

/// Way of a seller to sell a variant.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Offer", skip_serializing_if_is_none)]
pub struct OfferView {
    /// Seller who offers it.
    pub seller: LabelView,
    /// Price charged now.
    pub price: MoneyView,
    /// List price, where it is above the price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list_price: Option<MoneyView>,
    /// Lowest price that was charged in the 30 days before it was reduced; absent if it was never charged before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lowest_price_30d: Option<MoneyView>,
    /// True if it can be bought: is in stock, not counted, or sold beyond its stock.
    pub in_stock: bool,
    /// Units in stock.
    pub stock: i64,
    /// Condition of the goods.
    pub condition: ConditionName,
    /// Tells these terms from others: price, condition and whether it can be bought.
    pub version: String,
    /// Property by which it leads the others. Only the first of several has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonName>,
}

impl OfferView {
    /// Offers of one variant, the leading one first.
    pub fn list(offers: &BuyBox<'_>, currency: Currency) -> Vec<Self> {
        let views = offers.offers.iter().enumerate();
        let views = views.filter_map(|(place, offer)| {
            let reason = offers.reason.filter(|_| place == 0);
            Self::new(offer, reason, currency)
        });
        views.collect()
    }

    fn new(
        offer: &VariantDocument,
        reason: Option<BuyBoxReason>,
        currency: Currency,
    ) -> Option<Self> {
        let money = |amount| MoneyView::new(amount, currency);
        Some(Self {
            seller: offer.seller.clone()?.into(),
            price: money(offer.price),
            list_price: offer.list_price.map(money),
            lowest_price_30d: offer.lowest_price_30d.map(money),
            in_stock: offer.available,
            stock: offer.stock,
            condition: offer.condition.into(),
            version: version_text(offer.version()),
            reason: reason.map(ReasonName::from),
        })
    }
}

/// Writes the version of an offer.
pub fn version_text(version: u64) -> String {
    format!("{version:016x}")
}

impl From<Condition> for ConditionName {
    fn from(condition: Condition) -> Self {
        match condition {
            Condition::New => Self::New,
            Condition::Refurbished => Self::Refurbished,
            Condition::Used => Self::Used,
            Condition::Damaged => Self::Damaged,
        }
    }
}

impl From<ConditionName> for Condition {
    fn from(name: ConditionName) -> Self {
        match name {
            ConditionName::New => Self::New,
            ConditionName::Refurbished => Self::Refurbished,
            ConditionName::Used => Self::Used,
            ConditionName::Damaged => Self::Damaged,
        }
    }
}

impl From<BuyBoxReason> for ReasonName {
    fn from(reason: BuyBoxReason) -> Self {
        match reason {
            BuyBoxReason::InStock => Self::InStock,
            BuyBoxReason::LowestPrice => Self::LowestPrice,
            BuyBoxReason::Condition => Self::Condition,
            BuyBoxReason::Older => Self::Older,
        }
    }
}
