//! Attributes of a product, gathered from its rows.

use std::collections::HashSet;

use serde_json::Value;
use souk_domain::{Attributes, InvalidField, is_gtin};

use super::group::Group;
use super::kinds::Kind;
use super::own::exact_attributes;
use super::{attributes, options, text, value};
use crate::import::imported::Variant;
use crate::import::losses::Losses;
use crate::import::profile::fields::Field;
use crate::import::profile::known::Profile;

/// Collects the attributes of a product: what its rows say, except what sets its variants apart.
///
/// # Errors
/// If Souk's own export has attributes that are none.
pub(super) fn properties(
    group: &Group<'_>,
    head: &Profile,
    variants: &[Variant],
    soft: &HashSet<String>,
    losses: &mut Losses,
) -> Result<Attributes, InvalidField> {
    let mut found = Attributes::new();
    if head.exact {
        if let Some(given) = group
            .first(Field::Attributes)
            .and_then(|columns| columns.get(Field::Attributes))
        {
            found = exact_attributes(given)?;
        }
        for part in group.in_order() {
            for (name, kind, value) in &part.columns.attributes {
                attributes::add_column(&mut found, losses, name, *kind, value);
            }
        }
        return Ok(found);
    }
    let is_option = |name: &str| {
        variants.iter().any(|variant| {
            variant
                .options
                .keys()
                .any(|option| option.eq_ignore_ascii_case(name))
        })
    };
    for part in group.in_order() {
        let columns = &part.columns;
        for (name, kind, value) in &columns.attributes {
            if !soft.contains(name) {
                attributes::add_column(&mut found, losses, name, *kind, value);
            }
        }
        for taken in columns.all(Field::Attributes) {
            attributes::add_members(&mut found, losses, &taken.value);
        }
        for (number, name) in &columns.attribute_names {
            let name = options::tidy(name);
            let Some(values) = columns.attribute_values.get(number) else {
                continue;
            };
            if part.kind == Kind::Variant || is_option(&name) {
                continue;
            }
            for value in list_of_values(values) {
                attributes::add(&mut found, losses, &name, text::line(&value));
            }
        }
        for (name, (value, sure)) in &columns.options {
            // Square calls the only variation of an item something, too.
            if !*sure && !is_option(name) && name != "Variation" {
                attributes::add(&mut found, losses, name, text::line(value));
            }
        }
    }
    found.retain(|name, _| !is_option(name));
    rest_of_gtins(group, &mut found, head, losses);
    if let Some(name) = group.further_name(head) {
        attributes::add(&mut found, losses, "name", name);
    }
    Ok(found)
}

/// Of several numbers, those that are not the variant's own stay as an attribute.
fn rest_of_gtins(group: &Group<'_>, found: &mut Attributes, head: &Profile, losses: &mut Losses) {
    let Some(columns) = group.first(Field::Gtin).filter(|_| head.name == "generic") else {
        return;
    };
    let Some(Value::Array(values)) = columns.get(Field::Gtin) else {
        return;
    };
    let texts: Vec<String> = values.iter().filter_map(value::text).collect();
    let own = texts.iter().position(|text| is_gtin(text.trim()));
    let name = columns.column(Field::Gtin).unwrap_or("gtin").to_owned();
    for (index, text) in texts.iter().enumerate() {
        if own.is_some() && own != Some(index) {
            attributes::add(found, losses, &name, text.trim().to_owned());
        }
    }
}

/// Values of an attribute: `Small, Medium`, where `\,` is a comma within one.
fn list_of_values(text: &str) -> Vec<String> {
    text.replace("\\,", "\u{1}")
        .split(',')
        .map(|value| value.trim().replace('\u{1}', ","))
        .filter(|value| !value.is_empty())
        .collect()
}
