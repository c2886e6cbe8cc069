//! Single products, all of them page by page, and those like one.

use poem::{Request, Response};
use serde_json::{Map, Value, json};
use souk_domain::{Cursor, InvalidField, PageRequest, ProductId, SearchQuery};
use souk_store::{ProductKey, ProductRecord};

use super::highlights::Tags;
use super::hits::{HitForm, Retrieved, hit, record};
use super::meaning::{Meaning, Shop};
use super::names::Names;
use super::parameters::{Parameters, order};
use crate::api::call::{self, Call};
use crate::{error::ApiError, http::TenantContext};

const DEFAULT_BROWSED: u32 = 100;
const DEFAULT_RECOMMENDED: u32 = 10;
const MAX_RECOMMENDED: u32 = 30;
/// Models that ask for products like one.
const ALIKE: [&str; 2] = ["related-products", "looking-similar"];

/// Answers a product as a record.
pub(crate) async fn one(
    context: &TenantContext,
    request: &Request,
    index: &str,
    id: &str,
) -> Result<Response, ApiError> {
    order(index)?;
    let query = request.uri().query().unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let names = pairs.find(|(name, _)| name == "attributesToRetrieve");
    let names = names.map(|(_, names)| {
        names
            .split(',')
            .map(|name| name.trim().to_owned())
            .collect()
    });
    let found = product(context, id)
        .await?
        .ok_or(ApiError::NotFound("objectID"))?;
    Ok(call::value(&record(
        found,
        context.tenant.currency,
        &Retrieved::new(names),
    )))
}

/// Answers several products as records; one that is not there is null.
pub(crate) async fn several(
    context: &TenantContext,
    requests: Vec<Value>,
) -> Result<Response, ApiError> {
    let mut results = Vec::new();
    for request in requests {
        order(request["indexName"].as_str().unwrap_or_default())?;
        let names = Parameters::read(request.clone())?.list("attributesToRetrieve")?;
        let id = request["objectID"].as_str().unwrap_or_default();
        let found = product(context, id).await?;
        let currency = context.tenant.currency;
        results.push(found.map_or(Value::Null, |found| {
            record(found, currency, &Retrieved::new(names))
        }));
    }
    Ok(call::value(&call::results(results)))
}

async fn product(context: &TenantContext, id: &str) -> Result<Option<ProductRecord>, ApiError> {
    let Ok(id) = id.parse::<ProductId>() else {
        return Ok(None);
    };
    let scope = context.app.store.scope(context.tenant.id);
    let found = scope.products().get(&ProductKey::Id(id)).await?;
    let Some(mut found) = found.filter(ProductRecord::is_public) else {
        return Ok(None);
    };
    if !context.admits(found.id).await? {
        return Ok(None);
    }
    let definitions = scope.attributes().all().await?;
    found.retain_attributes(|name| definitions.is_shown(name));
    for image in &mut found.images {
        context.app.cdn.media.place(&mut image.url);
    }
    Ok(Some(found))
}

/// Answers one page of all products that pass the filters, with a cursor to the next.
pub(crate) async fn browse(
    context: &TenantContext,
    index: &str,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let call = Call::begin(context, None).await?;
    let clauses = parameters.clauses()?;
    let names = Names::of(&call, clauses.iter()).await?;
    let shop = Shop {
        names: &names,
        definitions: call.search.definitions(),
        currency: call.tenant.currency,
    };
    let meaning = Meaning::of(&clauses, shop)?;
    let hits = parameters.whole("hitsPerPage")?.unwrap_or(DEFAULT_BROWSED);
    let hits = hits.clamp(1, souk_domain::MAX_PER_PAGE);
    let page = match parameters.text("cursor")? {
        Some(cursor) => {
            let cursor: Cursor = cursor
                .parse()
                .map_err(|_| InvalidField::new("cursor", "is that of an answer"))?;
            PageRequest::after(cursor, hits)?
        }
        None => PageRequest::numbered(1, hits)?,
    };
    let (filters, conditions) = meaning.write(&meaning.refinements.keys().cloned().collect());
    let query = SearchQuery {
        text: parameters.text("query")?.map(str::to_owned),
        filters,
        conditions,
        sort: order(index)?,
        page,
        ..SearchQuery::default()
    };
    let query = query.validated()?;
    let mut answer = Map::new();
    let mut shown = Vec::new();
    if !meaning.impossible {
        let mut results = call
            .app
            .search
            .list(&call.tenant, &query, call.enforced())
            .await?;
        call.app.cdn.media.place_hits(&mut results.value.hits);
        answer.insert("nbHits".to_owned(), json!(results.value.total));
        if let Some(next) = results.value.next.take() {
            answer.insert("cursor".to_owned(), json!(next.to_string()));
        }
        let form = plain(parameters.list("attributesToRetrieve")?);
        shown.extend(
            results
                .value
                .hits
                .into_iter()
                .map(|found| hit(found, &form)),
        );
    }
    answer.entry("nbHits").or_insert(json!(0));
    answer.insert("hits".to_owned(), shown.into());
    answer.insert("hitsPerPage".to_owned(), json!(hits));
    answer.insert("processingTimeMS".to_owned(), json!(1));
    answer.insert("query".to_owned(), json!(query.text.unwrap_or_default()));
    answer.insert("params".to_owned(), json!(""));
    Ok(call::value(&answer.into()))
}

/// Hits without anything marked.
fn plain(retrieved: Option<Vec<String>>) -> HitForm {
    HitForm {
        retrieved: Retrieved::new(retrieved),
        highlighted: Retrieved::new(Some(Vec::new())),
        has_snippet: false,
        tags: Tags {
            before: String::new(),
            after: String::new(),
        },
        words: 0,
    }
}

/// Answers recommendations: products like one. Other models find nothing.
pub(crate) async fn recommended(
    context: &TenantContext,
    request: &Request,
    requests: Vec<Value>,
) -> Result<Response, ApiError> {
    let call = Call::begin(context, None).await?;
    let (loading, asked) = (call.clone(), Value::from(requests.clone()));
    let load = async move {
        let mut results = Vec::new();
        for request in requests {
            results.push(alike(&loading, request).await?);
        }
        Ok(call::results(results))
    };
    let asked = json!(["recommendations", asked]);
    let page = call.cached(request, &asked, load).await?;
    Ok(call::response(page.body().clone()))
}

async fn alike(call: &Call, request: Value) -> Result<Value, ApiError> {
    order(request["indexName"].as_str().unwrap_or_default())?;
    let parameters = Parameters::read(request)?;
    let most = parameters
        .whole("maxRecommendations")?
        .filter(|most| *most > 0);
    let most = most.unwrap_or(DEFAULT_RECOMMENDED).min(MAX_RECOMMENDED);
    let is_alike = parameters
        .text("model")?
        .is_some_and(|model| ALIKE.contains(&model));
    let id = parameters
        .text("objectID")?
        .and_then(|id| id.parse::<ProductId>().ok());
    let mut shown = Vec::new();
    if let Some(id) = id.filter(|_| is_alike) {
        let mut found = call
            .app
            .search
            .similar(&call.tenant, id, most as usize, call.enforced())
            .await?;
        call.note(&found);
        call.app.cdn.media.place_hits(&mut found.value);
        shown.extend(
            found
                .value
                .into_iter()
                .map(|found| hit(found, &plain(None))),
        );
    }
    Ok(json!({
        "nbHits": shown.len(), "hits": shown, "page": 0, "nbPages": 1, "hitsPerPage": most, "processingTimeMS": 1,
        "exhaustiveNbHits": true, "query": "", "params": "",
    }))
}
