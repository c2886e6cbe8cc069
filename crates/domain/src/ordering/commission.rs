//! Commission that the marketplace takes of a seller's sales.

use serde::{Deserialize, Serialize};

use super::{AmountOverflow, amounts};
use crate::{CategoryId, InvalidField, SellerId, checks::MAX_PRICE};

/// Basis points that are the whole: 12.5 % are 1,250.
pub const BASIS_POINTS: i64 = 10_000;

/// Rate of commission, which may change at any time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommissionRate {
    /// Seller that it is agreed with; all sellers if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller: Option<SellerId>,
    /// Category with all below it; every product if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// Share of the net of a line in basis points, 0 to 10,000.
    pub basis_points: i64,
    /// Lowest commission of a line in minor units, as far as the line has a net.
    #[serde(default)]
    pub floor: i64,
    /// Highest commission of a line in minor units; none if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<i64>,
}

/// Rates of a marketplace.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommissionRates(pub Vec<CommissionRate>);

/// Commission of a line, frozen with the rate that it was computed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CommissionLine {
    /// Net of the line that the rate was applied to.
    pub basis: i64,
    /// Rate in basis points.
    pub basis_points: i64,
    /// Lowest commission of the rate.
    pub floor: i64,
    /// Highest commission of the rate.
    pub cap: Option<i64>,
    /// Commission in minor units, 0 to `basis`.
    pub amount: i64,
}

impl CommissionRate {
    /// Checks rate, floor and cap.
    ///
    /// # Errors
    /// Naming the field at fault, such as `cap`.
    pub fn check(&self) -> Result<(), InvalidField> {
        if !(0..=BASIS_POINTS).contains(&self.basis_points) {
            let rule = format!("must be from 0 to {BASIS_POINTS}");
            return Err(InvalidField::new("basis_points", rule));
        }
        if !(0..=MAX_PRICE).contains(&self.floor) {
            let rule = format!("must be from 0 to {MAX_PRICE} minor units");
            return Err(InvalidField::new("floor", rule));
        }
        if self
            .cap
            .is_some_and(|cap| !(self.floor..=MAX_PRICE).contains(&cap))
        {
            let rule = format!("must be from the floor to {MAX_PRICE} minor units");
            return Err(InvalidField::new("cap", rule));
        }
        Ok(())
    }

    /// Computes and freezes the commission of a line with this net, rounded half up.
    ///
    /// The floor and the cap bound it, and it is never above the net.
    ///
    /// # Errors
    /// If it is beyond what an amount holds.
    pub fn freeze(&self, basis: i64) -> Result<CommissionLine, AmountOverflow> {
        let share = amounts::share(basis, self.basis_points, BASIS_POINTS)?;
        let amount = share.max(self.floor);
        let amount = self.cap.map_or(amount, |cap| amount.min(cap));
        Ok(CommissionLine {
            basis,
            basis_points: self.basis_points,
            floor: self.floor,
            cap: self.cap,
            amount: amount.min(basis).max(0),
        })
    }

    fn rank(&self, seller: SellerId, category_path: &[CategoryId]) -> Option<(bool, usize)> {
        let depth = match self.category {
            None => 0,
            Some(category) => category_path.iter().rposition(|&at| at == category)? + 1,
        };
        let is_for = self.seller.is_none_or(|own| own == seller);
        is_for.then_some((self.seller.is_some(), depth))
    }
}

impl CommissionRates {
    /// Finds the rate of a seller's product; none if no commission is taken.
    ///
    /// A rate of the seller wins over one of all sellers, then that of the deepest category of the path, then the
    /// first in the list.
    pub fn rate_for(
        &self,
        seller: SellerId,
        category_path: &[CategoryId],
    ) -> Option<&CommissionRate> {
        // `max_by_key` takes the last of equal ones.
        let ranked = self.0.iter().rev().filter_map(|rate| {
            let rank = rate.rank(seller, category_path)?;
            Some((rank, rate))
        });
        ranked.max_by_key(|(rank, _)| *rank).map(|(_, rate)| rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: CommissionRate = CommissionRate {
        seller: None,
        category: None,
        basis_points: 1_250,
        floor: 50,
        cap: Some(1_000),
    };

    #[test]
    fn commission_lies_between_floor_and_cap_and_within_the_net() {
        for (basis, amount) in [
            (1_000, 125),
            (1_004, 126),
            (100, 50),
            (30, 30),
            (0, 0),
            (99_999, 1_000),
        ] {
            assert_eq!(RATE.freeze(basis).unwrap().amount, amount, "{basis}");
        }
        let whole = CommissionRate {
            basis_points: 10_000,
            cap: None,
            ..RATE
        };
        assert_eq!(whole.freeze(i64::MAX).unwrap().amount, i64::MAX);
    }

    #[test]
    fn rate_of_the_seller_and_of_the_deepest_category_wins() {
        let rates = CommissionRates(vec![
            RATE,
            CommissionRate {
                category: Some(CategoryId(2)),
                basis_points: 2,
                ..RATE
            },
            CommissionRate {
                category: Some(CategoryId(3)),
                basis_points: 3,
                ..RATE
            },
            CommissionRate {
                seller: Some(SellerId(7)),
                basis_points: 7,
                ..RATE
            },
            CommissionRate {
                basis_points: 9,
                ..RATE
            },
        ]);
        let found = |seller, path: &[i64]| {
            let path: Vec<_> = path.iter().copied().map(CategoryId).collect();
            rates
                .rate_for(SellerId(seller), &path)
                .map(|rate| rate.basis_points)
        };
        assert_eq!(found(1, &[]), Some(1_250), "the first of equal ones");
        assert_eq!(found(1, &[1, 2]), Some(2));
        assert_eq!(found(1, &[2, 3]), Some(3));
        assert_eq!(found(7, &[2, 3]), Some(7));
        assert_eq!(CommissionRates::default().rate_for(SellerId(1), &[]), None);
    }

    #[test]
    fn fault_of_a_rate_names_its_field() {
        let blamed =
            |rate: CommissionRate| rate.check().err().map(|error| error.field.into_owned());
        assert_eq!(blamed(RATE), None);
        assert_eq!(
            blamed(CommissionRate {
                cap: Some(49),
                ..RATE
            })
            .as_deref(),
            Some("cap")
        );
        assert_eq!(
            blamed(CommissionRate { floor: -1, ..RATE }).as_deref(),
            Some("floor")
        );
        let above = CommissionRate {
            basis_points: 10_001,
            ..RATE
        };
        assert_eq!(blamed(above).as_deref(), Some("basis_points"));
    }
}
