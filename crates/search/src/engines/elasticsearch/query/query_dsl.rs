//! Compound queries of the Elasticsearch query DSL.

use serde_json::{Value, json};

/// Query that gives all its matches the same score.
pub(crate) fn constant_score(filter: Value, score: f32) -> Value {
    json!({"constant_score": {"filter": filter, "boost": score}})
}

/// Query that matches if any of `ways` does, scored by the best of them plus `tie_breaker` times the others.
pub(crate) fn dis_max(mut ways: Vec<Value>, tie_breaker: f32) -> Value {
    match ways.len() {
        0 => json!({"match_none": {}}),
        1 => ways.remove(0),
        _ => json!({"dis_max": {"queries": ways, "tie_breaker": tie_breaker}}),
    }
}
