//! Offers as admins send them.

use poem_openapi::{Object, types::MaybeUndefined};
use serde::Deserialize;
use souk_domain::{Change, InvalidField, OfferInput, OfferPatch};

use crate::api::{
    admin::{
        check_entries,
        products::offer_body::{StockPolicyBody, VariantOfferBody},
    },
    merge_patch::{change, not_null},
    views::{ConditionName, Timestamp},
};

/// Most offers of a request.
const MAX_BATCH: usize = 500;

/// Offers to be made or replaced.
#[derive(Debug, Object, Deserialize)]
pub struct OffersBody {
    /// Up to 500, each of another variant or seller.
    #[oai(validator(min_items = 1, max_items = 500))]
    pub offers: Vec<OfferBody>,
}

/// Offer of a variant by another seller than the product's own.
#[derive(Debug, Object, Deserialize)]
pub struct OfferBody {
    /// Stock keeping unit of the variant.
    #[oai(validator(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00]*[^\s\x00][^\x00]*$"
    ))]
    pub sku: String,
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

/// Change of an offer. What is left out stays as it is; null takes away what an offer can be without.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct OfferPatchBody {
    /// The seller's own id of the offer; null takes it away.
    #[oai(
        nullable,
        validator(
            min_length = 1,
            max_length = 200,
            pattern = r"^[^\x00]*[^\s\x00][^\x00]*$"
        )
    )]
    pub external_id: MaybeUndefined<String>,
    /// Price that is charged, in a sale or always, in minor units of the product's currency.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000000000")))]
    #[serde(deserialize_with = "not_null")]
    pub price: Option<i64>,
    /// Regular price in minor units; null takes it away.
    #[oai(
        nullable,
        validator(minimum(value = "0"), maximum(value = "1000000000000"))
    )]
    pub list_price: MaybeUndefined<i64>,
    /// Start of the sale; null takes it away.
    #[oai(nullable)]
    pub sale_from: MaybeUndefined<Timestamp>,
    /// End of the sale; null takes it away.
    #[oai(nullable)]
    pub sale_until: MaybeUndefined<Timestamp>,
    /// Units in stock.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000000")))]
    #[serde(deserialize_with = "not_null")]
    pub stock: Option<i64>,
    /// Meaning of the stock.
    #[serde(deserialize_with = "not_null")]
    pub stock_policy: Option<StockPolicyBody>,
    /// Condition of the goods.
    #[serde(deserialize_with = "not_null")]
    pub condition: Option<ConditionName>,
}

impl OffersBody {
    /// As the domain takes them.
    ///
    /// # Errors
    /// If there are too many or none.
    pub fn into_offers(self) -> Result<Vec<OfferInput>, InvalidField> {
        check_entries("offers", self.offers.len(), MAX_BATCH)?;
        Ok(self.offers.into_iter().map(OfferInput::from).collect())
    }
}

impl From<OfferBody> for OfferInput {
    fn from(body: OfferBody) -> Self {
        let offer = VariantOfferBody {
            seller: body.seller,
            external_id: body.external_id,
            price: body.price,
            list_price: body.list_price,
            sale_from: body.sale_from,
            sale_until: body.sale_until,
            stock: body.stock,
            stock_policy: body.stock_policy,
            condition: body.condition,
        };
        Self {
            sku: body.sku,
            offer: offer.into(),
        }
    }
}

impl From<OfferPatchBody> for OfferPatch {
    fn from(body: OfferPatchBody) -> Self {
        Self {
            external_id: change(body.external_id),
            price: body.price,
            list_price: change(body.list_price),
            sale_from_ms: moment(body.sale_from),
            sale_until_ms: moment(body.sale_until),
            stock: body.stock,
            stock_policy: body.stock_policy.map(Into::into),
            condition: body.condition.map(Into::into),
        }
    }
}

fn moment(given: MaybeUndefined<Timestamp>) -> Change<i64> {
    match change(given) {
        Change::Keep => Change::Keep,
        Change::Remove => Change::Remove,
        Change::Set(moment) => Change::Set(moment.ms()),
    }
}
