//! The columns of a row, each at the field that it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::value;
use crate::import::profile::fields::{Field, Use, ValueKind};
use crate::import::profile::mapping::Mapping;
use crate::import::profile::names::{plain, readable};
use crate::import::profile::private::is_private_attribute;
use crate::import::syntax::row::Row;

/// A row sorted out.
#[derive(Debug, Default)]
pub(in crate::import) struct Columns {
    taken: Vec<Taken>,
    /// Options by name; `true` if they set variants apart in any case.
    pub options: BTreeMap<String, (String, bool)>,
    pub option_names: BTreeMap<u32, String>,
    pub option_values: BTreeMap<u32, String>,
    pub attribute_names: BTreeMap<u32, String>,
    pub attribute_values: BTreeMap<u32, String>,
    pub attributes: Vec<(String, ValueKind, Value)>,
    /// A description of white space, which an export gives as it is.
    pub blank_description: Option<String>,
}

/// A column that may be a field.
#[derive(Debug)]
pub(in crate::import) struct Taken {
    field: Field,
    rank: usize,
    column: usize,
    pub name: Arc<str>,
    pub value: Value,
}

impl Columns {
    /// Gives each field its columns. What no field takes is an attribute, if `keep_rest` is set.
    pub(in crate::import) fn of(row: Row, mapping: &mut Mapping, keep_rest: bool) -> Self {
        let mut columns = Self::default();
        for (place, (name, value)) in row.columns.into_iter().enumerate() {
            let column_use = mapping.use_of(&name);
            if value::is_blank(&value) {
                if is_description(&column_use) {
                    columns.blank_description = value::text(&value);
                }
                continue;
            }
            let text = |value: &Value| value::text(value).unwrap_or_default().trim().to_owned();
            match &*column_use {
                Use::Ignored | Use::Private | Use::Technical => {}
                Use::Option(option, sure) => {
                    columns
                        .options
                        .entry(option.clone())
                        .or_insert_with(|| (text(&value), *sure));
                }
                Use::OptionName(number) => {
                    columns.option_names.insert(*number, text(&value));
                }
                Use::OptionValue(number) => {
                    columns.option_values.insert(*number, text(&value));
                }
                Use::AttributeName(number) => {
                    let name = text(&value);
                    if !is_private_attribute(&plain(&name), ValueKind::Text) {
                        columns.attribute_names.insert(*number, name);
                    }
                }
                Use::AttributeValue(number) => {
                    columns.attribute_values.insert(*number, text(&value));
                }
                Use::Attribute(attribute, kind) => {
                    // Shoppers filter by it as by an attribute, and it is a term of the offer.
                    if attribute.eq_ignore_ascii_case(Field::Condition.name()) {
                        columns.taken.push(Taken {
                            field: Field::Condition,
                            rank: 0,
                            column: place,
                            name: name.clone(),
                            value: value.clone(),
                        });
                    }
                    columns.attributes.push((attribute.clone(), *kind, value));
                }
                Use::Fields(fields) => {
                    for (field, rank) in fields {
                        columns.taken.push(Taken {
                            field: *field,
                            rank: *rank,
                            column: place,
                            name: name.clone(),
                            value: value.clone(),
                        });
                    }
                }
            }
        }
        columns.taken.sort_by_key(|taken| taken.rank);
        if keep_rest {
            columns.keep_rest();
        }
        columns
    }

    /// Makes attributes of the columns that were second choice for their fields.
    fn keep_rest(&mut self) {
        let mut used: Vec<usize> = Vec::new();
        let mut first: Vec<Field> = Vec::new();
        for taken in &self.taken {
            // A second price would be taken for a property of the product.
            if taken.field.takes_all_columns()
                || taken.field.is_money()
                || !first.contains(&taken.field)
            {
                first.push(taken.field);
                used.push(taken.column);
            }
        }
        let mut rest: Vec<(usize, String, Value)> = Vec::new();
        for taken in &self.taken {
            if !used.contains(&taken.column) {
                used.push(taken.column);
                rest.push((taken.column, readable(&taken.name), taken.value.clone()));
            }
        }
        rest.sort_by_key(|(column, ..)| *column);
        for (_, name, value) in rest {
            self.attributes.push((name, ValueKind::Text, value));
        }
    }

    /// Every column of a field, the likeliest first.
    pub(in crate::import) fn all(&self, field: Field) -> impl Iterator<Item = &Taken> {
        self.taken.iter().filter(move |taken| taken.field == field)
    }

    /// The likeliest column of a field.
    pub(in crate::import) fn taken(&self, field: Field) -> Option<&Taken> {
        self.taken.iter().find(|taken| taken.field == field)
    }

    /// Returns the value of a field.
    pub(in crate::import) fn get(&self, field: Field) -> Option<&Value> {
        self.taken(field).map(|taken| &taken.value)
    }

    /// Returns the value of a field as text.
    pub(in crate::import) fn text(&self, field: Field) -> Option<String> {
        self.get(field).and_then(value::text)
    }

    /// The column that a field was read from.
    pub(in crate::import) fn column(&self, field: Field) -> Option<&str> {
        self.taken(field).map(|taken| &*taken.name)
    }

    /// Reports whether two fields were read from the same column.
    pub(in crate::import) fn share_column(&self, one: Field, other: Field) -> bool {
        let place = |field: Field| self.taken(field).map(|taken| taken.column);
        place(one).is_some() && place(one) == place(other)
    }
}

fn is_description(column_use: &Use) -> bool {
    matches!(column_use, Use::Fields(fields) if fields.contains(&(Field::Description, 0)))
}
