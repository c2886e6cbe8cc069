use poem_openapi::Object;
use serde::Serialize;
use souk_domain::{Currency, Money, currency_exponent};

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Object, Serialize)]
#[oai(rename = "Money")]
pub struct MoneyView {
    /// Minor units: cents for the euro, whole yen for the yen.
    pub amount: i64,
    /// Decimal digits of `amount` by ISO 4217: `amount` divided by ten to this power is the price in euros or yen. Browsers'
    /// own tables differ for some currencies, such as HUF and IDR.
    pub exponent: u32,
    /// ISO 4217.
    pub currency: String,
    /// For people, such as `12.50 EUR`.
    pub formatted: String,
}

impl MoneyView {
    /// An amount of minor units.
    pub fn new(amount: i64, currency: Currency) -> Self {
        Self {
            amount,
            exponent: currency_exponent(currency),
            currency: currency.code().to_owned(),
            formatted: Money::new(amount, currency).to_string(),
        }
    }
}
