//! Null in bodies of requests.

use std::collections::BTreeSet;

use serde_yaml::{Mapping, Value};

const MERGE_PATCH: &str = "application/merge-patch+json";
const SCHEMAS: &str = "#/components/schemas/";
/// Bodies of partial changes beside merge patches: null says nothing there, and is refused.
const PARTIAL: [&str; 1] = ["VariantUpdateBody"];

/// Allows null for the fields of bodies that need not be given and for the members of maps, but for merge patches, which say
/// themselves where null takes something away.
pub(super) fn allow(document: &mut Value) {
    let (mut whole, mut partial) = (BTreeSet::new(), BTreeSet::new());
    let operations = document["paths"]
        .as_mapping()
        .into_iter()
        .flat_map(Mapping::values);
    for operation in operations
        .filter_map(Value::as_mapping)
        .flat_map(Mapping::values)
    {
        let content = &operation["requestBody"]["content"];
        let names = match content.get(MERGE_PATCH) {
            Some(_) => &mut partial,
            None => &mut whole,
        };
        collect(content, &document["components"]["schemas"], names);
    }
    let Some(schemas) = document["components"]["schemas"].as_mapping_mut() else {
        return;
    };
    for name in whole
        .difference(&partial)
        .filter(|name| !PARTIAL.contains(&name.as_str()))
    {
        if let Some(schema) = schemas
            .get_mut(name.as_str())
            .and_then(Value::as_mapping_mut)
        {
            allow_in(schema);
        }
    }
}

/// Collects the names of the schemas that a value refers to, and those refer to.
fn collect(value: &Value, schemas: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Mapping(object) => {
            let name = object.get("$ref").and_then(Value::as_str);
            if let Some(name) = name.and_then(|name| name.strip_prefix(SCHEMAS))
                && names.insert(name.to_owned())
            {
                collect(&schemas[name], schemas, names);
            }
            object
                .values()
                .for_each(|value| collect(value, schemas, names));
        }
        Value::Sequence(values) => values
            .iter()
            .for_each(|value| collect(value, schemas, names)),
        _ => {}
    }
}

fn allow_in(schema: &mut Mapping) {
    let required = schema
        .get("required")
        .and_then(Value::as_sequence)
        .cloned()
        .unwrap_or_default();
    let properties = schema.get_mut("properties").and_then(Value::as_mapping_mut);
    for (name, property) in properties.into_iter().flatten() {
        if let Some(map) = property.as_mapping_mut()
            && let Some(member) = map.get_mut("additionalProperties")
        {
            make_nullable(member);
            // A bound would count those that are null.
            map.remove("maxProperties");
        }
        if !required.contains(name) {
            make_nullable(property);
        }
    }
}

fn make_nullable(schema: &mut Value) {
    let Some(object) = schema.as_mapping_mut() else {
        return;
    };
    // A bare reference takes nothing beside it.
    if let Some(reference) = object.remove("$ref") {
        let mut target = Mapping::new();
        target.insert("$ref".into(), reference);
        object.insert("allOf".into(), vec![Value::Mapping(target)].into());
    }
    object.insert("nullable".into(), true.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn optional_fields_of_whole_bodies_alone_may_be_null() {
        let mut document: Value = serde_yaml::from_str(
            "
            paths:
              /a:
                post:
                  requestBody:
                    content: {application/json: {schema: {$ref: '#/components/schemas/Whole'}}}
                patch:
                  requestBody:
                    content: {application/merge-patch+json: {schema: {$ref: '#/components/schemas/Patch'}}}
            components:
              schemas:
                Whole:
                  required: [name]
                  properties:
                    name: {type: string}
                    note: {type: string}
                    labels: {type: object, maxProperties: 9, additionalProperties: {type: string}}
                    inner: {$ref: '#/components/schemas/Inner'}
                Inner: {properties: {count: {type: integer}}}
                Patch: {properties: {note: {type: string}}}
                Answer: {properties: {note: {type: string}}}",
        )
        .unwrap();
        allow(&mut document);
        let schemas = &document["components"]["schemas"];
        let is_nullable = |schema: &str, name: &str| {
            schemas[schema]["properties"][name]
                .get("nullable")
                .is_some()
        };
        assert!(is_nullable("Whole", "note") && is_nullable("Inner", "count"));
        let labels = &schemas["Whole"]["properties"]["labels"];
        assert_eq!(labels["additionalProperties"]["nullable"], true);
        assert!(labels.get("maxProperties").is_none());
        assert!(!is_nullable("Whole", "name"));
        assert!(!is_nullable("Patch", "note") && !is_nullable("Answer", "note"));
        let reference = &schemas["Whole"]["properties"]["inner"]["allOf"][0]["$ref"];
        assert_eq!(reference, "#/components/schemas/Inner");
    }
}
