//! Bodies of decisions on sellers, and of payouts.

use poem_openapi::Object;
use serde::Deserialize;

/// Reason that the seller is told.
#[derive(Debug, Object, Deserialize)]
pub struct DecisionBody {
    /// Reason.
    #[oai(validator(
        min_length = 1,
        max_length = 1000,
        pattern = r"^[^\x00]*[^\s\x00][^\x00]*$"
    ))]
    pub reason: String,
}

/// A payout to be made.
#[derive(Debug, Object, Deserialize)]
pub struct PayoutBody {
    /// Seller id.
    #[oai(validator(minimum(value = "1")))]
    pub seller: i64,
    /// Currency, ISO 4217; the marketplace's if absent.
    #[oai(nullable, validator(max_length = 3))]
    pub currency: Option<String>,
    /// Amount in minor units; all that can be paid if absent.
    #[oai(nullable, validator(minimum(value = "1")))]
    pub amount: Option<i64>,
}

/// Payouts to be made to all sellers.
#[derive(Debug, Object, Deserialize)]
pub struct DuePayoutsBody {
    /// Currency, ISO 4217; the marketplace's if absent.
    #[oai(nullable, validator(max_length = 3))]
    pub currency: Option<String>,
}

/// Transfer of a payout.
#[derive(Debug, Object, Deserialize)]
pub struct TransferBody {
    /// Reference of the bank.
    #[oai(validator(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00]*[^\s\x00][^\x00]*$"
    ))]
    pub reference: String,
}
