//! Names of what a product refers to: its category, fandom and seller.

use serde_json::Value;
use souk_domain::{InvalidField, Label, MAX_KEY_CHARS, parse_slug, slugify};

use super::columns::Columns;
use super::fields::Field;
use super::value;

const MOST_LEVELS: usize = 16;

/// A category on the way from the root; one without a slug is found by its name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct CategoryStep {
    pub slug: Option<String>,
    pub name: String,
}

/// The way to a product's category: given as a path, as a slug, or as both.
pub(super) fn category(columns: &Columns) -> Result<Vec<CategoryStep>, InvalidField> {
    let own = columns
        .text(Field::Category)
        .map(|text| text.trim().to_owned());
    let mut path = match columns.get(Field::CategoryPath) {
        Some(Value::Array(steps)) => steps.iter().filter_map(given_step).collect(),
        Some(text) => named_steps(&value::text(text).unwrap_or_default()),
        None => Vec::new(),
    };
    match own {
        Some(own) if path.is_empty() && own.contains('>') => path = named_steps(&own),
        Some(own) if path.is_empty() => path = vec![single_step(own)],
        Some(own) if parse_slug(&own).is_ok() => {
            if let Some(last) = path.last_mut() {
                last.slug = Some(own);
            }
        }
        _ => {}
    }
    if path.len() > MOST_LEVELS {
        return Err(InvalidField::new(
            "category",
            format!("has at most {MOST_LEVELS} levels"),
        ));
    }
    for step in &path {
        check_name("category", &step.name)?;
    }
    Ok(path)
}

fn given_step(step: &Value) -> Option<CategoryStep> {
    match step {
        Value::Object(members) => Some(CategoryStep {
            slug: members.get("slug").and_then(value::text),
            name: members.get("name").and_then(value::text)?,
        }),
        other => value::text(other).map(|name| CategoryStep { slug: None, name }),
    }
}

fn named_steps(path: &str) -> Vec<CategoryStep> {
    path.split('>')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| CategoryStep {
            slug: None,
            name: name.to_owned(),
        })
        .collect()
}

fn single_step(text: String) -> CategoryStep {
    match parse_slug(&text) {
        Ok(slug) => CategoryStep {
            slug: Some(slug.to_owned()),
            name: name_of_slug(slug),
        },
        Err(_) => CategoryStep {
            slug: None,
            name: text,
        },
    }
}

/// A fandom or seller by slug or by name.
pub(super) fn reference(
    columns: &Columns,
    field: Field,
    name_field: Field,
) -> Result<Option<Label>, InvalidField> {
    let Some(text) = columns.text(field) else {
        return Ok(None);
    };
    let text = text.trim();
    let name = columns.text(name_field).map(|name| name.trim().to_owned());
    let label = match parse_slug(text) {
        Ok(slug) => Label::new(slug, name.unwrap_or_else(|| name_of_slug(slug))),
        Err(_) => Label::new(slugify(text), name.unwrap_or_else(|| text.to_owned())),
    };
    check_name(field.name(), &label.name)?;
    Ok(Some(label))
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

/// `graphic-t-shirts` as `Graphic T Shirts`.
pub(super) fn name_of_slug(slug: &str) -> String {
    let words: Vec<String> = slug
        .split('-')
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(letters).collect()
        })
        .collect();
    words.join(" ")
}
