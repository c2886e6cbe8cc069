//! What the words of a text count, multiplied by boosts and ranking_signals, without scripts.

use serde_json::{Value, json};

use super::mapping::{AVAILABILITY, CREATED_AT, POPULARITY_VALUE, RATING_VALUE};
use super::merchandising;
use crate::SearchPlan;
use crate::facets::listing::availability_key;
use crate::ranking::ranking_signals::fading_ms;

/// A query that scores all it finds alike.
pub(super) fn constant(filter: Value, score: f32) -> Value {
    json!({"constant_score": {"filter": filter, "boost": score}})
}

/// What any of some queries finds, scored by the best of them, to which the others add a share.
pub(super) fn best_of(mut ways: Vec<Value>, tie_breaker: f32) -> Value {
    match ways.len() {
        0 => json!({"match_none": {}}),
        1 => ways.remove(0),
        _ => json!({"dis_max": {"queries": ways, "tie_breaker": tie_breaker}}),
    }
}

/// Whether what the words say is multiplied by anything.
pub(super) fn scored(plan: &SearchPlan) -> bool {
    !plan.merchandising.boosts.is_empty() || plan.settings.ranking_signals.are_on()
}

/// The most that it is multiplied by.
pub(super) fn most(plan: &SearchPlan) -> f32 {
    plan.merchandising.most() * plan.settings.ranking_signals.most()
}

/// A query for words, multiplied by the plan's boosts and ranking_signals.
pub(super) fn score(plan: &SearchPlan, words: Value) -> Value {
    let boosted = merchandising::boosted(&plan.merchandising, words);
    if plan.settings.ranking_signals.are_on() {
        with_factors(plan, boosted)
    } else {
        boosted
    }
}

fn with_factors(plan: &SearchPlan, query: Value) -> Value {
    let weights = &plan.settings.ranking_signals;
    // An index of an older mapping has no such values yet.
    let value = |field: &str| json!({"field_value_factor": {"field": field, "missing": 0}});
    let freshness = json!({"linear": {CREATED_AT: {
        "origin": plan.today_ms, "scale": fading_ms(weights) / 2.0, "decay": 0.5,
    }}});
    let in_stock = json!({"filter": {"term": {AVAILABILITY: availability_key(true)}}});
    let mut functions = vec![json!({"weight": 1})];
    for (weight, mut function) in [
        (weights.popularity, value(POPULARITY_VALUE)),
        (weights.rating, value(RATING_VALUE)),
        (weights.freshness, freshness),
        (weights.stock, in_stock),
    ] {
        if weight > 0.0 {
            function["weight"] = weight.into();
            functions.push(function);
        }
    }
    json!({"function_score": {
        "query": query, "functions": functions, "score_mode": "sum", "boost_mode": "multiply",
    }})
}
