//! Relevance metrics on the wire.

use poem_openapi::Object;
use serde::Serialize;
use souk_search::evaluation::{Outcome, RelevanceMetrics};

/// Number of lowest-scoring queries listed.
const LOWEST: usize = 20;

/// Relevance metrics over all queries.
#[derive(Debug, Object, Serialize)]
pub struct SearchEvaluation {
    /// Number of queries with a relevant product, over which means are taken.
    pub queries: usize,
    /// Mean NDCG@10: gain `2^grade - 1`, discount `log2(rank + 1)`; what nobody judged gains nothing.
    pub ndcg: f64,
    /// The same as if products that nobody judged were not there.
    pub ndcg_of_judged: f64,
    /// Share of the first ten positions with a judged product.
    pub judged_share: f64,
    /// Mean of one over the place of the first relevant product among the first ten.
    pub mean_reciprocal_rank: f64,
    /// The share of all queries that find nothing.
    pub zero_result_rate: f64,
    /// The queries answered worst, those first.
    pub lowest: Vec<EvaluatedQuery>,
    /// True if the database answered any query because the engine was unavailable.
    pub degraded: bool,
}

/// Relevance metrics of a query.
#[derive(Debug, Object, Serialize)]
pub struct EvaluatedQuery {
    /// The query.
    pub query: String,
    /// NDCG@10, 0 to 1.
    pub ndcg: f64,
    /// Number of products found.
    pub total: u64,
}

impl SearchEvaluation {
    pub(super) fn new(outcomes: Vec<(String, Outcome)>, degraded: bool) -> Self {
        let metrics = RelevanceMetrics::of(outcomes.iter().map(|(_, outcome)| outcome));
        let queries = outcomes.into_iter().filter_map(|(query, outcome)| {
            Some(EvaluatedQuery {
                query,
                ndcg: outcome.quality?.ndcg,
                total: outcome.found,
            })
        });
        let mut lowest: Vec<_> = queries.collect();
        lowest.sort_by(|one, other| one.ndcg.total_cmp(&other.ndcg));
        lowest.truncate(LOWEST);
        Self {
            queries: metrics.queries,
            ndcg: metrics.ndcg,
            ndcg_of_judged: metrics.ndcg_of_judged,
            judged_share: metrics.judged,
            mean_reciprocal_rank: metrics.reciprocal_rank,
            zero_result_rate: metrics.without_result,
            lowest,
            degraded,
        }
    }
}
