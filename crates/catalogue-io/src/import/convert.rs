//! From a row to a product.

use std::collections::BTreeMap;

use serde_json::Value;
use souk_domain::{
    Currency, InvalidField, Label, MAX_IMAGES, ProductInput, ProductStatus, RatingTotals,
    VariantInput,
};

use super::columns::{Columns, is_image_address};
use super::fields::{Field, Mapping, ValueKind};
use super::naming::{CategoryStep, category, name_of_slug, reference};
use super::price::PriceUnit;
use super::report::{Loss, Losses, RowFault};
use super::rows::Row;
use super::value;
use crate::gtin::is_gtin;

const MOST_PART_NUMBER_CHARS: usize = 64;

/// A row as a product, and the names of what it refers to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Imported {
    pub line: u64,
    pub bytes: usize,
    pub product: ProductInput,
    /// From the root to the product's own category; empty if it has none.
    pub category: Vec<CategoryStep>,
    pub fandom: Option<Label>,
    pub seller: Option<Label>,
}

/// Values for fields that rows leave open.
#[derive(Debug, Clone)]
pub(super) struct Defaults {
    pub currency: Currency,
    pub stock: i64,
    /// Slug of a seller.
    pub seller: Option<String>,
}

/// Turns rows into products.
pub(super) struct Converter {
    pub mapping: Mapping,
    pub defaults: Defaults,
    pub unit: PriceUnit,
    pub losses: Losses,
}

impl Converter {
    /// The product of a row, checked.
    pub(super) fn convert(&mut self, row: Row) -> Result<Imported, RowFault> {
        let (line, bytes) = (row.line, row.bytes);
        let columns = Columns::of(row, &mut self.mapping, &mut self.losses);
        let id = columns.text(Field::ExternalId);
        let fault = |invalid| RowFault::of_field(line, id.as_deref(), invalid);
        let mut imported = self.product(columns, line, bytes).map_err(fault)?;
        imported.product = imported.product.validated().map_err(fault)?;
        Ok(imported)
    }

    fn product(
        &mut self,
        mut columns: Columns,
        line: u64,
        bytes: usize,
    ) -> Result<Imported, InvalidField> {
        self.take_attributes(&mut columns)?;
        let title = columns.text(Field::Title).unwrap_or_default();
        let part_number = self.take_name(&mut columns, &title);
        let sku = columns.text(Field::Sku).or(part_number);
        let external_id = columns
            .text(Field::ExternalId)
            .or_else(|| sku.clone())
            .unwrap_or_default();
        let currency = currency(&columns, self.defaults.currency)?;
        let variants = match columns.get(Field::Variants) {
            Some(variants) => given_variants(variants)?,
            None => vec![self.only_variant(
                &mut columns,
                sku.unwrap_or_else(|| external_id.clone()),
                currency,
            )?],
        };
        let category = category(&columns)?;
        let fandom = reference(&columns, Field::Fandom, Field::FandomName)?;
        let seller = match reference(&columns, Field::Seller, Field::SellerName)? {
            Some(seller) => Some(seller),
            None => self
                .defaults
                .seller
                .as_deref()
                .map(|slug| Label::new(slug, name_of_slug(slug))),
        };
        let images = self.images(&mut columns);
        let description = columns
            .text(Field::Description)
            .or_else(|| columns.blank_description.take())
            .unwrap_or_default();
        let product = ProductInput {
            external_id,
            slug: columns.text(Field::Slug),
            title,
            description,
            brand: columns.text(Field::Brand),
            status: status(&columns)?,
            // By name here; the slugs are known when they have been looked up.
            category: None,
            fandom: None,
            seller: None,
            images,
            currency,
            variants,
            ratings: ratings(&columns)?,
            popularity: columns
                .get(Field::Popularity)
                .map(|value| value::integer(Field::Popularity, value))
                .transpose()?,
            created_at_ms: created_at(&columns)?,
            attributes: columns.attributes,
        };
        Ok(Imported {
            line,
            bytes,
            product,
            category,
            fandom,
            seller,
        })
    }

    /// Adds the members of an `attributes` object.
    fn take_attributes(&mut self, columns: &mut Columns) -> Result<(), InvalidField> {
        let Some(given) = columns.get(Field::Attributes) else {
            return Ok(());
        };
        for (name, value) in object(Field::Attributes, given)? {
            columns.add_attribute(&name, ValueKind::Text, &value, &mut self.losses);
        }
        Ok(())
    }

    /// A name beside a title: a part number, or an attribute if the title does not say it already.
    fn take_name(&mut self, columns: &mut Columns, title: &str) -> Option<String> {
        if columns.share_column(Field::Name, Field::Title)
            || columns.share_column(Field::Name, Field::Sku)
        {
            return None;
        }
        let name = columns.text(Field::Name)?;
        if looks_like_part_number(&name) && columns.get(Field::Sku).is_none() {
            return Some(name);
        }
        if !title.to_lowercase().contains(&name.to_lowercase()) {
            columns.add_attribute(
                "name",
                ValueKind::Text,
                &Value::String(name),
                &mut self.losses,
            );
        }
        None
    }

    fn only_variant(
        &mut self,
        columns: &mut Columns,
        sku: String,
        currency: Currency,
    ) -> Result<VariantInput, InvalidField> {
        let Some(price) = columns.text(Field::Price) else {
            return Err(InvalidField::new("price", "is required"));
        };
        let minor_by_name = columns.column(Field::Price).is_some_and(|name| {
            let name = name.to_ascii_lowercase();
            name.ends_with("minor") || name.ends_with("cents")
        });
        let unit = if minor_by_name {
            PriceUnit::Minor
        } else {
            self.unit
        };
        let price = unit.read(&price, currency)?;
        let stock = match columns.get(Field::Stock) {
            Some(stock) => value::integer(Field::Stock, stock)?,
            None => {
                self.lose(Loss::DefaultStock, 1);
                self.defaults.stock
            }
        };
        let gtin = self.gtin(columns);
        let mut options = std::mem::take(&mut columns.options);
        if let Some(given) = columns.get(Field::Options) {
            options.extend(options_of(given)?);
        }
        Ok(VariantInput {
            sku,
            gtin,
            options,
            price,
            stock,
        })
    }

    /// The first number whose check digit is right, or the first; others stay as an attribute.
    fn gtin(&mut self, columns: &mut Columns) -> Option<String> {
        let numbers = value::texts(columns.get(Field::Gtin)?);
        let mut numbers: Vec<String> = numbers
            .iter()
            .flat_map(|text| text.split([',', ';', ' ']))
            .map(|number| number.trim().to_owned())
            .filter(|number| !number.is_empty())
            .collect();
        if numbers.is_empty() {
            return None;
        }
        let best = numbers
            .iter()
            .position(|number| is_gtin(number))
            .unwrap_or(0);
        let gtin = numbers.remove(best);
        let name = columns.column(Field::Gtin).unwrap_or("gtin").to_owned();
        let others = Value::from(numbers);
        columns.add_attribute(&name, ValueKind::Text, &others, &mut self.losses);
        Some(gtin)
    }

    fn images(&mut self, columns: &mut Columns) -> Vec<String> {
        let mut images = std::mem::take(&mut columns.images);
        let given = images.len();
        images.retain(|image| is_image_address(image));
        self.lose(Loss::ImageAddress, given - images.len());
        let addressed = images.len();
        images.truncate(MAX_IMAGES);
        self.lose(Loss::ManyImages, addressed - images.len());
        images
    }

    fn lose(&mut self, loss: Loss, count: usize) {
        if count > 0 {
            *self.losses.entry(loss).or_default() += count as u64;
        }
    }
}

/// Single word with a digit in it, such as `MX-500B/2`.
fn looks_like_part_number(name: &str) -> bool {
    let name = name.trim();
    name.chars().count() <= MOST_PART_NUMBER_CHARS
        && name.chars().any(|c| c.is_ascii_digit())
        && !name.contains(char::is_whitespace)
}

fn currency(columns: &Columns, default: Currency) -> Result<Currency, InvalidField> {
    let Some(code) = columns.text(Field::Currency) else {
        return Ok(default);
    };
    Currency::from_code(&code.trim().to_uppercase()).ok_or_else(|| {
        InvalidField::new(
            "currency",
            format!("`{code}` is not a code of ISO 4217 such as EUR"),
        )
    })
}

fn status(columns: &Columns) -> Result<ProductStatus, InvalidField> {
    let Some(status) = columns.text(Field::Status) else {
        return Ok(ProductStatus::default());
    };
    let name = status.trim().to_lowercase();
    name.parse()
        .map_err(|error| InvalidField::new("status", error))
}

fn created_at(columns: &Columns) -> Result<Option<i64>, InvalidField> {
    let Some(time) = columns.get(Field::CreatedAt) else {
        return Ok(None);
    };
    let in_ms = columns
        .column(Field::CreatedAt)
        .is_some_and(|name| name.ends_with("_ms"));
    value::time_ms(time, in_ms).map(Some)
}

/// Totals as they are, or made of an average and a count.
fn ratings(columns: &Columns) -> Result<Option<RatingTotals>, InvalidField> {
    if let Some(totals) = columns.get(Field::Ratings) {
        return serde_json::from_value(totals.clone())
            .map(Some)
            .map_err(|error| InvalidField::new("ratings", error.to_string()));
    }
    let count = columns
        .get(Field::RatingCount)
        .map(|value| value::integer(Field::RatingCount, value))
        .transpose()?;
    let count = count
        .map(|count| {
            u32::try_from(count).map_err(|_| InvalidField::new("rating_count", "is out of range"))
        })
        .transpose()?;
    if let Some(sum) = columns.get(Field::RatingSum) {
        let sum = value::integer(Field::RatingSum, sum)?;
        let sum =
            u64::try_from(sum).map_err(|_| InvalidField::new("rating_sum", "is not negative"))?;
        return Ok(Some(RatingTotals {
            count: count.unwrap_or_default(),
            sum,
        }));
    }
    let Some(average) = columns.get(Field::Rating) else {
        return Ok(None);
    };
    let average = value::number(Field::Rating, average)?;
    if !(0.0..=5.0).contains(&average) {
        return Err(InvalidField::new("rating", "lies between 0 and 5"));
    }
    // An average of nothing is written as 0.
    let count = if average < 1.0 { 0 } else { count.unwrap_or(1) };
    let sum = (f64::from(count) * average).round() as u64;
    Ok(Some(RatingTotals { count, sum }))
}

fn given_variants(variants: &Value) -> Result<Vec<VariantInput>, InvalidField> {
    let Value::Array(variants) = json_in_text(Field::Variants, variants)? else {
        return Err(InvalidField::new("variants", "is not a list"));
    };
    let read = |(index, variant)| {
        serde_json::from_value(variant)
            .map_err(|error| InvalidField::new(format!("variants[{index}]"), error.to_string()))
    };
    variants.into_iter().enumerate().map(read).collect()
}

fn options_of(given: &Value) -> Result<BTreeMap<String, String>, InvalidField> {
    let members = object(Field::Options, given)?;
    Ok(members
        .into_iter()
        .filter_map(|(name, value)| Some((name, value::text(&value)?)))
        .collect())
}

fn object(field: Field, value: &Value) -> Result<serde_json::Map<String, Value>, InvalidField> {
    match json_in_text(field, value)? {
        Value::Object(members) => Ok(members),
        _ => Err(InvalidField::new(field.name(), "is not a JSON object")),
    }
}

/// A list or an object; in a CSV file it is written as JSON.
fn json_in_text(field: Field, value: &Value) -> Result<Value, InvalidField> {
    match value {
        Value::String(text) => serde_json::from_str(text)
            .map_err(|error| InvalidField::new(field.name(), format!("is not JSON: {error}"))),
        other => Ok(other.clone()),
    }
}
