//! Preview of a search by another configuration.

use chrono::Utc;
use poem_openapi::OpenApi;
use souk_domain::{Filters, InvalidField, PageRequest, SearchQuery};
use souk_identity::needed::MerchandisingRead;
use souk_search::merchandising::{
    SearchConfig,
    config::{Item, Rule, check_filters},
};
use souk_search_service::{CompiledVersion, SearchContext, new_id, products_of};

use super::{
    live,
    request::{Preview, PreviewShape},
    response::{PreviewAnswerView, PreviewedResults},
};
use crate::{
    api::{Described, Tag, answers::answers, views::HitView},
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
};

/// Default number of hits.
const DEFAULT_HITS: u32 = 20;

answers! {
    /// Answers of `adminPreviewSearch`.
    PreviewAnswer {
        200 "Both results." => Both(JsonResponse<PreviewAnswerView>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField
}

/// Trying things out.
pub struct AdminSearchPreviewApi;

#[OpenApi(prefix_path = "/api/admin/search", tag = "Tag::Merchandising")]
impl AdminSearchPreviewApi {
    /// See what a rule or configuration would change
    ///
    /// Nothing is saved.
    #[oai(
        path = "/preview",
        method = "post",
        operation_id = "adminPreviewSearch"
    )]
    async fn preview(
        &self,
        _may: Allowed<MerchandisingRead>,
        context: TenantContext,
        body: JsonBody<Described<PreviewShape, Preview>>,
    ) -> Result<PreviewAnswer, ApiError> {
        let both = previewed(&context, body.0.content).await?;
        Ok(PreviewAnswer::Both(JsonResponse(both)))
    }
}

/// Results of a search as it is, and by another configuration.
pub(crate) async fn previewed(
    context: &TenantContext,
    asked: Preview,
) -> Result<PreviewAnswerView, ApiError> {
    let Preview {
        q,
        filters,
        per_page,
        at,
        rule,
        config,
    } = asked;
    if filters != Filters::default() {
        let checked = check_filters(&filters).map_err(|error| error.within("filters"));
        checked.map_err(ApiError::Unprocessable)?;
    }
    let unchecked = SearchQuery {
        text: q,
        filters,
        page: PageRequest::numbered(1, per_page.unwrap_or(DEFAULT_HITS))
            .map_err(ApiError::Unprocessable)?,
        ..SearchQuery::default()
    };
    let query = unchecked.validated().map_err(ApiError::Unprocessable)?;
    let live = live(context).await?.config;
    let with = wanted(&live, rule, config).map_err(ApiError::Unprocessable)?;
    let now_ms = at.unwrap_or_else(Utc::now).timestamp_millis();
    Ok(PreviewAnswerView {
        live: results(context, &live, &query, now_ms).await?,
        with: results(context, &with, &query, now_ms).await?,
    })
}

/// The live configuration with what was given in its place.
fn wanted(
    live: &SearchConfig,
    rule: Option<Rule>,
    config: Option<SearchConfig>,
) -> Result<SearchConfig, InvalidField> {
    match (rule, config) {
        (Some(_), Some(_)) => Err(InvalidField::new("rule", "does not go with `config`")),
        (None, None) => Ok(live.clone()),
        (None, Some(mut config)) => {
            config.give_ids(new_id);
            config.validated().map_err(|error| error.within("config"))
        }
        (Some(mut rule), None) => {
            if rule.id.is_empty() {
                rule.id = new_id();
            }
            rule.check().map_err(|error| error.within("rule"))?;
            let mut config = live.clone();
            match config.rules.iter_mut().find(|other| other.id == rule.id) {
                Some(other) => *other = rule,
                None => config.rules.push(rule),
            }
            Ok(config)
        }
    }
}

async fn results(
    context: &TenantContext,
    config: &SearchConfig,
    query: &SearchQuery,
    now_ms: i64,
) -> Result<PreviewedResults, ApiError> {
    let scope = context.app.store.scope(context.tenant.id);
    let products = products_of(&scope, config).await?;
    let language = context.tenant.language;
    let version = CompiledVersion::compile_aside(0, config.clone(), language, products).await;
    let active = context.app.search.configs().of(&context.tenant).await?;
    let attributes = std::sync::Arc::clone(&active.attributes);
    let search_context = SearchContext::by(version.into(), attributes).at(now_ms);
    let rewritten = context
        .app
        .search
        .rewrite(&context.tenant, &search_context, query);
    let found = context
        .app
        .search
        .gateway()
        .search(&rewritten.plan)
        .await?
        .value;
    Ok(PreviewedResults {
        hits: found.hits.into_iter().map(HitView::from).collect(),
        total: found.total,
        total_exact: found.total_exact,
        matched: found.stage.into(),
        redirect: rewritten.redirect,
        applied: rewritten.trace.into(),
    })
}
