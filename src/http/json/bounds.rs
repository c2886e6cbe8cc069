//! Bounds of a body's values: what the specification declares is what is checked.
//!
//! Lengths, patterns, ranges and numbers of entries stand once, at the field. A text with a zero byte is refused, since
//! PostgreSQL's text holds every character but this one.

use std::{
    any::TypeId,
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use parking_lot::RwLock;
use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef, Registry},
    types::Type,
};
use regex::Regex;
use serde_json::Value;
use souk_domain::InvalidField;

use crate::error::ApiError;

/// Schemas of the bodies that were checked so far.
static SCHEMAS: LazyLock<RwLock<HashMap<TypeId, Arc<Schemas>>>> = LazyLock::new(RwLock::default);

/// Schema of a body, with all that it refers to.
struct Schemas {
    root: MetaSchemaRef,
    registry: Registry,
    patterns: HashMap<String, Regex>,
}

/// Checks a body that was read against the bounds that its type declares.
///
/// # Errors
/// Naming the first field at fault, such as `lines[2].quantity`.
pub(super) fn check<T: Type + 'static>(bytes: &[u8]) -> Result<(), ApiError> {
    let json: Value = serde_json::from_slice(bytes).map_err(ApiError::internal)?;
    let schemas = schemas_of::<T>();
    schemas
        .check(&schemas.root, &json, "")
        .map_err(ApiError::Unprocessable)
}

fn schemas_of<T: Type + 'static>() -> Arc<Schemas> {
    let id = TypeId::of::<T>();
    if let Some(known) = SCHEMAS.read().get(&id) {
        return Arc::clone(known);
    }
    let mut registry = Registry::new();
    T::register(&mut registry);
    let root = T::schema_ref();
    let mut patterns = HashMap::new();
    let inline = match &root {
        MetaSchemaRef::Inline(schema) => Some(&**schema),
        MetaSchemaRef::Reference(_) => None,
    };
    for schema in registry.schemas.values().chain(inline) {
        add_patterns(schema, &mut patterns);
    }
    let schemas = Arc::new(Schemas {
        root,
        registry,
        patterns,
    });
    SCHEMAS.write().insert(id, Arc::clone(&schemas));
    schemas
}

/// Compiles the patterns of a schema and of those written out in it. One that cannot be compiled is no bound.
fn add_patterns(schema: &MetaSchema, patterns: &mut HashMap<String, Regex>) {
    if let Some(pattern) = &schema.pattern
        && let Ok(compiled) = Regex::new(pattern)
    {
        patterns.insert(pattern.clone(), compiled);
    }
    let within = schema.properties.iter().map(|(_, property)| property);
    let within = within
        .chain(&schema.all_of)
        .chain(schema.items.as_deref())
        .chain(schema.additional_properties.as_deref());
    for inner in within {
        if let MetaSchemaRef::Inline(inner) = inner {
            add_patterns(inner, patterns);
        }
    }
}

impl Schemas {
    fn check(&self, schema: &MetaSchemaRef, value: &Value, path: &str) -> Result<(), InvalidField> {
        let schema = match schema {
            MetaSchemaRef::Inline(schema) => schema,
            MetaSchemaRef::Reference(name) => match self.registry.schemas.get(name) {
                Some(schema) => schema,
                None => return Ok(()),
            },
        };
        for part in &schema.all_of {
            self.check(part, value, path)?;
        }
        let refused = |rule: String| Err(InvalidField::new(path.to_owned(), rule));
        match value {
            Value::String(text) => match self.fault_of_text(schema, text) {
                Some(rule) => refused(rule),
                None => Ok(()),
            },
            Value::Number(number) => match fault_of_number(schema, number.as_f64()) {
                Some(rule) => refused(rule),
                None => Ok(()),
            },
            Value::Array(entries) => {
                if let Some(rule) = fault_of_count(schema, entries.len()) {
                    return refused(rule);
                }
                let Some(items) = &schema.items else {
                    return Ok(());
                };
                for (index, entry) in entries.iter().enumerate() {
                    self.check(items, entry, &format!("{path}[{index}]"))?;
                }
                Ok(())
            }
            Value::Object(fields) => {
                for (name, field) in fields {
                    let mut properties = schema.properties.iter();
                    let declared = properties.find(|(property, _)| property == name);
                    let declared = declared.map(|(_, property)| property);
                    let Some(property) = declared.or(schema.additional_properties.as_deref())
                    else {
                        continue;
                    };
                    let path = match path {
                        "" => name.clone(),
                        path => format!("{path}.{name}"),
                    };
                    self.check(property, field, &path)?;
                }
                Ok(())
            }
            Value::Null | Value::Bool(_) => Ok(()),
        }
    }

    fn fault_of_text(&self, schema: &MetaSchema, text: &str) -> Option<String> {
        if text.contains('\0') {
            return Some("holds a zero byte".to_owned());
        }
        let length = text.chars().count();
        if let Some(most) = schema.max_length.filter(|most| length > *most) {
            return Some(format!("has at most {most} characters"));
        }
        if let Some(least) = schema.min_length.filter(|least| length < *least) {
            return Some(match least {
                1 => "must not be empty".to_owned(),
                least => format!("has at least {least} characters"),
            });
        }
        let pattern = schema.pattern.as_ref()?;
        let is_met = self.patterns.get(pattern)?.is_match(text);
        (!is_met).then(|| match text.trim().is_empty() {
            true => "must not be blank".to_owned(),
            false => format!("must match {pattern}"),
        })
    }
}

fn fault_of_number(schema: &MetaSchema, number: Option<f64>) -> Option<String> {
    let number = number?;
    if let Some(most) = schema.maximum.filter(|most| number > *most) {
        return Some(format!("must be at most {most}"));
    }
    let least = schema.minimum.filter(|least| number < *least)?;
    Some(format!("must be at least {least}"))
}

fn fault_of_count(schema: &MetaSchema, count: usize) -> Option<String> {
    if let Some(most) = schema.max_items.filter(|most| count > *most) {
        return Some(format!("has at most {most} entries"));
    }
    let least = schema.min_items.filter(|least| count < *least)?;
    Some(format!("has at least {least} entries"))
}

#[cfg(test)]
mod tests {
    use poem_openapi::Object;
    use serde::Deserialize;

    use super::*;

    #[derive(Object, Deserialize)]
    struct Parcel {
        #[oai(nullable, validator(max_length = 5, pattern = r"^\S+$"))]
        carrier: Option<String>,
        #[oai(validator(min_items = 1, max_items = 2))]
        lines: Vec<Line>,
    }

    #[derive(Object, Deserialize)]
    struct Line {
        #[oai(validator(minimum(value = "1"), maximum(value = "10")))]
        units: i64,
    }

    fn fault(json: &str) -> Option<String> {
        match check::<Parcel>(json.as_bytes()) {
            Err(ApiError::Unprocessable(invalid)) => {
                Some(format!("{}: {}", invalid.field, invalid.message))
            }
            Err(error) => panic!("{error}"),
            Ok(()) => None,
        }
    }

    #[test]
    fn values_within_their_bounds_pass() {
        assert_eq!(
            fault(r#"{"carrier": "Post", "lines": [{"units": 1}, {"units": 10}]}"#),
            None
        );
        assert_eq!(fault(r#"{"carrier": null, "lines": [{"units": 5}]}"#), None);
    }

    #[test]
    fn value_beyond_a_bound_is_named_with_the_rule() {
        for (json, expected) in [
            (
                r#"{"carrier": "Postal", "lines": [{"units": 1}]}"#,
                "carrier: has at most 5 characters",
            ),
            (
                r#"{"carrier": " ", "lines": [{"units": 1}]}"#,
                "carrier: must not be blank",
            ),
            (
                r#"{"carrier": "a\u0000", "lines": [{"units": 1}]}"#,
                "carrier: holds a zero byte",
            ),
            (r#"{"lines": []}"#, "lines: has at least 1 entries"),
            (
                r#"{"lines": [{"units": 1}, {"units": 11}]}"#,
                "lines[1].units: must be at most 10",
            ),
            (
                r#"{"lines": [{"units": 0}]}"#,
                "lines[0].units: must be at least 1",
            ),
        ] {
            assert_eq!(fault(json).as_deref(), Some(expected), "{json}");
        }
    }
}
