//! Values as Souk's own export writes them.

use serde_json::Value;
use souk_domain::{Attributes, Currency, InvalidField, Money, VariantInput};

use super::value;
use crate::import::imported::{Offer, Stock, Variant};

/// Reads attributes by name, without a change.
///
/// # Errors
/// If they are no JSON object.
pub(super) fn exact_attributes(given: &Value) -> Result<Attributes, InvalidField> {
    let invalid = |error: serde_json::Error| {
        InvalidField::new("attributes", format!("is not a JSON object: {error}"))
    };
    let given = match given {
        Value::String(text) => serde_json::from_str(text).map_err(invalid)?,
        other => other.clone(),
    };
    let Value::Object(members) = given else {
        return Err(InvalidField::new("attributes", "is not a JSON object"));
    };
    Ok(members
        .iter()
        .map(|(name, values)| (name.clone(), value::texts(values)))
        .collect())
}

/// Reads variants, with prices in minor units.
///
/// # Errors
/// If they are no list of variants.
pub(super) fn given_variants(
    given: &Value,
    currency: Currency,
    line: u64,
) -> Result<Vec<Variant>, InvalidField> {
    let given = match given {
        Value::String(text) => serde_json::from_str(text)
            .map_err(|error| InvalidField::new("variants", format!("is not JSON: {error}")))?,
        other => other.clone(),
    };
    let Value::Array(variants) = given else {
        return Err(InvalidField::new("variants", "is not a list"));
    };
    let read = |(index, variant): (usize, Value)| {
        let variant: VariantInput = serde_json::from_value(variant)
            .map_err(|error| InvalidField::new(format!("variants[{index}]"), error.to_string()))?;
        Ok(Variant {
            line,
            sku: Some(variant.sku),
            gtin: variant.gtin,
            options: variant.options,
            offer: Offer {
                price: Some(Money::new(variant.price, currency)),
                stock: Some(Stock::Units(variant.stock)),
                ..Offer::default()
            },
        })
    };
    variants.into_iter().enumerate().map(read).collect()
}
