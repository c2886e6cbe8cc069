//! Relevance evaluation from judgements.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};
use souk_domain::{
    InvalidField, MAX_PER_PAGE, MAX_QUERY_CHARS, PageRequest, ProductId, SearchQuery,
};
use souk_search::{
    SearchSettings,
    evaluation::{self, Figures, Grades, Outcome},
};

use crate::{
    api::{Tag, answers::answers},
    error::ApiError,
    http::{AdminPrincipal, JsonBody, JsonResponse, TenantContext},
};

/// More queries would take longer than a request may.
const MAX_QUERIES: usize = 200;
const MAX_JUDGEMENTS: usize = 10_000;
const MAX_EXTERNAL_ID_CHARS: usize = 200;
const BEST_GRADE: u8 = 3;
/// Number of lowest-scoring queries listed.
const LOWEST: usize = 20;

/// Judgements and settings of an evaluation.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvaluationBody {
    /// Judgements of up to 200 queries. The later of two judgements of the same product and query holds.
    #[oai(validator(min_items = 1, max_items = 10000))]
    pub judgements: Vec<JudgementBody>,
    /// Settings to try, as `docs/SEARCH.md` has them, such as `{"relaxing": {"enough": 0}}`; what is left out is as by
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

answers! {
    /// Answers of `adminEvaluateSearch`.
    EvaluatedAnswer {
        200 "How well the queries are answered." => Evaluated(JsonResponse<SearchEvaluation>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Measuring search.
pub struct AdminEvaluationApi;

#[OpenApi(prefix_path = "/api/admin/search", tag = "Tag::Admin")]
impl AdminEvaluationApi {
    /// Measure relevance
    ///
    /// Asks the judged queries as a shopper would, with the settings in use or others to try, and says how good the
    /// answers are.
    #[oai(
        path = "/evaluate",
        method = "post",
        operation_id = "adminEvaluateSearch"
    )]
    async fn evaluate(
        &self,
        _admin: AdminPrincipal,
        market: TenantContext,
        body: JsonBody<EvaluationBody>,
    ) -> Result<EvaluatedAnswer, ApiError> {
        let settings = body.0.settings.map(settings).transpose()?;
        let judged = judged(body.0.judgements)?;
        let evaluation = evaluate(&market, &judged, settings).await?;
        Ok(EvaluatedAnswer::Evaluated(JsonResponse(evaluation)))
    }
}

/// Settings from JSON; a fault names the setting.
fn settings(json: serde_json::Value) -> Result<SearchSettings, ApiError> {
    let settings: SearchSettings = serde_path_to_error::deserialize(json).map_err(|error| {
        let field = match error.path().to_string().as_str() {
            "." => "settings".to_owned(),
            path => format!("settings.{path}"),
        };
        ApiError::Unprocessable(InvalidField::new(field, error.inner().to_string()))
    })?;
    let settings = settings.validated();
    settings.map_err(|error| ApiError::Unprocessable(error.within("settings")))
}

/// Grades by query.
fn judged(judgements: Vec<JudgementBody>) -> Result<BTreeMap<String, Grades>, ApiError> {
    let refused = |field: String, message: String| {
        Err(ApiError::Unprocessable(InvalidField::new(field, message)))
    };
    if !(1..=MAX_JUDGEMENTS).contains(&judgements.len()) {
        let message = format!("are 1 to {MAX_JUDGEMENTS}");
        return refused("judgements".to_owned(), message);
    }
    let mut judged = BTreeMap::<String, Grades>::new();
    for (place, judgement) in judgements.into_iter().enumerate() {
        let is_text = !judgement.query.trim().is_empty() && !judgement.query.contains('\0');
        if !is_text || judgement.query.chars().count() > MAX_QUERY_CHARS {
            let message = format!("is a text of 1 to {MAX_QUERY_CHARS} characters");
            return refused(format!("judgements[{place}].query"), message);
        }
        let is_id = (1..=MAX_EXTERNAL_ID_CHARS).contains(&judgement.product.chars().count())
            && !judgement.product.contains('\0');
        if !is_id {
            let message = format!("is an external id of 1 to {MAX_EXTERNAL_ID_CHARS} characters");
            return refused(format!("judgements[{place}].product"), message);
        }
        if judgement.grade > BEST_GRADE {
            let message = format!("is at most {BEST_GRADE}");
            return refused(format!("judgements[{place}].grade"), message);
        }
        let grades = judged.entry(judgement.query).or_default();
        grades.insert(judgement.product, judgement.grade);
    }
    if judged.len() > MAX_QUERIES {
        let message = format!("are of {MAX_QUERIES} queries at most");
        return refused("judgements".to_owned(), message);
    }
    Ok(judged)
}

async fn evaluate(
    market: &TenantContext,
    judged: &BTreeMap<String, Grades>,
    settings: Option<SearchSettings>,
) -> Result<SearchEvaluation, ApiError> {
    let mut found = Vec::new();
    let mut degraded = false;
    let search = &market.app.search;
    // One at a time: shoppers come first.
    for (text, grades) in judged {
        let query = query(text)?;
        let plan = match settings {
            Some(settings) => search.plan_with(&market.tenant, &query, settings),
            None => {
                let context = market.search_context().await?;
                search.rewrite(&market.tenant, &context, &query).plan
            }
        };
        let answered = search.gateway().search(&plan).await?;
        degraded |= answered.degraded;
        let hits: Vec<_> = answered.value.hits.iter().map(|hit| hit.id).collect();
        found.push((text, grades, hits, answered.value.total));
    }
    let names = judged_products(market, judged).await?;
    let outcomes = found.into_iter().map(|(text, grades, hits, found)| {
        // One that nobody judged has no name, as no judged one has; its place counts all the same.
        let results = hits
            .iter()
            .map(|id| names.get(id).copied().unwrap_or_default().to_owned());
        let quality = evaluation::quality(&results.collect::<Vec<_>>(), grades);
        (text.clone(), Outcome { quality, found })
    });
    let outcomes: Vec<_> = outcomes.collect();
    Ok(SearchEvaluation::new(outcomes, degraded))
}

fn query(text: &str) -> Result<SearchQuery, ApiError> {
    let query = SearchQuery {
        text: Some(text.to_owned()),
        page: PageRequest::numbered(1, MAX_PER_PAGE)?,
        ..SearchQuery::default()
    };
    Ok(query.validated()?)
}

/// The judged products by their ids, as far as they exist. Those that were found may be a hundred times as many.
async fn judged_products<'a>(
    market: &TenantContext,
    judged: &'a BTreeMap<String, Grades>,
) -> Result<HashMap<ProductId, &'a str>, ApiError> {
    let named: BTreeSet<&str> = judged
        .values()
        .flat_map(|grades| grades.keys().map(String::as_str))
        .collect();
    let scope = market.app.store.scope(market.tenant.id);
    let ids = scope.products().ids(&named).await?;
    let each = named.into_iter();
    Ok(each
        .filter_map(|name| Some((*ids.get(name)?, name)))
        .collect())
}

impl SearchEvaluation {
    fn new(outcomes: Vec<(String, Outcome)>, degraded: bool) -> Self {
        let figures = Figures::of(outcomes.iter().map(|(_, outcome)| outcome));
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
            queries: figures.queries,
            ndcg: figures.ndcg,
            ndcg_of_judged: figures.ndcg_of_judged,
            judged_share: figures.judged,
            mean_reciprocal_rank: figures.reciprocal_rank,
            zero_result_rate: figures.without_result,
            lowest,
            degraded,
        }
    }
}
