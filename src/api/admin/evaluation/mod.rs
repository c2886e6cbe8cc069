//! Relevance evaluation from judgements.

pub mod request;
pub mod response;

use std::collections::{BTreeMap, HashMap};

use poem_openapi::OpenApi;
use souk_domain::{
    ExternalKey, InvalidField, MAX_PER_PAGE, MAX_QUERY_CHARS, PageRequest, ProductId, SearchQuery,
};
use souk_identity::needed::MerchandisingRead;
use souk_search::{
    SearchSettings,
    evaluation::{self, Grades, Outcome},
};

use self::{
    request::{EvaluationBody, JudgementBody},
    response::SearchEvaluation,
};
use crate::{
    api::{Tag, answers::answers},
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};

/// More queries would take longer than a request may.
const MAX_QUERIES: usize = 200;
const MAX_JUDGEMENTS: usize = 10_000;
const MAX_EXTERNAL_ID_CHARS: usize = 200;
const BEST_GRADE: u8 = 3;

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
        _may: Allowed<MerchandisingRead>,
        context: TenantContext,
        body: JsonBody<EvaluationBody>,
    ) -> Result<EvaluatedAnswer, ApiError> {
        let settings = body.0.settings.map(settings).transpose()?;
        let judged = judged(body.0.judgements)?;
        let evaluation = evaluate(&context, &judged, settings).await?;
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
    context: &TenantContext,
    judged: &BTreeMap<String, Grades>,
    settings: Option<SearchSettings>,
) -> Result<SearchEvaluation, ApiError> {
    let mut found = Vec::new();
    let mut degraded = false;
    let search = &context.app.search;
    // One at a time: shoppers come first.
    for (text, grades) in judged {
        let query = query(text)?;
        let plan = match settings {
            Some(settings) => search.plan_with(&context.tenant, &query, settings),
            None => {
                let search_context = context.search_context().await?;
                search
                    .rewrite(&context.tenant, &search_context, &query)
                    .plan
            }
        };
        let answered = search.gateway().search(&plan).await?;
        degraded |= answered.degraded;
        let hits: Vec<_> = answered.value.hits.iter().map(|hit| hit.id).collect();
        found.push((text, grades, hits, answered.value.total));
    }
    let names = judged_products(context, judged).await?;
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
    context: &TenantContext,
    judged: &'a BTreeMap<String, Grades>,
) -> Result<HashMap<ProductId, &'a str>, ApiError> {
    let named: BTreeMap<ExternalKey, &str> = judged
        .values()
        .flat_map(|grades| grades.keys())
        .map(|name| (ExternalKey::alone(name), name.as_str()))
        .collect();
    let scope = context.app.store.scope(context.tenant.id);
    let keys = named.keys().cloned().collect();
    let ids = scope.products().ids(&keys).await?.into_iter();
    Ok(ids
        .filter_map(|(key, id)| Some((id, *named.get(&key)?)))
        .collect())
}
