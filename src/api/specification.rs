//! The specification, written so that generators of clients make code of it that compiles and works.
//!
//! poem-openapi describes what the server takes; clients need some of it said in another way:
//!
//! - A described reference is `allOf` with one member. With a second one that repeats the description, oapi-codegen refuses to merge them.
//! - The body of a request has no `default`: openapi-typescript makes a field that has one required. Descriptions name defaults.
//! - A field of a body that need not be given may be null, as serializers of absent values write it; in merge patches null takes away.
//! - Unsigned integers are `int64` from 0: most languages have no `uint64`, and some generators make 32 bits of it.
//! - A stream of events is text, and not one event.
//! - A report as CSV is an operation of its own.
//! - Headers are named as people write them.
//! - Unknown parameters are refused everywhere under `/api`.
//! - An operation names its permission, in words and as `x-permission`.
//! - `If-Match` is required where a change without it is refused, and reads with an ETag name it and `If-None-Match`.

mod nulls;
mod permissions;
mod tables;

use poem_openapi::OpenApiService;
use serde_yaml::{Mapping, Value};

use super::Api;

/// Names whose capitals are not those of their words.
const HEADERS: [(&str, &str); 3] = [
    ("ETAG", "ETag"),
    ("RATELIMIT", "RateLimit"),
    ("RATELIMIT-POLICY", "RateLimit-Policy"),
];

/// The specification in both of its forms.
#[derive(Debug, Clone)]
pub struct Specification {
    /// As JSON.
    pub json: String,
    /// As YAML.
    pub yaml: String,
}

impl Specification {
    /// Describes a service.
    ///
    /// # Panics
    /// If the description that was generated is no YAML, which a test would show.
    #[allow(clippy::expect_used)]
    pub fn of(service: &OpenApiService<Api, ()>) -> Self {
        let mut document = serde_yaml::from_str(&service.spec_yaml()).expect("it was just written");
        for_generators(&mut document);
        Self {
            json: serde_json::to_string_pretty(&document).expect("keys are text"),
            yaml: serde_yaml::to_string(&document).expect("it was just read"),
        }
    }
}

fn for_generators(document: &mut Value) {
    nulls::allow(document);
    tables::part(document);
    let paths = document.get_mut("paths").and_then(Value::as_mapping_mut);
    for (path, operations) in paths.into_iter().flatten() {
        let refuses_unknown = path.as_str().is_some_and(|path| path.starts_with("/api/"));
        let operations = operations.as_mapping_mut().into_iter();
        for operation in operations.flat_map(Mapping::values_mut) {
            if let Some(operation) = operation.as_mapping_mut() {
                permissions::tell(operation);
                operation_for_generators(operation);
                if refuses_unknown {
                    add_refusal(operation);
                }
            }
        }
    }
    let components = document.get_mut("components");
    if let Some(schemas) = components.and_then(|components| components.get_mut("schemas")) {
        everywhere(schemas, &mut default_in_words);
    }
    everywhere(document, &mut |object| {
        fold_reference(object);
        signed(object);
    });
}

fn operation_for_generators(operation: &mut Mapping) {
    let Some(responses) = mapping(operation, "responses") else {
        return;
    };
    let has_etag = responses.contains_key("304");
    let needs_etag = responses.contains_key("428");
    for (status, response) in responses.iter_mut() {
        let Some(response) = response.as_mapping_mut() else {
            continue;
        };
        if let Some(events) =
            mapping(response, "content").and_then(|content| mapping(content, "text/event-stream"))
        {
            events.insert("schema".into(), schema_of_text());
        }
        if let Some(headers) = mapping(response, "headers") {
            *headers = std::mem::take(headers)
                .into_iter()
                .map(|(name, header)| (header_name(&name), header))
                .collect();
        }
        if has_etag && status.as_str() == Some("200") {
            let headers = response
                .entry("headers".into())
                .or_insert_with(|| Mapping::new().into());
            if let Some(headers) = headers.as_mapping_mut() {
                headers
                    .entry("ETag".into())
                    .or_insert_with(|| header("State of the answer, for `If-None-Match`."));
            }
        }
    }
    let parameters = operation
        .entry("parameters".into())
        .or_insert_with(|| Vec::<Value>::new().into());
    let Some(parameters) = parameters.as_sequence_mut() else {
        return;
    };
    let named =
        |parameter: &Value, name: &str| parameter.get("name").and_then(Value::as_str) == Some(name);
    if needs_etag && let Some(precondition) = parameters.iter_mut().find(|it| named(it, "If-Match"))
    {
        set(precondition, "required", true);
    }
    if has_etag && !parameters.iter().any(|it| named(it, "If-None-Match")) {
        let mut condition = header(
            "ETag of the answer that the client has: 304 without a body if it is still the answer.",
        );
        set(&mut condition, "name", "If-None-Match");
        set(&mut condition, "in", "header");
        set(&mut condition, "required", false);
        parameters.push(condition);
    }
    if parameters.is_empty() {
        operation.remove("parameters");
    }
}

/// Documents the refusal of unknown parameters where nothing else of a request can be malformed.
fn add_refusal(operation: &mut Mapping) {
    if let Some(responses) = mapping(operation, "responses")
        && !responses.contains_key("400")
        && let Some(other) = responses.get("500").cloned()
    {
        let mut refusal = other;
        set(
            &mut refusal,
            "description",
            "A parameter is not known: `field` names it.",
        );
        responses.insert("400".into(), refusal);
    }
}

/// Keeps of `allOf` the reference, and beside it what the second member says.
fn fold_reference(object: &mut Mapping) {
    let Some(members) = object.get_mut("allOf").and_then(Value::as_sequence_mut) else {
        return;
    };
    if members.len() != 2
        || members
            .first()
            .is_none_or(|first| first.get("$ref").is_none())
    {
        return;
    }
    let Some(Value::Mapping(said)) = members.pop() else {
        return;
    };
    for (name, value) in said {
        object.entry(name).or_insert(value);
    }
}

/// Says a field's default in its description alone.
fn default_in_words(object: &mut Mapping) {
    let from_member = object
        .get_mut("allOf")
        .and_then(Value::as_sequence_mut)
        .into_iter()
        .flatten()
        .filter_map(Value::as_mapping_mut)
        .filter_map(take_default)
        .last();
    let Some(default) = take_default(object).or(from_member) else {
        return;
    };
    let Ok(default) = serde_json::to_string(&default) else {
        return;
    };
    let description = object
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !description.to_lowercase().contains("default") {
        let separator = if description.is_empty() { "" } else { " " };
        let described = format!(
            "{description}{separator}Default: `{}`.",
            default.trim_matches('"')
        );
        object.insert("description".into(), described.into());
    }
}

/// Takes the default out of a schema; a property may be called so, too, and is a schema itself.
fn take_default(schema: &mut Mapping) -> Option<Value> {
    let is_value = !schema.get("default").is_some_and(|default| {
        ["type", "$ref", "allOf", "anyOf", "oneOf"]
            .iter()
            .any(|word| default.get(word).is_some())
    });
    is_value.then(|| schema.shift_remove("default")).flatten()
}

fn signed(object: &mut Mapping) {
    let is_unsigned = object
        .get("format")
        .and_then(Value::as_str)
        .is_some_and(|format| format.starts_with("uint"));
    if is_unsigned {
        object.insert("format".into(), "int64".into());
        object.entry("minimum".into()).or_insert_with(|| 0.into());
    }
    if object.get("type").and_then(Value::as_str) == Some("integer") {
        for bound in ["minimum", "maximum"] {
            if let Some(limit) = object.get_mut(bound) {
                *limit = whole(limit);
            }
        }
    }
}

/// Writes a bound of integers without a fraction.
#[allow(clippy::cast_possible_truncation)]
fn whole(limit: &Value) -> Value {
    match limit.as_f64() {
        Some(number) if number.fract() == 0.0 && number.abs() < 1e15 => (number as i64).into(),
        _ => limit.clone(),
    }
}

fn header_name(name: &Value) -> Value {
    let Some(name) = name.as_str() else {
        return name.clone();
    };
    if let Some((_, known)) = HEADERS.iter().find(|(loud, _)| *loud == name) {
        return (*known).into();
    }
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        format!("{first}{}", rest.to_ascii_lowercase())
    });
    words.collect::<Vec<_>>().join("-").into()
}

fn header(description: &str) -> Value {
    let mut header = Mapping::new();
    header.insert("description".into(), description.into());
    header.insert("schema".into(), schema_of_text());
    header.into()
}

fn schema_of_text() -> Value {
    let mut schema = Mapping::new();
    schema.insert("type".into(), "string".into());
    schema.into()
}

fn mapping<'a>(parent: &'a mut Mapping, name: &str) -> Option<&'a mut Mapping> {
    parent.get_mut(name)?.as_mapping_mut()
}

fn set(object: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(object) = object.as_mapping_mut() {
        object.insert(name.into(), value.into());
    }
}

/// Changes every object, from the outermost inwards.
fn everywhere(value: &mut Value, change: &mut impl FnMut(&mut Mapping)) {
    match value {
        Value::Mapping(object) => {
            change(object);
            for value in object.values_mut() {
                everywhere(value, change);
            }
        }
        Value::Sequence(values) => {
            for value in values {
                everywhere(value, change);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(document: &str) -> Value {
        let mut document = serde_yaml::from_str(document).unwrap();
        for_generators(&mut document);
        document
    }

    #[test]
    fn described_reference_has_one_member_and_names_its_default() {
        let document = rewritten(
            "
            components:
              schemas:
                Body:
                  type: object
                  properties:
                    status:
                      description: Status.
                      allOf:
                      - $ref: '#/components/schemas/Status'
                      - {description: Status., default: active}
                    default: {type: boolean, description: Is the default.}
                    count: {type: integer, format: uint64, maximum: 9.0, default: 0}",
        );
        let expected = serde_yaml::from_str::<Value>(
            "
            status:
              description: 'Status. Default: `active`.'
              allOf:
              - $ref: '#/components/schemas/Status'
            default: {type: boolean, description: Is the default.}
            count: {type: integer, format: int64, maximum: 9, description: 'Default: `0`.', minimum: 0}",
        );
        assert_eq!(
            document["components"]["schemas"]["Body"]["properties"],
            expected.unwrap()
        );
    }

    #[test]
    fn operation_names_its_conditions_and_headers() {
        let document = rewritten(
            "
            paths:
              /a:
                get:
                  responses:
                    '200': {headers: {RATELIMIT-POLICY: {}, CONTENT-DISPOSITION: {}}}
                    '304': {}
                put:
                  parameters: [{name: If-Match, in: header, required: false}]
                  responses: {'428': {}}
                post:
                  responses: {'200': {content: {text/event-stream: {schema: {type: object}}}}}",
        );
        let path = &document["paths"]["/a"];
        let headers = path["get"]["responses"]["200"]["headers"]
            .as_mapping()
            .unwrap();
        let names: Vec<_> = headers.keys().filter_map(Value::as_str).collect();
        assert_eq!(names, ["RateLimit-Policy", "Content-Disposition", "ETag"]);
        assert_eq!(path["get"]["parameters"][0]["name"], "If-None-Match");
        assert_eq!(path["put"]["parameters"][0]["required"], true);
        let stream = &path["post"]["responses"]["200"]["content"]["text/event-stream"];
        assert_eq!(stream["schema"]["type"], "string");
        assert!(path["post"].get("parameters").is_none());
    }
}
