//! Terms under which a variant is sold: its prices, the dates of a sale, and the meaning of its stock.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::InvalidField;

/// Meaning of a variant's stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StockPolicy {
    /// Counted: sold while there are units.
    #[default]
    Tracked,
    /// Not counted: always available, such as a download.
    Untracked,
    /// Counted, and sold beyond it: what is missing is ordered.
    Backorder,
}

impl StockPolicy {
    /// Every policy.
    pub const ALL: [Self; 3] = [Self::Tracked, Self::Untracked, Self::Backorder];

    /// The name in the database and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tracked => "tracked",
            Self::Untracked => "untracked",
            Self::Backorder => "backorder",
        }
    }

    /// Reports whether units are counted and none is sold beyond them, which is what an offer without a policy says.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub fn is_tracked(&self) -> bool {
        *self == Self::Tracked
    }

    /// Reports whether a variant with these units can be bought.
    pub fn is_available(self, stock: i64) -> bool {
        self != Self::Tracked || stock > 0
    }
}

impl fmt::Display for StockPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for StockPolicy {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|policy| policy.as_str() == name)
            .ok_or_else(|| {
                format!("no stock policy `{name}`; there are: tracked, untracked, backorder")
            })
    }
}

/// Condition in which goods are offered, from the best to the worst.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
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

impl Condition {
    /// Every condition.
    pub const ALL: [Self; 4] = [Self::New, Self::Refurbished, Self::Used, Self::Damaged];

    /// The name in the database and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Refurbished => "refurbished",
            Self::Used => "used",
            Self::Damaged => "damaged",
        }
    }

    /// Reports whether goods are new, which is what an offer without a condition says.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub fn is_new(&self) -> bool {
        *self == Self::New
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Condition {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|condition| condition.as_str() == name)
            .ok_or_else(|| {
                format!("no condition `{name}`; there are: new, refurbished, used, damaged")
            })
    }
}

/// Last moment that a date may have: the end of the year 9999, in milliseconds since 1970 UTC.
const MAX_TIME_MS: i64 = 253_402_300_799_999;

/// Prices of a variant, in minor units of one currency.
///
/// With dates, `price` is that of a sale: it holds from `sale_from_ms` until `sale_until_ms`, and at all other times
/// the list price does. Without dates it always holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Prices {
    /// Price that is charged, in a sale or always.
    pub price: i64,
    /// Regular price, never below `price`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_price: Option<i64>,
    /// First moment of the sale, in milliseconds since 1970 UTC; open if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sale_from_ms: Option<i64>,
    /// Moment after the sale, in milliseconds since 1970 UTC; open if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sale_until_ms: Option<i64>,
}

impl Prices {
    /// A single price without dates.
    pub fn of(price: i64) -> Self {
        Self {
            price,
            ..Self::default()
        }
    }

    /// Reports whether `price` is that of a sale between dates.
    pub fn has_dates(&self) -> bool {
        self.sale_from_ms.is_some() || self.sale_until_ms.is_some()
    }

    /// The price outside of a sale, the list price beside that, and the price of the sale: what systems write that know
    /// a regular price and a sale's.
    pub fn apart(&self) -> (i64, Option<i64>, Option<i64>) {
        match self.list_price {
            Some(regular) if self.has_dates() => (regular, None, Some(self.price)),
            list_price => (self.price, list_price, None),
        }
    }

    /// The price charged at a moment.
    pub fn current(&self, now_ms: i64) -> i64 {
        let begun = self.sale_from_ms.is_none_or(|from| from <= now_ms);
        let over = self.sale_until_ms.is_some_and(|until| until <= now_ms);
        if begun && !over {
            self.price
        } else {
            self.list_price.unwrap_or(self.price)
        }
    }

    /// The list price at a moment, if it is above the price charged.
    pub fn reduced_from(&self, now_ms: i64) -> Option<i64> {
        self.list_price
            .filter(|&list_price| list_price > self.current(now_ms))
    }

    /// The next moment at which the sale begins or ends.
    pub fn next_change(&self, now_ms: i64) -> Option<i64> {
        let dates = [self.sale_from_ms, self.sale_until_ms];
        dates.into_iter().flatten().find(|&moment| moment > now_ms)
    }

    /// Checks the prices against each other and `max`.
    ///
    /// # Errors
    /// Naming the field at fault, such as `list_price`.
    pub fn check(&self, max: i64) -> Result<(), InvalidField> {
        let bounds = |field: &'static str, amount: i64| {
            if (0..=max).contains(&amount) {
                return Ok(());
            }
            let bounds = format!("lies between 0 and {max} minor units");
            Err(InvalidField::new(field, bounds))
        };
        bounds("price", self.price)?;
        if let Some(list_price) = self.list_price {
            bounds("list_price", list_price)?;
            if list_price < self.price {
                return Err(InvalidField::new("list_price", "is not below the price"));
            }
        } else if self.has_dates() {
            let needed = "is required with the dates of a sale: it holds outside of them";
            return Err(InvalidField::new("list_price", needed));
        }
        for (field, moment) in [
            ("sale_from", self.sale_from_ms),
            ("sale_until", self.sale_until_ms),
        ] {
            if moment.is_some_and(|moment| !(0..=MAX_TIME_MS).contains(&moment)) {
                return Err(InvalidField::new(field, "lies in the years 1970 to 9999"));
            }
        }
        let dates = self.sale_from_ms.zip(self.sale_until_ms);
        if dates.is_some_and(|(from, until)| until <= from) {
            return Err(InvalidField::new("sale_until", "is after `sale_from`"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALE: Prices = Prices {
        price: 800,
        list_price: Some(1_000),
        sale_from_ms: Some(10),
        sale_until_ms: Some(20),
    };

    #[test]
    fn sale_holds_from_its_first_moment_until_its_last() {
        let prices = [9, 10, 19, 20].map(|now| (SALE.current(now), SALE.reduced_from(now)));
        let (before, within) = ((1_000, None), (800, Some(1_000)));
        assert_eq!(prices, [before, within, within, before]);
        let changes = [9, 10, 19, 20].map(|now| SALE.next_change(now));
        assert_eq!(changes, [Some(10), Some(20), Some(20), None]);
    }

    #[test]
    fn sale_without_one_date_is_open_on_that_side() {
        let since = Prices {
            sale_until_ms: None,
            ..SALE
        };
        assert_eq!(
            [9, 10, 1_000].map(|now| since.current(now)),
            [1_000, 800, 800]
        );
        let until = Prices {
            sale_from_ms: None,
            ..SALE
        };
        assert_eq!([0, 19, 20].map(|now| until.current(now)), [800, 800, 1_000]);
    }

    #[test]
    fn list_price_without_dates_shows_a_reduction() {
        let reduced = Prices {
            list_price: Some(1_000),
            ..Prices::of(800)
        };
        assert_eq!(
            (reduced.current(0), reduced.reduced_from(0)),
            (800, Some(1_000))
        );
        assert_eq!(Prices::of(800).reduced_from(0), None);
    }

    #[test]
    fn each_fault_of_prices_names_its_field() {
        let blamed = |prices: Prices| prices.check(1_000).err().map(|error| error.field);
        assert_eq!(blamed(SALE), None);
        assert_eq!(blamed(Prices::of(-1)).as_deref(), Some("price"));
        let below = Prices {
            list_price: Some(799),
            ..SALE
        };
        assert_eq!(blamed(below).as_deref(), Some("list_price"));
        let dates_alone = Prices {
            list_price: None,
            ..SALE
        };
        assert_eq!(blamed(dates_alone).as_deref(), Some("list_price"));
        let backwards = Prices {
            sale_until_ms: Some(10),
            ..SALE
        };
        assert_eq!(blamed(backwards).as_deref(), Some("sale_until"));
        let ancient = Prices {
            sale_from_ms: Some(-1),
            ..SALE
        };
        assert_eq!(blamed(ancient).as_deref(), Some("sale_from"));
    }

    #[test]
    fn only_a_counted_stock_runs_out() {
        let available = StockPolicy::ALL.map(|policy| policy.is_available(0));
        assert_eq!(available, [false, true, true]);
        assert!(StockPolicy::Tracked.is_available(1));
        for policy in StockPolicy::ALL {
            assert_eq!(policy.as_str().parse(), Ok(policy));
        }
    }
}
