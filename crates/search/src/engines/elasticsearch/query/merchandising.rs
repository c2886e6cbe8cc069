//! Pins, boosts and what is left out, as queries.

use serde_json::{Value, json};
use souk_domain::Filters;

use super::filters::{self, Clause};
use super::query_dsl::{constant_score, dis_max};
use super::variants::passing;
use crate::engines::elasticsearch::index::mapping::{ID, POPULARITY};
use crate::merchandising::{Chosen, MAX_FACTOR, Pin};
use crate::{Merchandising, SearchPlan};

/// The filters that nobody selected.
pub(crate) fn only(plan: &SearchPlan) -> impl Iterator<Item = Clause<'_>> {
    let filters = plan.merchandising.only.iter();
    filters.flat_map(|filters| filters::clauses(filters, plan.shares_products))
}

/// Queries of hidden products.
pub(crate) fn hidden(merchandising: &Merchandising) -> Vec<Value> {
    merchandising.hidden.iter().map(chosen).collect()
}

/// A query for each pin.
pub(crate) fn pins<'a>(
    merchandising: &'a Merchandising,
    score: impl Fn(Pin) -> f32 + 'a,
) -> impl Iterator<Item = Value> + 'a {
    let pins = merchandising.pins();
    pins.map(move |pin| constant_score(json!({"term": {ID: pin.id.0}}), score(pin)))
}

/// A query whose scores the boosts multiply.
pub(crate) fn boosted(merchandising: &Merchandising, query: Value) -> Value {
    if merchandising.boosts.is_empty() {
        return query;
    }
    let boosts = merchandising.ranking_signals();
    let functions: Vec<_> = boosts
        .map(|(products, factor)| json!({"filter": chosen(products), "weight": factor}))
        .collect();
    json!({"function_score": {
        "query": query, "functions": functions, "score_mode": "multiply",
        "boost_mode": "multiply", "max_boost": MAX_FACTOR,
    }})
}

/// Everything, scored by popularity times boosts, pins above all.
pub(crate) fn browsing(merchandising: &Merchandising) -> Value {
    let popular = json!({"function_score": {
        "query": boosted(merchandising, constant_score(json!({"match_all": {}}), 1.0)),
        "functions": [{"field_value_factor": {"field": POPULARITY, "missing": 0}}],
        "boost_mode": "multiply",
    }});
    let pins = pins(merchandising, |pin| pin.browsing_score() as f32);
    dis_max([popular].into_iter().chain(pins).collect(), 0.0)
}

fn chosen(chosen: &Chosen) -> Value {
    match chosen {
        Chosen::Products(ids) => {
            let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
            json!({"terms": {ID: ids}})
        }
        Chosen::Matching(filters) => matching(filters),
    }
}

/// Query of the products of which one variant passes all filters.
fn matching(filters: &Filters) -> Value {
    let clauses = filters::clauses(filters, true);
    let clauses: Vec<_> = clauses.iter().collect();
    let queries = passing(&clauses, &[]);
    match queries.is_empty() {
        true => json!({"match_all": {}}),
        false => json!({"bool": {"filter": queries}}),
    }
}
