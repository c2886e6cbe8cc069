//! The body of a search: one request for hits, total and all facets.

use serde_json::{Map, Value, json};
use souk_domain::{Cursor, Sort, SortKey, Start};

use super::aggregations::{Counted, aggregations};
use super::filters::{self, Clause};
use super::mapping::{CREATED_AT, EXCERPT, ID, POPULARITY, PRICE, RATING};
use super::matching::text_queries;
use super::scoring::best_of;
use super::steered;
use crate::SearchPlan;
use crate::steering::browsing_score;

/// The body of the search that answers a plan, as it goes to the cluster.
pub fn search_body(plan: &SearchPlan) -> Vec<u8> {
    let mut body = counting_body(plan, Counted::Facets(&plan.facets));
    let mut add = |name: &str, value: Value| drop(body.insert(name.to_owned(), value));
    add("sort", sort(plan));
    match &plan.page.start {
        Start::Offset(offset) => add("from", (*offset).into()),
        Start::After(cursor) => add("search_after", after(plan, cursor)),
    }
    if plan.page.limit > 0 {
        // One more than the page shows tells whether another page follows.
        add("size", (plan.page.limit + 1).into());
        add("_source", true.into());
        if plan.text.is_some() {
            add("stored_fields", json!([EXCERPT]));
        }
    } else {
        add("size", 0.into());
        drop(body.remove("sort"));
        drop(body.remove("search_after"));
        drop(body.remove("from"));
    }
    Value::Object(body).to_string().into_bytes()
}

/// The body of a search for counts alone.
pub(super) fn counts_body(plan: &SearchPlan, counted: Counted<'_>) -> Vec<u8> {
    let mut body = counting_body(plan, counted);
    body.insert("size".to_owned(), 0.into());
    Value::Object(body).to_string().into_bytes()
}

/// Query, filters and aggregations. Filters that a facet looks past are applied after the counting, the others before.
fn counting_body(plan: &SearchPlan, counted: Counted<'_>) -> Map<String, Value> {
    let facets = counted.facets();
    let clauses = filters::clauses(&plan.filters);
    let (after, before): (Vec<_>, Vec<_>) = clauses
        .into_iter()
        .partition(|clause| clause.narrows_one_of(&facets));
    let mut body = Map::new();
    let mut add = |name: &str, value: Value| drop(body.insert(name.to_owned(), value));
    add("track_total_hits", true.into());
    add("query", query(plan, &before));
    if !after.is_empty() {
        let after: Vec<_> = after.iter().map(|clause| &clause.query).collect();
        add("post_filter", json!({"bool": {"filter": after}}));
    }
    let aggregations = aggregations(counted, &after);
    if !aggregations.is_empty() {
        add("aggs", Value::Object(aggregations));
    }
    body
}

/// What is found, in the words of the text and of whoever steers it, under these filters.
fn query(plan: &SearchPlan, filters: &[Clause<'_>]) -> Value {
    let found = found(plan);
    let only = steered::only(&plan.steering);
    let filters: Vec<_> = filters
        .iter()
        .map(|clause| clause.query.clone())
        .chain(only)
        .collect();
    let hidden = steered::hidden(&plan.steering);
    if filters.is_empty() && hidden.is_empty() {
        return found.unwrap_or_else(|| json!({"match_all": {}}));
    }
    let mut query = Map::new();
    for (occur, queries) in [
        ("must", found.into_iter().collect()),
        ("filter", filters),
        ("must_not", hidden),
    ] {
        if !queries.is_empty() {
            query.insert(occur.to_owned(), queries.into());
        }
    }
    json!({"bool": query})
}

/// What is found and how it is scored; nothing if it is everything, and not scored.
fn found(plan: &SearchPlan) -> Option<Value> {
    match &plan.text {
        Some(text) => {
            let mut ways = text_queries(text, plan);
            ways.extend(steered::pins(&plan.steering, |pin| pin.score()));
            Some(best_of(ways, 0.0))
        }
        None => plan
            .is_browse_steered()
            .then(|| steered::browsing(&plan.steering)),
    }
}

/// Ties always fall to the lower id.
fn sort(plan: &SearchPlan) -> Value {
    let by = match plan.sort {
        _ if plan.is_browse_steered() => json!({"_score": "desc"}),
        Sort::Relevance => json!({"_score": "desc"}),
        Sort::PriceAsc => json!({PRICE: "asc"}),
        Sort::PriceDesc => json!({PRICE: "desc"}),
        Sort::Newest => json!({CREATED_AT: "desc"}),
        Sort::Rating => json!({RATING: {"order": "desc", "missing": 0}}),
        Sort::Popular => json!({POPULARITY: "desc"}),
    };
    json!([by, {ID: "asc"}])
}

fn after(plan: &SearchPlan, cursor: &Cursor) -> Value {
    let key = match cursor.key {
        // The cluster has single precision, and refuses what that cannot hold.
        key if plan.is_browse_steered() => {
            json!((browsing_score(key) as f32).min(f32::MAX))
        }
        SortKey::Score(value) | SortKey::Rating(value) => json!(value),
        SortKey::Integer(value) => json!(value),
    };
    json!([key, cursor.id.0])
}
