//! Values as Souk's own export writes them.

use serde_json::Value;
use souk_domain::{
    Attributes, Currency, Image, InvalidField, Label, Money, SellerOffer, StockPolicy,
    VariantInput, parse_slug,
};

use super::columns::Columns;
use super::names::name_of_slug;
use super::value;
use crate::import::imported::{Offer, Sale, Stock, Variant};
use crate::import::profile::fields::Field;

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

/// Reads images, without a change: as JSON, or addresses that white space parts.
///
/// # Errors
/// If there is something else in the list.
pub(super) fn exact_images(given: &Value) -> Result<Vec<Image>, InvalidField> {
    let invalid = |error: serde_json::Error| InvalidField::new("images", error.to_string());
    match given {
        Value::String(text) if text.trim_start().starts_with('[') => {
            serde_json::from_str(text).map_err(invalid)
        }
        Value::String(text) => Ok(text.split_whitespace().map(Image::from).collect()),
        other => serde_json::from_value(other.clone()).map_err(invalid),
    }
}

/// Reads tags, without a change.
pub(super) fn exact_tags(given: &Value) -> Vec<String> {
    match given {
        Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
        other => value::texts(other),
    }
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
            offer: offer(&variant, currency),
            sku: Some(variant.sku),
            gtin: variant.gtin,
            options: variant.options,
            further_offers: variant.offers,
            measures: variant.measures,
        })
    };
    variants.into_iter().enumerate().map(read).collect()
}

fn offer(variant: &VariantInput, currency: Currency) -> Offer {
    let money = |minor| Money::new(minor, currency);
    let (price, list_price, sale_price) = variant.prices().apart();
    let sale = sale_price.map(|price| Sale {
        price: money(price),
        from_ms: variant.sale_from_ms,
        to_ms: variant.sale_until_ms,
    });
    Offer {
        price: Some(money(price)),
        list_price: list_price.map(money),
        sale,
        stock: Some(match variant.stock_policy {
            StockPolicy::Untracked => Stock::Untracked,
            StockPolicy::Tracked | StockPolicy::Backorder => Stock::Units(variant.stock),
        }),
        backorder: variant.stock_policy == StockPolicy::Backorder,
        condition: Some(variant.condition),
        ..Offer::default()
    }
}

/// Reads offers of further sellers, with prices in minor units.
///
/// # Errors
/// If they are no list of offers.
pub(super) fn given_offers(columns: &Columns) -> Result<Option<Vec<SellerOffer>>, InvalidField> {
    let Some(given) = columns.get(Field::Offers) else {
        return Ok(None);
    };
    let offers = match given {
        Value::String(text) => serde_json::from_str(text),
        other => serde_json::from_value(other.clone()),
    };
    let invalid = |error: serde_json::Error| InvalidField::new("offers", error.to_string());
    offers.map(Some).map_err(invalid)
}

/// Reads the sellers of further offers.
///
/// # Errors
/// If one is no label.
pub(super) fn further_sellers(columns: &Columns) -> Result<Vec<Label>, InvalidField> {
    let entries = given_list(columns, Field::FurtherSellers);
    let label = |entry| given_label(Field::FurtherSellers, entry);
    entries.iter().map(label).collect()
}

/// Reads a list: of JSON, or of words.
pub(super) fn given_list(columns: &Columns, field: Field) -> Vec<Value> {
    match columns.get(field) {
        Some(Value::Array(entries)) => entries.clone(),
        Some(Value::String(text)) => serde_json::from_str(text)
            .unwrap_or_else(|_| text.split_whitespace().map(Value::from).collect()),
        _ => Vec::new(),
    }
}

/// Reads a category or fandom: slug and name, or the slug alone.
///
/// # Errors
/// If it is neither.
pub(super) fn given_label(field: Field, entry: &Value) -> Result<Label, InvalidField> {
    let (slug, name) = match entry {
        Value::Object(label) => (label.get("slug"), label.get("name")),
        other => (Some(other), None),
    };
    let slug = slug.and_then(Value::as_str);
    let slug = slug
        .filter(|slug| parse_slug(slug).is_ok())
        .ok_or_else(|| {
            InvalidField::new(field.name(), "lists slugs, or objects of slug and name")
        })?;
    let name = name.and_then(Value::as_str).map(str::to_owned);
    Ok(Label::new(slug, name.unwrap_or_else(|| name_of_slug(slug))))
}
