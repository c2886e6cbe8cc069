//! Unit of the numbers in a price column: cents or euros.

use clap::ValueEnum;
use serde_json::Value;
use souk_domain::{Currency, InvalidField, MAX_PRICE, Money};

/// Unit of a file's prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PriceUnit {
    /// Whole minor units: 1299 is 12.99 euros.
    Minor,
    /// Decimal major units: 12.99 is 12.99 euros.
    Major,
}

impl PriceUnit {
    /// Reports whether a price can only be in major units: its decimal part is not zero.
    pub(super) fn is_surely_major(price: &Value) -> bool {
        match price {
            Value::Number(number) => number.as_f64().is_some_and(|number| number.fract() != 0.0),
            Value::String(text) => text.split_whitespace().any(|word| {
                let fraction = word.split_once('.').map_or("", |(_, fraction)| fraction);
                fraction.len() >= 2 || fraction.bytes().any(|digit| digit != b'0')
            }),
            _ => false,
        }
    }

    /// Reads a price.
    pub(super) fn read(self, price: &str, currency: Currency) -> Result<i64, InvalidField> {
        let (amount, currency) = without_code(price, currency)?;
        let minor = match self {
            Self::Major => Money::parse_major(amount, currency)
                .map(|money| money.minor)
                .map_err(|error| {
                    wrong(format!(
                        "{error}; a decimal point, and no other marks, are understood"
                    ))
                })?,
            Self::Minor => read_minor(amount)?,
        };
        match minor {
            0..=MAX_PRICE => Ok(minor),
            _ => Err(wrong(format!("lies between 0 and {MAX_PRICE} minor units"))),
        }
    }
}

/// Takes `EUR` off `12.50 EUR`, which must not contradict the row's currency.
fn without_code(price: &str, currency: Currency) -> Result<(&str, Currency), InvalidField> {
    let price = price.trim();
    let words: Vec<&str> = price.split_whitespace().collect();
    let (amount, code) = match words[..] {
        [first, second] if first.starts_with(|c: char| c.is_ascii_digit()) => (first, second),
        [first, second] => (second, first),
        _ => return Ok((price, currency)),
    };
    match Currency::from_code(&code.to_uppercase()) {
        Some(named) if named == currency => Ok((amount, currency)),
        Some(named) => Err(wrong(format!(
            "is in {} where the row's currency is {}",
            named.code(),
            currency.code()
        ))),
        None => Ok((price, currency)),
    }
}

fn read_minor(amount: &str) -> Result<i64, InvalidField> {
    // Some writers give whole numbers as 1299.0.
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    if whole.starts_with('-') {
        return Err(wrong("a price is not negative"));
    }
    if !fraction.bytes().all(|digit| digit == b'0') {
        return Err(wrong(format!(
            "`{amount}` is a decimal amount, but prices are read as minor units; say --price-unit major"
        )));
    }
    whole
        .parse()
        .map_err(|_| wrong(format!("`{amount}` is not an amount")))
}

fn wrong(message: impl Into<String>) -> InvalidField {
    InvalidField::new("price", message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn decimal_parts_that_say_something_are_major() {
        for price in [json!(12.5), json!("12.00"), json!("12.5 EUR")] {
            assert!(PriceUnit::is_surely_major(&price), "{price}");
        }
        for price in [
            json!(1250),
            json!(1250.0),
            json!("1250"),
            json!("1250.0"),
            json!(null),
        ] {
            assert!(!PriceUnit::is_surely_major(&price), "{price}");
        }
    }

    #[test]
    fn prices_are_read_exactly() {
        let minor = |text| PriceUnit::Minor.read(text, Currency::EUR).ok();
        let major = |text| PriceUnit::Major.read(text, Currency::EUR).ok();
        assert_eq!(minor("1299"), Some(1299));
        assert_eq!(minor("1299.0"), Some(1299));
        assert_eq!(minor("12.99"), None);
        assert_eq!(minor("-1"), None);
        assert_eq!(major("12.9"), Some(1290));
        assert_eq!(major("12.90 EUR"), Some(1290));
        assert_eq!(major("EUR 12.90"), Some(1290));
        assert_eq!(major("12.90 USD"), None);
        assert_eq!(major("12,90"), None);
        assert_eq!(major(""), None);
        assert_eq!(minor("9999999999999999"), None);
        assert_eq!(
            PriceUnit::Major.read("1200", Currency::JPY).ok(),
            Some(1200)
        );
    }
}
