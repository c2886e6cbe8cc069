//! Amounts of partial refunds, which add up whatever the parts are.

use super::{AmountOverflow, amounts};

/// Frozen amounts of a line or a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FrozenAmounts {
    /// Amount that the customer paid, tax included.
    pub gross: i64,
    /// Tax within it.
    pub tax: i64,
    /// Commission of the marketplace.
    pub commission: i64,
    /// Amount that the marketplace pays for discounts that it bears.
    pub subsidy: i64,
}

/// Amounts that one refund takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RefundParts {
    /// Amount that the customer gets.
    pub gross: i64,
    /// Tax within it.
    pub tax: i64,
    /// Commission that the seller gets back.
    pub commission: i64,
    /// Subsidy that the marketplace gets back.
    pub subsidy: i64,
}

/// Returns the share of `amount` that `part` of `whole` has, rounded half up.
///
/// Refunds are differences of two such shares, so that those of all parts add up to the amount.
///
/// # Errors
/// If `part` is not from 0 to `whole`, or `whole` is not positive.
pub fn share_so_far(amount: i64, part: i64, whole: i64) -> Result<i64, AmountOverflow> {
    if whole <= 0 || !(0..=whole).contains(&part) {
        return Err(AmountOverflow);
    }
    amounts::share(amount, part, whole)
}

/// Returns the amount to refund for `units` more of a line of `ordered` units, after those `before`.
///
/// # Errors
/// If there are not so many units.
pub fn refund_amount(
    gross: i64,
    ordered: i64,
    before: i64,
    units: i64,
) -> Result<i64, AmountOverflow> {
    between(gross, ordered, before, units)
}

/// Splits a refund of `part` of `whole`, after that `before`, into what each side gets back.
///
/// Parts are amounts of gross, or units of a line whose gross is zero.
///
/// # Errors
/// If the parts are beyond the whole.
pub fn refund_parts(
    frozen: &FrozenAmounts,
    whole: i64,
    before: i64,
    part: i64,
) -> Result<RefundParts, AmountOverflow> {
    let of = |amount| between(amount, whole, before, part);
    Ok(RefundParts {
        gross: of(frozen.gross)?,
        tax: of(frozen.tax)?,
        commission: of(frozen.commission)?,
        subsidy: of(frozen.subsidy)?,
    })
}

fn between(amount: i64, whole: i64, before: i64, part: i64) -> Result<i64, AmountOverflow> {
    let after = amounts::sum([before, part])?;
    Ok(share_so_far(amount, after, whole)? - share_so_far(amount, before, whole)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn units_of_an_odd_price_are_refunded_one_by_one() {
        let refunds = [0, 1, 2].map(|before| refund_amount(1_000, 3, before, 1).unwrap());
        assert_eq!(refunds, [333, 334, 333]);
        assert!(refund_amount(1_000, 3, 3, 1).is_err());
        assert!(refund_amount(1_000, 0, 0, 0).is_err());
        assert!(share_so_far(1_000, -1, 3).is_err());
    }

    #[test]
    fn subsidy_of_a_line_that_cost_nothing_goes_back_by_units() {
        let frozen = FrozenAmounts {
            subsidy: 999,
            commission: 99,
            ..FrozenAmounts::default()
        };
        let parts = [0, 1].map(|before| refund_parts(&frozen, 2, before, 1).unwrap());
        assert_eq!(parts.map(|part| part.subsidy), [500, 499]);
        assert_eq!(parts.map(|part| part.commission), [50, 49]);
        assert_eq!(parts.map(|part| part.gross), [0, 0]);
    }

    proptest! {
        #[test]
        fn refunds_of_all_units_add_up_to_the_gross(
            gross in 0_i64..1_000_000_000,
            steps in prop::collection::vec(1_i64..50, 1..20),
        ) {
            let ordered: i64 = steps.iter().sum();
            let (mut before, mut refunded) = (0, 0);
            for units in steps {
                let refund = refund_amount(gross, ordered, before, units).unwrap();
                prop_assert!(refund >= 0);
                before += units;
                refunded += refund;
            }
            prop_assert_eq!(refunded, gross);
        }

        #[test]
        fn parts_of_refunds_by_amount_add_up(
            steps in prop::collection::vec(1_i64..10_000, 1..20),
            tax in 0_i64..10_000,
            commission in 0_i64..10_000,
            subsidy in 0_i64..10_000,
        ) {
            let gross: i64 = steps.iter().sum();
            let frozen = FrozenAmounts { gross, tax, commission, subsidy };
            let (mut before, mut sum) = (0, RefundParts::default());
            for part in steps {
                let parts = refund_parts(&frozen, gross, before, part).unwrap();
                prop_assert_eq!(parts.gross, part);
                before += part;
                sum.gross += parts.gross;
                sum.tax += parts.tax;
                sum.commission += parts.commission;
                sum.subsidy += parts.subsidy;
            }
            prop_assert_eq!(sum, RefundParts { gross, tax, commission, subsidy });
        }
    }
}
