//! Numbers in filters: prices in major units, ratings, and attributes that are filtered by a range.

use souk_domain::{
    AttributeDefinitions, FacetName, Filters, InvalidField, NumberRange, PriceFilter,
    currency_exponent,
};

use super::super::attributes::Family;
use super::super::filters::{Comparison, Test, Wanted};
use super::{Refinement, Shop, inexpressible};

/// Lowest and highest rating.
const RATINGS: (f64, f64) = (1.0, 5.0);

/// Most stars that the facet tells apart: it counts what is rated so or better.
const TOP_STARS: f64 = 4.0;

/// Numbers from the first to the second, both inclusive. Of prices they are whole minor units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Span {
    least: f64,
    most: f64,
}

/// Reports whether a family is compared with numbers.
pub(crate) fn is_numeric(family: &Family, definitions: &AttributeDefinitions) -> bool {
    match family {
        Family::Facet(facet) => matches!(facet, FacetName::Price | FacetName::Rating),
        Family::Named(name) => definitions
            .get(name)
            .is_some_and(|definition| definition.is_range()),
    }
}

/// Returns the numbers that a condition accepts.
pub(crate) fn span(family: &Family, test: &Test, shop: Shop<'_>) -> Result<Span, InvalidField> {
    let name = &test.attribute;
    let not_a_number = || {
        InvalidField::new(
            "filters",
            format!("compare `{name}` with something that is no number"),
        )
    };
    let is_rating = *family == Family::Facet(FacetName::Rating);
    let (comparison, number) = match &test.wanted {
        Wanted::Between(from, to) => {
            let from = Span::of(Comparison::AtLeast, *from, family, shop);
            return Ok(from.and(Span::of(Comparison::AtMost, *to, family, shop)));
        }
        Wanted::Number(comparison, number) => (*comparison, *number),
        Wanted::Value(value) => {
            let number: f64 = value.trim().parse().map_err(|_| not_a_number())?;
            if !number.is_finite() {
                return Err(not_a_number());
            }
            if is_rating && number < TOP_STARS {
                // The facet counts by whole stars: what is rated 3.3 counts as 3.
                let next = Span::of(Comparison::Below, number + 1.0, family, shop);
                return Ok(Span::of(Comparison::AtLeast, number, family, shop).and(next));
            }
            if is_rating {
                return Ok(Span::of(Comparison::AtLeast, number, family, shop));
            }
            (Comparison::Equal, number)
        }
    };
    Ok(Span::of(comparison, number, family, shop))
}

/// Returns the numbers that a family has at all.
pub(crate) fn every(family: &Family) -> Span {
    match family {
        Family::Facet(FacetName::Price) => Span::from(0.0),
        _ => Span::ALL,
    }
}

impl Span {
    /// Every number.
    pub(crate) const ALL: Self = Self {
        least: f64::NEG_INFINITY,
        most: f64::INFINITY,
    };

    fn of(comparison: Comparison, number: f64, family: &Family, shop: Shop<'_>) -> Self {
        let (below, above) = match family {
            Family::Facet(FacetName::Price) => {
                let number = minor(number, currency_exponent(shop.currency));
                let (floor, ceil) = (number.floor(), number.ceil());
                let is_whole = floor == ceil;
                let strict = (ceil - 1.0, floor + 1.0);
                return match comparison {
                    Comparison::Below => Self::to(strict.0),
                    Comparison::AtMost => Self::to(floor),
                    Comparison::Equal if is_whole => Self {
                        least: floor,
                        most: floor,
                    },
                    // Nothing costs half a cent.
                    Comparison::Equal => Self {
                        least: ceil,
                        most: floor,
                    },
                    Comparison::AtLeast => Self::from(ceil),
                    Comparison::Above => Self::from(strict.1),
                };
            }
            Family::Facet(_) => {
                let single = number as f32;
                (f64::from(single.next_down()), f64::from(single.next_up()))
            }
            Family::Named(_) => (number.next_down(), number.next_up()),
        };
        match comparison {
            Comparison::Below => Self::to(below),
            Comparison::AtMost => Self::to(number),
            Comparison::Equal => Self {
                least: number,
                most: number,
            },
            Comparison::AtLeast => Self::from(number),
            Comparison::Above => Self::from(above),
        }
    }

    fn from(least: f64) -> Self {
        Self { least, ..Self::ALL }
    }

    fn to(most: f64) -> Self {
        Self { most, ..Self::ALL }
    }

    /// Reports whether there is no number in it.
    pub(crate) fn is_empty(self) -> bool {
        self.least > self.most
    }

    /// Returns the numbers in both.
    #[must_use]
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            least: self.least.max(other.least),
            most: self.most.min(other.most),
        }
    }

    /// Returns the numbers in one of several; none if there is a gap between.
    pub(crate) fn union(mut spans: Vec<Self>) -> Option<Self> {
        spans.sort_by(|one, other| one.least.total_cmp(&other.least));
        let mut spans = spans.into_iter().filter(|span| !span.is_empty());
        let first = spans.next().unwrap_or(Self {
            least: f64::INFINITY,
            most: f64::NEG_INFINITY,
        });
        spans.try_fold(first, |all, next| {
            (next.least <= all.most).then(|| Self {
                least: all.least,
                most: all.most.max(next.most),
            })
        })
    }

    /// Returns the refinement of a family to these numbers.
    pub(crate) fn refinement(
        self,
        family: &Family,
        shop: Shop<'_>,
    ) -> Result<Refinement, InvalidField> {
        let mut refinement = Refinement::default();
        if self.is_empty() {
            return Ok(refinement);
        }
        let mut filters = Filters::default();
        match family {
            Family::Facet(FacetName::Price) => filters.price = Some(self.price()),
            Family::Facet(_) => {
                // Only what is rated has a rating to compare.
                filters.rating_min = Some(self.least.clamp(RATINGS.0, RATINGS.1) as f32);
                if self.most < RATINGS.1 {
                    refinement.excluded.push(rated_above(self.most));
                }
                if self.most < RATINGS.0 || self.least > RATINGS.1 {
                    refinement.excluded.push(rated_above(0.0));
                }
            }
            Family::Named(name) => {
                let name = shop
                    .definitions
                    .get(name)
                    .map_or(name, |definition| &definition.name);
                let finite = |number: f64| Some(number).filter(|number| number.is_finite());
                let range = NumberRange {
                    min: finite(self.least),
                    max: finite(self.most),
                };
                filters.ranges.insert(name.clone(), range);
            }
        }
        refinement.passing.push(filters);
        Ok(refinement)
    }

    /// Returns the filters that these numbers, and no others, pass.
    pub(crate) fn excluded(self, family: &Family) -> Result<Filters, InvalidField> {
        let mut filters = Filters::default();
        match family {
            Family::Facet(FacetName::Price) => filters.price = Some(self.price()),
            Family::Facet(_) if self.most >= RATINGS.1 => {
                filters.rating_min = Some(self.least.clamp(RATINGS.0, RATINGS.1) as f32);
            }
            Family::Facet(_) => {
                return Err(inexpressible(
                    "`NOT` of a rating is taken of `rating>=` only",
                ));
            }
            Family::Named(_) => {
                return Err(inexpressible(
                    "`NOT` of a range of an attribute is not taken",
                ));
            }
        }
        Ok(filters)
    }

    fn price(self) -> PriceFilter {
        let limit = |number: f64| number.is_finite().then_some(number as i64);
        PriceFilter {
            min: limit(self.least).map(|least| least.max(0)),
            max: limit(self.most),
        }
    }
}

/// Rated above a number, which is below the highest.
fn rated_above(number: f64) -> Filters {
    let above = (number as f32).next_up().max(RATINGS.0 as f32);
    Filters {
        rating_min: Some(above),
        ..Filters::default()
    }
}

/// Returns an amount of major units in minor ones, exactly as its shortest decimal form says.
fn minor(major: f64, exponent: u32) -> f64 {
    let scaled = major * 10_f64.powi(exponent as i32);
    let nearest = scaled.round();
    // What is written with as many digits as the currency has is a whole number of minor units.
    if nearest / 10_f64.powi(exponent as i32) == major {
        nearest
    } else {
        scaled
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use souk_domain::Currency;

    use super::super::super::names::Names;
    use super::*;

    /// Prices in minor units that a comparison of `price` accepts.
    fn price(comparison: Comparison, number: f64) -> Span {
        let names = Names::default();
        let definitions = AttributeDefinitions::default();
        let shop = Shop {
            names: &names,
            definitions: &definitions,
            currency: Currency::EUR,
        };
        let test = Test {
            attribute: "price".to_owned(),
            wanted: Wanted::Number(comparison, number),
        };
        span(&Family::Facet(FacetName::Price), &test, shop).unwrap()
    }

    proptest! {
        #[test]
        fn prices_compare_as_their_decimals_do(limit in 0..1_000_000_i64, price_minor in 0..1_000_000_i64) {
            let number = limit as f64 / 100.0;
            let has = |comparison| {
                let span = price(comparison, number);
                span.least <= price_minor as f64 && price_minor as f64 <= span.most
            };
            prop_assert_eq!(has(Comparison::Below), price_minor < limit);
            prop_assert_eq!(has(Comparison::AtMost), price_minor <= limit);
            prop_assert_eq!(has(Comparison::Equal), price_minor == limit);
            prop_assert_eq!(has(Comparison::AtLeast), price_minor >= limit);
            prop_assert_eq!(has(Comparison::Above), price_minor > limit);
        }
    }

    #[test]
    fn between_two_prices_there_is_none() {
        assert!(price(Comparison::Equal, 19.995).is_empty());
        let (most, least) = (
            price(Comparison::AtMost, 19.995),
            price(Comparison::AtLeast, 19.995),
        );
        assert_eq!((most.most, least.least), (1_999.0, 2_000.0));
        assert_eq!(Span::union(vec![most, least]), None);
        assert_eq!(Span::union(vec![least, Span::ALL]), Some(Span::ALL));
    }
}
