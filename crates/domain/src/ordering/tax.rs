//! Tax: the rule that holds for a place, a category and a time, and the amounts of a line.

use serde::{Deserialize, Serialize};

use super::{
    AmountOverflow, Country, amounts,
    dates::{checked_dates, is_within},
};
use crate::{CategoryId, InvalidField, TaxRateId, checks::required};

/// Parts per million that are the whole: 8.875 % are 88,750.
pub const PPM: i64 = 1_000_000;
/// Highest rate: 100 %.
const MAX_RATE_PPM: i64 = PPM;
/// Most characters of a name.
const MAX_NAME_CHARS: usize = 100;
/// Most characters of a region.
const MAX_REGION_CHARS: usize = 100;

/// Meaning of prices: with the tax in them, or without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxPricing {
    /// Prices hold the tax.
    #[default]
    Inclusive,
    /// The tax is added to prices.
    Exclusive,
}

/// Place whose tax is due: where the goods go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxPlace {
    /// Country.
    pub country: Country,
    /// Region as the address says it, such as `NY`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

/// Rate of tax for a place, perhaps for a category and a time alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRate {
    /// Id of the rule.
    pub id: TaxRateId,
    /// Name on invoices, such as `VAT`.
    pub name: String,
    /// Country.
    pub country: Country,
    /// Region; the whole country if absent. Compared without case and blanks around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Category with all below it; every product if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// Rate in parts per million, 0 to 1,000,000.
    pub rate_ppm: i64,
    /// First moment, in milliseconds since 1970 UTC; open if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_ms: Option<i64>,
    /// Moment after the last, in milliseconds since 1970 UTC; open if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<i64>,
}

/// Rules of tax of a marketplace.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaxRates(pub Vec<TaxRate>);

/// Amount without tax, its tax, and their sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TaxedAmount {
    /// Amount without the tax.
    pub net: i64,
    /// Tax.
    pub tax: i64,
    /// Sum of both: what is paid.
    pub gross: i64,
}

impl TaxRate {
    /// Checks name, region, rate and dates.
    ///
    /// # Errors
    /// Naming the field at fault, such as `rate_ppm`.
    pub fn check(&self) -> Result<(), InvalidField> {
        required("name", &self.name, MAX_NAME_CHARS)?;
        if let Some(region) = &self.region {
            required("region", region.trim(), MAX_REGION_CHARS)?;
        }
        if !(0..=MAX_RATE_PPM).contains(&self.rate_ppm) {
            let rule = format!("must be from 0 to {MAX_RATE_PPM} parts per million");
            return Err(InvalidField::new("rate_ppm", rule));
        }
        checked_dates(self.from_ms, self.until_ms)
    }

    /// Returns how specific the rule is for goods that it holds for.
    fn rank(
        &self,
        place: &TaxPlace,
        category_path: &[CategoryId],
        at_ms: i64,
    ) -> Option<(bool, usize, i64, TaxRateId)> {
        let in_time = is_within(self.from_ms, self.until_ms, at_ms);
        let in_region = match &self.region {
            None => true,
            Some(region) => place.region.as_deref().is_some_and(|at| same(at, region)),
        };
        let depth = match self.category {
            None => 0,
            Some(category) => category_path.iter().rposition(|&at| at == category)? + 1,
        };
        let holds = in_time && in_region && self.country == place.country;
        let begin = self.from_ms.unwrap_or(i64::MIN);
        holds.then_some((self.region.is_some(), depth, begin, self.id))
    }
}

fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

impl TaxRates {
    /// Finds the rule that holds for goods of a category that go to a place at a moment.
    ///
    /// `category_path` names the main category of the goods from the root down; it is empty for delivery. Of the rules
    /// that hold, the most specific one wins: one of the region before one of the country, then that of the
    /// deepest category, then the one that began last, then the one with the highest id.
    pub fn rate_for(
        &self,
        place: &TaxPlace,
        category_path: &[CategoryId],
        at_ms: i64,
    ) -> Option<&TaxRate> {
        let ranked = self.0.iter().filter_map(|rate| {
            let rank = rate.rank(place, category_path, at_ms)?;
            Some((rank, rate))
        });
        ranked.max_by_key(|(rank, _)| *rank).map(|(_, rate)| rate)
    }
}

impl TaxedAmount {
    /// Computes the tax of an amount, rounded half up to a minor unit.
    ///
    /// # Errors
    /// If the sum is beyond what an amount holds.
    pub fn of(amount: i64, rate_ppm: i64, pricing: TaxPricing) -> Result<Self, AmountOverflow> {
        match pricing {
            TaxPricing::Inclusive => {
                let whole = PPM.checked_add(rate_ppm).ok_or(AmountOverflow)?;
                let tax = amounts::share(amount, rate_ppm, whole)?;
                Ok(Self {
                    net: amounts::sum([amount, -tax])?,
                    tax,
                    gross: amount,
                })
            }
            TaxPricing::Exclusive => {
                let tax = amounts::share(amount, rate_ppm, PPM)?;
                Ok(Self {
                    net: amount,
                    tax,
                    gross: amounts::sum([amount, tax])?,
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rate(
        id: i64,
        country: &str,
        region: Option<&str>,
        category: Option<i64>,
        rate_ppm: i64,
    ) -> TaxRate {
        TaxRate {
            id: TaxRateId(id),
            name: "Tax".to_owned(),
            country: country.parse().unwrap(),
            region: region.map(str::to_owned),
            category: category.map(CategoryId),
            rate_ppm,
            from_ms: None,
            until_ms: None,
        }
    }

    fn place(country: &str, region: Option<&str>) -> TaxPlace {
        TaxPlace {
            country: country.parse().unwrap(),
            region: region.map(str::to_owned),
        }
    }

    #[test]
    fn most_specific_rule_wins() {
        let rates = TaxRates(vec![
            rate(1, "ES", None, None, 210_000),
            rate(2, "ES", None, Some(10), 40_000),
            rate(3, "ES", None, Some(11), 50_000),
            rate(4, "ES", Some("Las Palmas"), None, 70_000),
            rate(5, "PT", None, Some(11), 60_000),
        ]);
        let found = |country, region, path: &[i64]| {
            let path: Vec<_> = path.iter().copied().map(CategoryId).collect();
            let rate = rates.rate_for(&place(country, region), &path, 0);
            rate.map(|rate| rate.id.0)
        };
        assert_eq!(found("ES", None, &[]), Some(1));
        assert_eq!(found("ES", Some("Madrid"), &[1, 9]), Some(1));
        assert_eq!(found("ES", None, &[1, 10, 12]), Some(2));
        assert_eq!(found("ES", None, &[10, 11]), Some(3), "the deeper category");
        assert_eq!(
            found("ES", Some(" las palmas "), &[10, 11]),
            Some(4),
            "the region"
        );
        assert_eq!(found("PT", None, &[1]), None);
        assert_eq!(found("FR", None, &[11]), None);
    }

    #[test]
    fn rate_changes_at_its_moment() {
        let old = TaxRate {
            until_ms: Some(100),
            ..rate(1, "DE", None, None, 190_000)
        };
        let new = TaxRate {
            from_ms: Some(100),
            ..rate(2, "DE", None, None, 160_000)
        };
        let always = rate(3, "DE", None, None, 1);
        let rates = TaxRates(vec![old, new.clone(), always]);
        let found = [99, 100].map(|at| rates.rate_for(&place("DE", None), &[], at).unwrap().id.0);
        assert_eq!(
            found,
            [3, 2],
            "the one that began last, then the highest id"
        );
        let twin = TaxRate {
            id: TaxRateId(9),
            ..new.clone()
        };
        let found = TaxRates(vec![twin, new]);
        assert_eq!(
            found.rate_for(&place("DE", None), &[], 100).unwrap().id.0,
            9
        );
    }

    #[test]
    fn tax_is_rounded_half_up() {
        let of = |amount, ppm, pricing| {
            let taxed = TaxedAmount::of(amount, ppm, pricing).unwrap();
            (taxed.net, taxed.tax, taxed.gross)
        };
        use TaxPricing::{Exclusive, Inclusive};
        assert_eq!(of(11_900, 190_000, Inclusive), (10_000, 1_900, 11_900));
        assert_eq!(of(10_000, 190_000, Exclusive), (10_000, 1_900, 11_900));
        assert_eq!(
            of(10_000, 88_750, Exclusive),
            (10_000, 888, 10_888),
            "887.5"
        );
        assert_eq!(of(3, 200_000, Inclusive), (2, 1, 3), "0.5");
        assert_eq!(of(999, 0, Exclusive), (999, 0, 999));
        assert!(TaxedAmount::of(i64::MAX, 1, Exclusive).is_err());
    }

    #[test]
    fn fault_of_a_rate_names_its_field() {
        let blamed = |change: fn(&mut TaxRate)| {
            let mut rate = rate(1, "DE", None, None, 190_000);
            change(&mut rate);
            rate.check().err().map(|error| error.field.into_owned())
        };
        assert_eq!(blamed(|_| ()), None);
        assert_eq!(
            blamed(|rate| rate.rate_ppm = 1_000_001),
            Some("rate_ppm".into())
        );
        assert_eq!(blamed(|rate| rate.rate_ppm = -1), Some("rate_ppm".into()));
        assert_eq!(blamed(|rate| rate.name.clear()), Some("name".into()));
        assert_eq!(
            blamed(|rate| rate.region = Some(" ".into())),
            Some("region".into())
        );
        assert_eq!(blamed(|rate| rate.from_ms = Some(-1)), Some("from".into()));
        assert_eq!(
            blamed(|rate| (rate.from_ms, rate.until_ms) = (Some(5), Some(5))),
            Some("until".into())
        );
    }

    proptest! {
        #[test]
        fn net_and_tax_are_the_gross(amount in 0_i64..1_000_000_000_000, ppm in 0..=PPM) {
            for pricing in [TaxPricing::Inclusive, TaxPricing::Exclusive] {
                let taxed = TaxedAmount::of(amount, ppm, pricing).unwrap();
                prop_assert_eq!(taxed.net + taxed.tax, taxed.gross);
                prop_assert!(taxed.net >= 0 && taxed.tax >= 0);
            }
        }
    }
}
