//! Fandoms and sellers that rows name.

use souk_domain::{InvalidField, Label, MAX_KEY_CHARS, parse_slug, slugify};

use super::columns::Columns;
use super::names::name_of_slug;
use super::own::{given_label, given_list};
use crate::import::imported::Reference;
use crate::import::profile::fields::Field;

/// A fandom or seller by slug or by name.
///
/// # Errors
/// If the name cannot be one.
pub(in crate::import) fn reference(
    columns: &Columns,
    field: Field,
    name_field: Field,
) -> Result<Option<Reference>, InvalidField> {
    let Some(text) = columns.text(field) else {
        return Ok(None);
    };
    let text = text.trim();
    let name = columns.text(name_field).map(|name| name.trim().to_owned());
    let (label, by_slug) = match parse_slug(text) {
        Ok(slug) => (
            Label::new(slug, name.unwrap_or_else(|| name_of_slug(slug))),
            true,
        ),
        Err(_) => (
            Label::new(slugify(text), name.unwrap_or_else(|| text.to_owned())),
            false,
        ),
    };
    check_name(field.name(), &label.name)?;
    Ok(Some(Reference { label, by_slug }))
}

/// Further fandoms of Souk's own export: labels, or slugs alone.
///
/// # Errors
/// If they are neither.
pub(in crate::import) fn further_fandoms(
    columns: &Columns,
) -> Result<Vec<Reference>, InvalidField> {
    let reference = |entry| {
        let label = given_label(Field::FurtherFandoms, entry)?;
        Ok(Reference {
            label,
            by_slug: true,
        })
    };
    let entries = given_list(columns, Field::FurtherFandoms);
    entries.iter().map(reference).collect()
}

fn check_name(field: &'static str, name: &str) -> Result<(), InvalidField> {
    if slugify(name).is_empty() {
        return Err(InvalidField::new(
            field,
            format!("`{name}` has no letters or digits"),
        ));
    }
    if name.chars().count() > MAX_KEY_CHARS || name.contains('\0') {
        return Err(InvalidField::new(
            field,
            format!("has at most {MAX_KEY_CHARS} characters, and no zero byte"),
        ));
    }
    Ok(())
}
