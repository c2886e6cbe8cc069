//! Names of the domain's states as columns have them.

use serde::{Serialize, de::DeserializeOwned};
use souk_domain::ordering::TaxPricing;

use crate::StoreError;

/// Returns the name of a state, which it has on the wire as well.
///
/// # Errors
/// If it is no plain name.
pub(super) fn name_of(state: &impl Serialize) -> Result<String, StoreError> {
    Ok(serde_json::from_value(serde_json::to_value(state)?)?)
}

/// Reads a state from its name.
///
/// # Errors
/// If it is none's.
pub(super) fn named<T: DeserializeOwned>(name: &str) -> Result<T, StoreError> {
    Ok(serde_json::from_value(name.into())?)
}

/// Returns the name of a meaning of prices.
pub(super) fn tax_pricing_name(pricing: TaxPricing) -> &'static str {
    match pricing {
        TaxPricing::Inclusive => "inclusive",
        TaxPricing::Exclusive => "exclusive",
    }
}
