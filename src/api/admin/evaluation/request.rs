//! Judgements and settings as admins send them.

use poem_openapi::Object;
use serde::Deserialize;

/// Judgements and settings of an evaluation.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvaluationBody {
    /// Judgements of up to 200 queries. The later of two judgements of the same product and query holds.
    #[oai(validator(min_items = 1, max_items = 10000))]
    pub judgements: Vec<JudgementBody>,
    /// Settings to try, as `docs/search/RELEVANCE.md` has them, such as `{"relaxing": {"enough": 0}}`; what is left out is as by
    /// default. Those in use if not given.
    #[oai(nullable)]
    pub settings: Option<serde_json::Value>,
}

/// Relevance judgement of a product for a query.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JudgementBody {
    /// The query.
    #[oai(validator(min_length = 1, max_length = 400, pattern = r"[^\s\x00]"))]
    pub query: String,
    /// The product's external id.
    #[oai(validator(min_length = 1, max_length = 200, pattern = r"^[^\x00]+$"))]
    pub product: String,
    /// From 0 (irrelevant) to 3 (just what is meant).
    #[oai(validator(minimum(value = "0"), maximum(value = "3")))]
    pub grade: u8,
}
