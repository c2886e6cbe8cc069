//! Arithmetic on amounts that rounds in one way and never overflows silently.

/// A sum that no amount can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the amounts are too large to be added up")]
pub struct AmountOverflow;

/// Returns `amount * numerator / denominator`, rounded half up, and half away from zero below zero.
///
/// # Errors
/// If the result is beyond what an amount holds, or the denominator is not positive.
pub(super) fn share(amount: i64, numerator: i64, denominator: i64) -> Result<i64, AmountOverflow> {
    if denominator <= 0 {
        return Err(AmountOverflow);
    }
    let product = i128::from(amount) * i128::from(numerator);
    let magnitude = (product.unsigned_abs() * 2 + denominator.unsigned_abs() as u128)
        / (denominator.unsigned_abs() as u128 * 2);
    let rounded = i128::try_from(magnitude).map_err(|_| AmountOverflow)?;
    i64::try_from(rounded * product.signum()).map_err(|_| AmountOverflow)
}

/// Returns the sum.
///
/// # Errors
/// If it is beyond what an amount holds.
pub(super) fn sum(amounts: impl IntoIterator<Item = i64>) -> Result<i64, AmountOverflow> {
    let total: i128 = amounts.into_iter().map(i128::from).sum();
    i64::try_from(total).map_err(|_| AmountOverflow)
}

/// Returns the product of a price and a number of units.
///
/// # Errors
/// If it is beyond what an amount holds.
pub(super) fn times(price: i64, units: i64) -> Result<i64, AmountOverflow> {
    price.checked_mul(units).ok_or(AmountOverflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_is_rounded_up_and_away_from_zero_below_it() {
        assert_eq!(share(5, 1, 2), Ok(3));
        assert_eq!(share(-5, 1, 2), Ok(-3));
        assert_eq!(share(100, 1, 3), Ok(33));
        assert_eq!(share(200, 1, 3), Ok(67));
        assert_eq!(share(0, 7, 9), Ok(0));
    }

    #[test]
    fn result_beyond_an_amount_is_an_overflow() {
        assert_eq!(share(i64::MAX, 2, 1), Err(AmountOverflow));
        assert_eq!(share(i64::MIN, i64::MIN, 1), Err(AmountOverflow));
        assert_eq!(share(i64::MIN, 1, 1), Ok(i64::MIN));
        assert_eq!(share(1, 1, 0), Err(AmountOverflow));
        assert_eq!(sum([i64::MAX, 1]), Err(AmountOverflow));
        assert_eq!(sum([i64::MAX, 1, -1]), Ok(i64::MAX));
        assert_eq!(times(i64::MAX, 2), Err(AmountOverflow));
    }
}
