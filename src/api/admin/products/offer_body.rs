//! Offers of other sellers as they are given with a variant.

use poem_openapi::{Enum, Object};
use serde::Deserialize;
use souk_domain::{Prices, SellerOffer, StockPolicy};

use crate::api::views::{ConditionName, Timestamp};

/// Offer by another seller than the product's own, given with the variant.
#[derive(Debug, Clone, Object, Deserialize)]
pub struct VariantOfferBody {
    /// Slug of the seller.
    #[oai(validator(min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$"))]
    pub seller: String,
    /// The seller's own id of the offer, unique among the seller's offers.
    #[oai(
        nullable,
        validator(
            min_length = 1,
            max_length = 200,
            pattern = r"^[^\x00]*[^\s\x00][^\x00]*$"
        )
    )]
    pub external_id: Option<String>,
    /// Price that is charged, in a sale or always, in minor units of the product's currency.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000000000")))]
    pub price: i64,
    /// Regular price in minor units, never below `price`. Charged outside of the dates of the sale, if there are any.
    #[oai(
        nullable,
        validator(minimum(value = "0"), maximum(value = "1000000000000"))
    )]
    pub list_price: Option<i64>,
    /// Start of the sale at which `price` is charged; needs a `list_price`.
    #[oai(nullable)]
    pub sale_from: Option<Timestamp>,
    /// End of the sale, from which on `list_price` is charged.
    #[oai(nullable)]
    pub sale_until: Option<Timestamp>,
    /// Units in stock.
    #[oai(
        default,
        validator(minimum(value = "0"), maximum(value = "1000000000"))
    )]
    #[serde(default)]
    pub stock: i64,
    /// Meaning of the stock.
    #[oai(default)]
    #[serde(default)]
    pub stock_policy: StockPolicyBody,
    /// Condition of the goods.
    #[oai(default)]
    #[serde(default)]
    pub condition: ConditionName,
}

/// Meaning of a variant's stock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Enum, Deserialize, serde::Serialize)]
#[oai(rename = "StockPolicy", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum StockPolicyBody {
    /// Counted: sold while there are units.
    #[default]
    Tracked,
    /// Not counted: always available.
    Untracked,
    /// Counted, and sold beyond it.
    Backorder,
}

impl From<VariantOfferBody> for SellerOffer {
    fn from(body: VariantOfferBody) -> Self {
        Self {
            seller: body.seller,
            external_id: body.external_id,
            prices: Prices {
                price: body.price,
                list_price: body.list_price,
                sale_from_ms: body.sale_from.map(Timestamp::ms),
                sale_until_ms: body.sale_until.map(Timestamp::ms),
            },
            stock: body.stock,
            stock_policy: body.stock_policy.into(),
            condition: body.condition.into(),
        }
    }
}

/// Offers of other sellers as the domain takes them.
pub(super) fn sellers_offers(bodies: Vec<VariantOfferBody>) -> Vec<SellerOffer> {
    bodies.into_iter().map(SellerOffer::from).collect()
}

impl From<StockPolicyBody> for StockPolicy {
    fn from(body: StockPolicyBody) -> Self {
        match body {
            StockPolicyBody::Tracked => Self::Tracked,
            StockPolicyBody::Untracked => Self::Untracked,
            StockPolicyBody::Backorder => Self::Backorder,
        }
    }
}

impl From<StockPolicy> for StockPolicyBody {
    fn from(policy: StockPolicy) -> Self {
        match policy {
            StockPolicy::Tracked => Self::Tracked,
            StockPolicy::Untracked => Self::Untracked,
            StockPolicy::Backorder => Self::Backorder,
        }
    }
}
