//! The body of a search: one request for hits, total and all facets.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value, json};
use souk_domain::{Cursor, Sort, SortKey, Start};

use super::filters::{self, AllOf, Clause};
use super::matching::{phrase_query, text_queries};
use super::merchandising;
use super::query_dsl::dis_max;
use super::variants::{by_price, of_variant, passing};
use crate::SearchPlan;
use crate::engines::elasticsearch::facets::aggregation_dsl::Aggregations;
use crate::engines::elasticsearch::facets::aggregations::{
    Among, Applied, RequestedCounts, aggregations,
};
use crate::engines::elasticsearch::index::mapping::{
    self, CREATED_AT, EXCERPT, ID, POPULARITY, PRICE, RATING, STORED_VARIANTS,
};
use crate::merchandising::browsing_score;

/// A search, as it goes to the cluster.
#[derive(Serialize)]
struct Body<'a> {
    track_total_hits: bool,
    query: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_filter: Option<AllOf<'a>>,
    #[serde(skip_serializing_if = "Aggregations::is_empty")]
    aggs: Aggregations<'a>,
    size: u32,
    #[serde(flatten)]
    page: Option<Page>,
}

/// Part of a request that selects the hits and their fields.
#[derive(Serialize)]
struct Page {
    sort: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    search_after: Option<Value>,
    _source: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stored_fields: Vec<&'static str>,
}

/// The body of the search that answers a plan, as it goes to the cluster.
pub fn search_body(plan: &SearchPlan) -> Vec<u8> {
    let page = (plan.page.limit > 0).then(|| page(plan, &all_clauses(plan)));
    // One more than the page shows tells whether another page follows.
    let size = page.as_ref().map_or(0, |_| plan.page.limit + 1);
    body(plan, RequestedCounts::Facets(&plan.facets), size, page)
}

/// The body of a search for counts alone.
pub(crate) fn counts_body(plan: &SearchPlan, counted: RequestedCounts<'_>) -> Vec<u8> {
    body(plan, counted, 0, None)
}

/// Filters that a facet looks past are applied after the counting, the others before.
fn body(plan: &SearchPlan, counted: RequestedCounts<'_>, size: u32, page: Option<Page>) -> Vec<u8> {
    let facets = counted.facets();
    let clauses = filters::clauses(&plan.filters, plan.shares_products);
    let (after, mut before): (Vec<_>, Vec<_>) = clauses
        .into_iter()
        .partition(|clause| clause.narrows_one_of(&facets));
    before.extend(merchandising::only(plan));
    let post_filter = passing(&after.iter().collect::<Vec<_>>(), &before);
    let query = query(plan, &before);
    let among = query.as_ref().map_or(Among::All, |_| Among::Found);
    let body = Body {
        track_total_hits: true,
        query: query.unwrap_or_else(|| json!({"match_all": {}})),
        post_filter: (!post_filter.is_empty()).then_some(AllOf(post_filter)),
        aggs: aggregations(
            counted,
            among,
            Applied {
                before: &before,
                after: &after,
                shares_products: plan.shares_products,
            },
            &plan.definitions,
        ),
        size,
        page,
    };
    serde_json::to_vec(&body).expect("JSON has a place for all of it")
}

/// All clauses that hits pass.
fn all_clauses(plan: &SearchPlan) -> Vec<Clause<'_>> {
    let mut clauses = filters::clauses(&plan.filters, plan.shares_products);
    clauses.extend(merchandising::only(plan));
    clauses
}

fn page(plan: &SearchPlan, clauses: &[Clause<'_>]) -> Page {
    let conditions = of_variant(clauses.iter());
    let excerpt = plan.text.as_ref().map(|_| EXCERPT);
    let variants = (!conditions.is_empty()).then_some(STORED_VARIANTS);
    let (from, search_after) = match &plan.page.start {
        Start::Offset(offset) => (Some(*offset), None),
        Start::After(cursor) => (None, Some(after(plan, cursor))),
    };
    Page {
        sort: sort(plan, conditions),
        from,
        search_after,
        _source: true,
        stored_fields: excerpt.into_iter().chain(variants).collect(),
    }
}

/// What is found, in the words of the text and of whoever steers it, under these filters; nothing if it is everything.
fn query(plan: &SearchPlan, filters: &[Clause<'_>]) -> Option<Value> {
    let found = found(plan);
    let mut filters: Vec<_> = passing(&filters.iter().collect::<Vec<_>>(), &[])
        .into_iter()
        .map(Cow::into_owned)
        .collect();
    let phrases = plan.operators.phrases.iter();
    filters.extend(phrases.map(|phrase| phrase_query(phrase, false)));
    let mut hidden = merchandising::hidden(&plan.merchandising);
    let excluded = plan.operators.excluded.iter();
    hidden.extend(excluded.map(|phrase| phrase_query(phrase, true)));
    if filters.is_empty() && hidden.is_empty() {
        return found;
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
    Some(json!({"bool": query}))
}

/// Query of the hits with their scores; `None` if everything is found, unscored.
fn found(plan: &SearchPlan) -> Option<Value> {
    match &plan.text {
        Some(text) => {
            let mut ways = text_queries(text, plan);
            ways.extend(merchandising::pins(&plan.merchandising, |pin| pin.score()));
            Some(dis_max(ways, 0.0))
        }
        None => plan
            .is_browse_steered()
            .then(|| merchandising::browsing(&plan.merchandising)),
    }
}

/// Ties always fall to the lower id. The price is the lowest of the variants that meet the conditions.
fn sort(plan: &SearchPlan, conditions: Vec<Value>) -> Value {
    let price = |order| match conditions.is_empty() {
        true => json!({PRICE: {"order": order, "mode": "min"}}),
        false => by_price(order, &mapping::of_variant(PRICE), conditions),
    };
    let by = match plan.sort {
        _ if plan.is_browse_steered() => json!({"_score": "desc"}),
        Sort::Relevance => json!({"_score": "desc"}),
        Sort::PriceAsc => price("asc"),
        Sort::PriceDesc => price("desc"),
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
