//! Delivery methods of sellers and their prices.

use serde::{Deserialize, Serialize};

use super::Country;
use crate::{
    DeliveryMethodId, InvalidField, SellerId,
    checks::{MAX_PRICE, at_most_items, required},
};

/// Most characters of a name.
const MAX_NAME_CHARS: usize = 100;
/// Most countries of a method: all that there are.
const MAX_COUNTRIES: usize = 250;
/// Most steps by weight.
const MAX_STEPS: usize = 50;
/// Most days on the way.
const MAX_DAYS: u16 = 365;

/// Price of a delivery method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DeliveryPrice {
    /// The same for every order.
    Flat {
        /// Price in minor units.
        price: i64,
    },
    /// Free from a total of the goods on.
    FreeFrom {
        /// Price below that total.
        price: i64,
        /// Total of the seller's goods after discounts, in the prices that are shown.
        free_from: i64,
    },
    /// By the weight of the seller's goods: the first step that reaches it.
    ByWeight {
        /// Steps by rising weight; what is heavier than the last is not delivered.
        steps: Vec<WeightStep>,
    },
}

/// Price up to a weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeightStep {
    /// Highest weight in grams.
    pub up_to_g: i64,
    /// Price in minor units.
    pub price: i64,
}

/// Days from dispatch to arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransitDays {
    /// Fewest days.
    pub min: u16,
    /// Most days.
    pub max: u16,
}

/// Way in which a seller sends goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryMethod {
    /// Id.
    pub id: DeliveryMethodId,
    /// Seller whose method it is.
    pub seller: SellerId,
    /// Name that customers choose by.
    pub name: String,
    /// Price.
    pub price: DeliveryPrice,
    /// Countries that it goes to; all if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub countries: Option<Vec<Country>>,
    /// Days on the way, if the seller promises any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transit_days: Option<TransitDays>,
    /// True if it can be chosen.
    pub active: bool,
}

impl DeliveryMethod {
    /// Checks name, price, countries and days.
    ///
    /// # Errors
    /// Naming the field at fault, such as `price.steps[1].up_to_g`.
    pub fn check(&self) -> Result<(), InvalidField> {
        required("name", &self.name, MAX_NAME_CHARS)?;
        self.price.check().map_err(|error| error.within("price"))?;
        if let Some(countries) = &self.countries {
            if countries.is_empty() {
                let rule = "must name a country, or be left out for all";
                return Err(InvalidField::new("countries", rule));
            }
            at_most_items("countries", countries.len(), MAX_COUNTRIES)?;
        }
        if let Some(days) = self.transit_days {
            if days.max > MAX_DAYS {
                let rule = format!("must be from 0 to {MAX_DAYS}");
                return Err(InvalidField::new("transit_days.max", rule));
            }
            if days.min > days.max {
                let rule = "must be at most `max`";
                return Err(InvalidField::new("transit_days.min", rule));
            }
        }
        Ok(())
    }

    /// Returns the price for goods of one seller; none if the method does not deliver them.
    ///
    /// Without a country, which is an estimate, the method counts wherever it goes.
    pub fn price_for(
        &self,
        goods_total: i64,
        weight_g: i64,
        country: Option<Country>,
    ) -> Option<i64> {
        if !self.active || !self.goes_to(country) {
            return None;
        }
        match &self.price {
            DeliveryPrice::Flat { price } => Some(*price),
            DeliveryPrice::FreeFrom { price, free_from } => {
                Some(if goods_total >= *free_from { 0 } else { *price })
            }
            DeliveryPrice::ByWeight { steps } => {
                let step = steps.iter().find(|step| weight_g <= step.up_to_g);
                step.map(|step| step.price)
            }
        }
    }

    fn goes_to(&self, country: Option<Country>) -> bool {
        match (&self.countries, country) {
            (Some(countries), Some(country)) => countries.contains(&country),
            _ => true,
        }
    }
}

impl DeliveryPrice {
    fn check(&self) -> Result<(), InvalidField> {
        match self {
            Self::Flat { price } => check_price("price", *price),
            Self::FreeFrom { price, free_from } => {
                check_price("price", *price)?;
                check_price("free_from", *free_from)
            }
            Self::ByWeight { steps } => check_steps(steps),
        }
    }
}

fn check_steps(steps: &[WeightStep]) -> Result<(), InvalidField> {
    if steps.is_empty() {
        return Err(InvalidField::new("steps", "must have a step"));
    }
    at_most_items("steps", steps.len(), MAX_STEPS)?;
    let mut lighter = 0;
    for (at, step) in steps.iter().enumerate() {
        let outer = format!("steps[{at}]");
        if step.up_to_g <= lighter {
            let rule = format!("must be above {lighter}, so that the steps rise");
            return Err(InvalidField::new("up_to_g", rule).within(&outer));
        }
        check_price("price", step.price).map_err(|error| error.within(&outer))?;
        lighter = step.up_to_g;
    }
    Ok(())
}

fn check_price(field: &'static str, price: i64) -> Result<(), InvalidField> {
    if (0..=MAX_PRICE).contains(&price) {
        return Ok(());
    }
    let rule = format!("must be from 0 to {MAX_PRICE} minor units");
    Err(InvalidField::new(field, rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn method(price: DeliveryPrice) -> DeliveryMethod {
        DeliveryMethod {
            id: DeliveryMethodId(1),
            seller: SellerId(1),
            name: "Parcel".to_owned(),
            price,
            countries: None,
            transit_days: None,
            active: true,
        }
    }

    fn by_weight(steps: &[(i64, i64)]) -> DeliveryPrice {
        let steps = steps.iter();
        let steps = steps.map(|&(up_to_g, price)| WeightStep { up_to_g, price });
        DeliveryPrice::ByWeight {
            steps: steps.collect(),
        }
    }

    #[test]
    fn price_follows_goods_or_weight() {
        let flat = method(DeliveryPrice::Flat { price: 490 });
        assert_eq!(flat.price_for(0, 99_999, None), Some(490));
        let free = method(DeliveryPrice::FreeFrom {
            price: 490,
            free_from: 5_000,
        });
        assert_eq!(
            [4_999, 5_000].map(|goods| free.price_for(goods, 0, None)),
            [Some(490), Some(0)]
        );
        let steps = method(by_weight(&[(1_000, 490), (5_000, 690)]));
        let prices = [0, 1_000, 1_001, 5_000, 5_001].map(|grams| steps.price_for(0, grams, None));
        assert_eq!(prices, [Some(490), Some(490), Some(690), Some(690), None]);
    }

    #[test]
    fn method_delivers_to_its_countries_while_it_is_active() {
        let country = |code: &str| Some(code.parse().unwrap());
        let mut method = method(DeliveryPrice::Flat { price: 1 });
        assert_eq!(method.price_for(0, 0, country("JP")), Some(1));
        method.countries = Some(vec!["DE".parse().unwrap()]);
        assert_eq!(method.price_for(0, 0, country("DE")), Some(1));
        assert_eq!(method.price_for(0, 0, country("JP")), None);
        assert_eq!(method.price_for(0, 0, None), Some(1), "an estimate");
        method.active = false;
        assert_eq!(method.price_for(0, 0, country("DE")), None);
    }

    #[test]
    fn fault_of_a_method_names_its_field() {
        let blamed =
            |method: DeliveryMethod| method.check().err().map(|error| error.field.into_owned());
        let flat = || method(DeliveryPrice::Flat { price: 1 });
        assert_eq!(blamed(flat()), None);
        assert_eq!(
            blamed(method(DeliveryPrice::Flat { price: -1 })).as_deref(),
            Some("price.price")
        );
        let falling = by_weight(&[(2, 1), (2, 1)]);
        assert_eq!(
            blamed(method(falling)).as_deref(),
            Some("price.steps[1].up_to_g")
        );
        let costly = by_weight(&[(2, MAX_PRICE + 1)]);
        assert_eq!(
            blamed(method(costly)).as_deref(),
            Some("price.steps[0].price")
        );
        assert_eq!(
            blamed(method(by_weight(&[]))).as_deref(),
            Some("price.steps")
        );
        let nowhere = DeliveryMethod {
            countries: Some(Vec::new()),
            ..flat()
        };
        assert_eq!(blamed(nowhere).as_deref(), Some("countries"));
        let backwards = DeliveryMethod {
            transit_days: Some(TransitDays { min: 3, max: 2 }),
            ..flat()
        };
        assert_eq!(blamed(backwards).as_deref(), Some("transit_days.min"));
        let slow = DeliveryMethod {
            transit_days: Some(TransitDays { min: 3, max: 366 }),
            ..flat()
        };
        assert_eq!(blamed(slow).as_deref(), Some("transit_days.max"));
        let nameless = DeliveryMethod {
            name: String::new(),
            ..flat()
        };
        assert_eq!(blamed(nameless).as_deref(), Some("name"));
    }
}
