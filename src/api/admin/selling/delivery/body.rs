//! Delivery methods on the wire.

use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};
use souk_domain::{
    DeliveryMethodId, InvalidField,
    ordering::{Country, DeliveryMethod, DeliveryPrice, TransitDays, WeightStep},
};
use souk_store::Stored;

use super::super::terms::{Names, country};

/// Form of a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum DeliveryPriceKind {
    /// The same for every order: `price`.
    Flat,
    /// `price`, and nothing from `free_from` on.
    FreeFrom,
    /// By the weight of the seller's goods: `steps`.
    ByWeight,
}

/// Price up to a weight.
#[derive(Debug, Clone, Copy, Object, Serialize, Deserialize)]
#[oai(rename = "WeightStep")]
pub struct WeightStepView {
    /// Highest weight in grams.
    pub up_to_g: i64,
    /// Price in minor units.
    pub price: i64,
}

/// Delivery method.
#[derive(Debug, Object, Deserialize)]
pub struct DeliveryMethodBody {
    /// Slug of the seller whose method it is.
    #[oai(validator(max_length = 200))]
    pub seller: String,
    /// Name that customers choose by.
    #[oai(validator(max_length = 100))]
    pub name: String,
    /// Form of the price.
    pub kind: DeliveryPriceKind,
    /// Price in minor units, with its tax if the catalogue's prices have it within.
    #[oai(nullable, validator(minimum(value = "0")))]
    pub price: Option<i64>,
    /// Total of the seller's goods after discounts from which it is free.
    #[oai(nullable, validator(minimum(value = "0")))]
    pub free_from: Option<i64>,
    /// Prices by weight, by rising weight; what is heavier than the last is not delivered.
    #[oai(nullable, validator(max_items = 100))]
    pub steps: Option<Vec<WeightStepView>>,
    /// Countries that it goes to, ISO 3166-1 alpha-2; all if absent.
    #[oai(nullable, validator(max_items = 300))]
    pub countries: Option<Vec<String>>,
    /// Fewest days on the way; given with `days_max`.
    #[oai(nullable, validator(minimum(value = "0"), maximum(value = "365")))]
    pub days_min: Option<u16>,
    /// Most days on the way.
    #[oai(nullable, validator(minimum(value = "0"), maximum(value = "365")))]
    pub days_max: Option<u16>,
    /// False to offer it no longer.
    #[oai(default = "yes")]
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

/// Delivery method that is stored.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "DeliveryMethod", skip_serializing_if_is_none)]
pub struct DeliveryMethodView {
    /// Id.
    pub id: i64,
    /// Slug of the seller.
    pub seller: String,
    /// Name.
    pub name: String,
    /// Form of the price.
    pub kind: DeliveryPriceKind,
    /// Price in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<i64>,
    /// Total of the goods from which it is free.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free_from: Option<i64>,
    /// Prices by weight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<WeightStepView>>,
    /// Countries; all if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub countries: Option<Vec<String>>,
    /// Fewest days on the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_min: Option<u16>,
    /// Most days on the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_max: Option<u16>,
    /// True if it can be chosen.
    pub active: bool,
}

/// Delivery methods of a marketplace.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "AdminDeliveryMethods")]
pub struct DeliveryMethods {
    /// Methods, the oldest first.
    pub delivery_methods: Vec<DeliveryMethodView>,
}

impl DeliveryMethodBody {
    pub(crate) fn terms(self, names: &Names) -> Result<DeliveryMethod, InvalidField> {
        let price = || {
            let missing = || InvalidField::new("price", "is required");
            self.price.ok_or_else(missing)
        };
        let price = match self.kind {
            DeliveryPriceKind::Flat => DeliveryPrice::Flat { price: price()? },
            DeliveryPriceKind::FreeFrom => DeliveryPrice::FreeFrom {
                price: price()?,
                free_from: self
                    .free_from
                    .ok_or_else(|| InvalidField::new("free_from", "is required"))?,
            },
            DeliveryPriceKind::ByWeight => DeliveryPrice::ByWeight {
                steps: self
                    .steps
                    .unwrap_or_default()
                    .into_iter()
                    .map(WeightStep::from)
                    .collect(),
            },
        };
        let countries = self.countries.map(|codes| {
            let codes = codes.iter().enumerate();
            let read = codes.map(|(place, code)| country(format!("countries[{place}]"), code));
            read.collect::<Result<Vec<Country>, _>>()
        });
        let transit_days = match (self.days_min, self.days_max) {
            (Some(min), Some(max)) => Some(TransitDays { min, max }),
            (None, None) => None,
            (Some(_), None) => {
                return Err(InvalidField::new("days_max", "is required with `days_min`"));
            }
            (None, Some(_)) => {
                return Err(InvalidField::new("days_min", "is required with `days_max`"));
            }
        };
        let method = DeliveryMethod {
            id: DeliveryMethodId(0),
            seller: names.seller("seller", &self.seller)?,
            name: self.name,
            price,
            countries: countries.transpose()?,
            transit_days,
            active: self.active,
        };
        method.check()?;
        Ok(method)
    }
}

impl From<WeightStepView> for WeightStep {
    fn from(step: WeightStepView) -> Self {
        Self {
            up_to_g: step.up_to_g,
            price: step.price,
        }
    }
}

impl DeliveryMethodView {
    pub(crate) fn new(stored: Stored<DeliveryMethod>, names: &Names) -> Self {
        let method = stored.terms;
        let (kind, price, free_from, steps) = match method.price {
            DeliveryPrice::Flat { price } => (DeliveryPriceKind::Flat, Some(price), None, None),
            DeliveryPrice::FreeFrom { price, free_from } => (
                DeliveryPriceKind::FreeFrom,
                Some(price),
                Some(free_from),
                None,
            ),
            DeliveryPrice::ByWeight { steps } => {
                let steps = steps.into_iter().map(|step| WeightStepView {
                    up_to_g: step.up_to_g,
                    price: step.price,
                });
                (
                    DeliveryPriceKind::ByWeight,
                    None,
                    None,
                    Some(steps.collect()),
                )
            }
        };
        let codes = |countries: Vec<Country>| {
            let codes = countries
                .into_iter()
                .map(|country| country.code().to_owned());
            codes.collect()
        };
        Self {
            id: stored.id,
            seller: names.seller_slug(method.seller),
            name: method.name,
            kind,
            price,
            free_from,
            steps,
            countries: method.countries.map(codes),
            days_min: method.transit_days.map(|days| days.min),
            days_max: method.transit_days.map(|days| days.max),
            active: method.active,
        }
    }
}
