//! Holds answers against the specification, and the checked-in file against the code.

use std::sync::LazyLock;

use poem::http::Method;
use serde_json::Value;
use souk::api::Specification;

use crate::shop::Reply;

pub(crate) static SPECIFICATION: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&described().json).unwrap());

fn described() -> Specification {
    Specification::of(&souk::api::service())
}

/// Panics if the operation exists, but an answer such as this is not documented for it.
pub(crate) fn check(method: &Method, path: &str, reply: &Reply) {
    if path.starts_with("/api/instantsearch/") || path.starts_with("/api/ucp/") {
        // The contract of other clients, which is no part of the specification.
        return;
    }
    let Some(operation) = operation(method, path) else {
        assert!(
            [404, 405].contains(&reply.status) || !path.starts_with("/api"),
            "{method} {path} is not documented, yet answers {}",
            reply.status
        );
        return;
    };
    let documented = &operation["responses"][reply.status.to_string()];
    assert!(
        documented.is_object(),
        "{method} {path}: {} is not documented",
        reply.status
    );
    let content_types = documented["content"].as_object();
    match (content_types, reply.header("content-type")) {
        (None, _) => assert!(reply.body.is_empty(), "{method} {path} has a body"),
        (Some(_), None) => panic!("{method} {path} has no content type"),
        (Some(types), Some(actual)) => {
            assert!(types.contains_key(actual), "{method} {path}: {actual}")
        }
    }
    for (name, header) in documented["headers"].as_object().into_iter().flatten() {
        let required = header["required"].as_bool().unwrap_or(false);
        assert!(
            !required || reply.header(name).is_some(),
            "{method} {path} lacks {name}"
        );
    }
}

fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let path = path.split('?').next()?;
    let given: Vec<&str> = path.split('/').collect();
    let parameters = |template: &str| template.matches('{').count();
    SPECIFICATION["paths"]
        .as_object()?
        .iter()
        .filter(|(template, _)| fits(template, &given))
        .min_by_key(|(template, _)| parameters(template))
        .and_then(|(_, operations)| operations.get(method.as_str().to_lowercase()))
}

fn fits(template: &str, given: &[&str]) -> bool {
    let template: Vec<&str> = template.split('/').collect();
    template.len() == given.len()
        && template
            .iter()
            .zip(given)
            .all(|(template, given)| template.starts_with('{') || template == given)
}

#[test]
fn the_checked_in_file_is_what_the_code_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.yaml");
    let written = std::fs::read_to_string(path).unwrap();
    assert!(
        written == described().yaml,
        "openapi.yaml is out of date: run `cargo xtask openapi`"
    );
}

#[test]
fn every_operation_is_named_described_and_says_how_it_fails() {
    let operations = SPECIFICATION["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|operations| operations.as_object().unwrap().values());
    for operation in operations {
        let id = operation["operationId"].as_str().unwrap();
        assert!(operation["summary"].is_string(), "{id} has no summary");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(
                parameter["description"].is_string(),
                "{id}: {}",
                parameter["name"]
            );
        }
        let answers = operation["responses"].as_object().unwrap();
        // Any other operation is of a tenant, whose key may be a wrong one.
        let is_health = id == "live" || id == "ready";
        assert_ne!(answers.contains_key("401"), is_health, "{id}: 401");
        assert!(answers.contains_key("500") || is_health, "{id}: 500");
        for (status, answer) in answers {
            assert!(answer["description"].as_str() != Some(""), "{id}: {status}");
        }
    }
}
