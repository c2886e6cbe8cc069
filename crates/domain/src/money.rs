//! Money in minor units: never a float, and never without its currency.

mod price_scale;
mod shop_currency;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use price_scale::price_scale;
pub use shop_currency::{ShopCurrencyError, shop_currency};

/// An ISO 4217 currency.
pub type Currency = iso_currency::Currency;

/// An amount that cannot be money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not an amount such as `12.50`, or one with more digits than its currency has.
    #[error("`{0}` is not an amount of {1}")]
    Amount(String, Currency),
    /// Below zero, where a price cannot be.
    #[error("a price is not negative")]
    Negative,
}

/// An amount in a currency's minor units (cents for the euro, whole yen for the yen).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// The amount in minor units.
    pub minor: i64,
    /// The currency whose units they are.
    pub currency: Currency,
}

/// Number of decimal digits of an amount in this currency (2 for the euro, 0 for the yen).
pub fn exponent(currency: Currency) -> u32 {
    u32::from(currency.exponent().unwrap_or(0))
}

impl Money {
    /// An amount of minor units.
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads a decimal amount of major units such as `12.5`, exactly.
    ///
    /// # Errors
    /// If it is not a plain decimal number, has more digits than the currency, is negative or too large.
    pub fn parse_major(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let wrong = || MoneyError::Amount(text.to_owned(), currency);
        let trimmed = text.trim();
        if trimmed.starts_with('-') {
            return Err(MoneyError::Negative);
        }
        let (whole, fraction) = trimmed.split_once('.').unwrap_or((trimmed, ""));
        let digits = exponent(currency) as usize;
        let fraction = fraction.trim_end_matches('0');
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty()
            || !all_digits(whole)
            || !all_digits(fraction)
            || fraction.len() > digits
        {
            return Err(wrong());
        }
        format!("{whole}{fraction:0<digits$}")
            .parse()
            .map(|minor| Self::new(minor, currency))
            .map_err(|_| wrong())
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = exponent(self.currency) as usize;
        let code = self.currency.code();
        if digits == 0 {
            return write!(f, "{} {code}", self.minor);
        }
        let unit = 10_i64.pow(digits as u32);
        let sign = if self.minor < 0 { "-" } else { "" };
        let (whole, rest) = (
            self.minor.unsigned_abs() / unit as u64,
            self.minor.unsigned_abs() % unit as u64,
        );
        write!(f, "{sign}{whole}.{rest:0digits$} {code}")
    }
}

/// Lowest and highest price of a product's variants, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceRange {
    /// The cheapest variant: the price that sorts go by.
    pub min: i64,
    /// The dearest variant.
    pub max: i64,
    /// The currency of both.
    pub currency: Currency,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_exactly_what_a_currency_can_hold() {
        let minor = |text, currency| Money::parse_major(text, currency).map(|money| money.minor);
        assert_eq!(minor("12.5", Currency::EUR), Ok(1250));
        assert_eq!(minor("12.500", Currency::EUR), Ok(1250));
        assert_eq!(minor("1200", Currency::JPY), Ok(1200));
        assert_eq!(minor("0.07", Currency::EUR), Ok(7));
        assert_eq!(minor("-1", Currency::EUR), Err(MoneyError::Negative));
        for text in ["12.505", "1e3", "", ".5", "12,50", "99999999999999999999"] {
            assert!(minor(text, Currency::EUR).is_err(), "{text}");
        }
        assert!(minor("1.5", Currency::JPY).is_err());
    }

    proptest! {
        #[test]
        fn displayed_amount_parses_back(minor in 0_i64..i64::MAX / 100) {
            for currency in [Currency::EUR, Currency::JPY, Currency::KWD] {
                let money = Money::new(minor, currency);
                let shown = money.to_string();
                let amount = shown.split(' ').next().unwrap_or_default();
                prop_assert_eq!(Money::parse_major(amount, currency), Ok(money));
            }
        }
    }
}
