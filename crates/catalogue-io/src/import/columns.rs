//! The columns of a row, each at the field that it is.

use std::collections::BTreeMap;

use serde_json::Value;
use souk_domain::Attributes;

use super::fields::{Field, Mapping, Use, ValueKind, readable};
use super::report::Losses;
use super::rows::Row;
use super::{attributes, value};

const MOST_ADDRESS_BYTES: usize = 2_000;

/// A row sorted out.
pub(super) struct Columns {
    fields: [Option<Taken>; Field::ALL.len()],
    /// In the order of their ranks.
    pub images: Vec<String>,
    pub options: BTreeMap<String, String>,
    pub attributes: Attributes,
    /// A description of white space, which an export gives as it is.
    pub blank_description: Option<String>,
}

/// The column that a field was read from.
struct Taken {
    rank: usize,
    column: usize,
    name: std::sync::Arc<str>,
    value: Value,
}

impl Columns {
    /// Gives each field the likeliest of its columns that says something. What no field takes is an attribute.
    pub(super) fn of(row: Row, mapping: &mut Mapping, losses: &mut Losses) -> Self {
        let mut columns = Self {
            fields: [const { None }; Field::ALL.len()],
            images: Vec::new(),
            options: BTreeMap::new(),
            attributes: Attributes::new(),
            blank_description: None,
        };
        let mut images: Vec<(usize, Vec<String>)> = Vec::new();
        let mut left: Vec<(usize, std::sync::Arc<str>, Value)> = Vec::new();
        for (place, (name, value)) in row.columns.into_iter().enumerate() {
            let column_use = mapping.use_of(&name);
            if value::is_blank(&value) {
                if is_description(&column_use) {
                    columns.blank_description = value::text(&value);
                }
                continue;
            }
            match &*column_use {
                Use::Ignored => {}
                Use::Option(option) => {
                    let text = value::text(&value).unwrap_or_default();
                    columns.options.insert(option.clone(), text);
                }
                Use::Attribute(attribute, kind) => {
                    columns.add_attribute(attribute, *kind, &value, losses);
                }
                Use::Fields(fields) => {
                    if let Some((_, rank)) =
                        fields.iter().find(|(field, _)| *field == Field::Images)
                    {
                        images.push((*rank, image_texts(&value)));
                        continue;
                    }
                    for (field, rank) in fields {
                        columns.offer(*field, *rank, place, &name, &value);
                    }
                    left.push((place, name, value));
                }
            }
        }
        for (place, name, value) in left {
            let taken = columns
                .fields
                .iter()
                .flatten()
                .any(|taken| taken.column == place);
            // A second price would be taken for a property of the product.
            let is_price = matches!(&*mapping.use_of(&name), Use::Fields(fields)
                if fields.iter().any(|(field, _)| *field == Field::Price));
            if !taken && !is_price {
                columns.add_attribute(&readable(&name), ValueKind::Text, &value, losses);
            }
        }
        images.sort_by_key(|(rank, _)| *rank);
        columns.images = images.into_iter().flat_map(|(_, texts)| texts).collect();
        columns
    }

    fn offer(
        &mut self,
        field: Field,
        rank: usize,
        column: usize,
        name: &std::sync::Arc<str>,
        value: &Value,
    ) {
        let place = &mut self.fields[field as usize];
        if place.as_ref().is_none_or(|taken| rank < taken.rank) {
            *place = Some(Taken {
                rank,
                column,
                name: name.clone(),
                value: value.clone(),
            });
        }
    }

    /// Returns the value of a field.
    pub(super) fn get(&self, field: Field) -> Option<&Value> {
        self.fields[field as usize]
            .as_ref()
            .map(|taken| &taken.value)
    }

    /// Returns the value of a field as text.
    pub(super) fn text(&self, field: Field) -> Option<String> {
        self.get(field).and_then(value::text)
    }

    /// The column that a field was read from.
    pub(super) fn column(&self, field: Field) -> Option<&str> {
        self.fields[field as usize]
            .as_ref()
            .map(|taken| &*taken.name)
    }

    /// Reports whether two fields were read from the same column.
    pub(super) fn share_column(&self, one: Field, other: Field) -> bool {
        let place = |field: Field| {
            self.fields[field as usize]
                .as_ref()
                .map(|taken| taken.column)
        };
        place(one).is_some() && place(one) == place(other)
    }

    /// Adds the values of an attribute.
    pub(super) fn add_attribute(
        &mut self,
        name: &str,
        kind: ValueKind,
        value: &Value,
        losses: &mut Losses,
    ) {
        value::each_attribute(name, kind, value, &mut |name, text| {
            attributes::add(&mut self.attributes, losses, name, text);
        });
    }
}

fn is_description(column_use: &Use) -> bool {
    matches!(column_use, Use::Fields(fields) if fields.contains(&(Field::Description, 0)))
}

/// Addresses hold no white space, so it may separate several of them in one text.
fn image_texts(value: &Value) -> Vec<String> {
    let separated = |text: &String| -> Vec<String> {
        let pieces: Vec<String> = text
            .split_whitespace()
            .map(|piece| piece.trim_end_matches(',').to_owned())
            .collect();
        match pieces.iter().all(|piece| is_image_address(piece)) {
            true => pieces,
            false => vec![text.trim().to_owned()],
        }
    };
    value::texts(value).iter().flat_map(separated).collect()
}

/// Reports whether a product can have this image.
pub(super) fn is_image_address(text: &str) -> bool {
    ["https://", "http://", "/"]
        .iter()
        .any(|start| text.starts_with(start))
        && text.len() <= MOST_ADDRESS_BYTES
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}
