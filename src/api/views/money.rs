use poem_openapi::Object;
use serde::Serialize;
use souk_domain::{Currency, Money};

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Object, Serialize)]
#[oai(rename = "Money")]
pub struct MoneyView {
    /// Minor units: cents for the euro, whole yen for the yen.
    pub amount: i64,
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
            currency: currency.code().to_owned(),
            formatted: Money::new(amount, currency).to_string(),
        }
    }
}
