//! Scores of a text, multiplied by boosts and ranking signals, without scripts.

use serde_json::{Value, json};

use super::merchandising;
use crate::SearchPlan;
use crate::engines::elasticsearch::index::mapping::{
    AVAILABILITY, CREATED_AT, POPULARITY_VALUE, RATING_VALUE,
};
use crate::facets::listing::availability_key;
use crate::ranking::ranking_signals::fading_ms;

/// Reports whether anything multiplies the text score.
pub(crate) fn scored(plan: &SearchPlan) -> bool {
    !plan.merchandising.boosts.is_empty() || plan.settings.ranking_signals.are_on()
}

/// The most that it is multiplied by.
pub(crate) fn most(plan: &SearchPlan) -> f32 {
    plan.merchandising.most() * plan.settings.ranking_signals.most()
}

/// A query for words, multiplied by the plan's boosts and ranking_signals.
pub(crate) fn score(plan: &SearchPlan, words: Value) -> Value {
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
