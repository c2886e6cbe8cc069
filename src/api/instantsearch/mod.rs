//! Wire of front ends made with InstantSearch, Autocomplete, `algoliasearch` and `search-insights`.
//!
//! Requests are plain routes, not operations of the specification: a literal star in the address, JSON under any media
//! type, and parameters that are objects for one client and text for another. `docs/INSTANTSEARCH.md` describes them.

mod attributes;
mod batch;
mod body;
mod completion;
mod counting;
mod events;
mod facet_search;
mod facets;
mod filters;
mod highlights;
mod hits;
mod meaning;
mod names;
mod parameters;
mod records;
mod search;

use percent_encoding::percent_decode_str;
use poem::{Endpoint, FromRequest, Request, RequestBody, Response, http::Method};
use serde_json::{Value, json};
use souk_domain::InvalidField;

use self::parameters::Parameters;
use self::search::Request as Search;
use crate::api::call::{self, Call};
use crate::{
    error::{AllowedMethods, ApiError},
    http::{INSTANT_SEARCH, TenantContext, counts_as_shopper},
    state::AppState,
};

/// Version of the wire, the first segment of its addresses.
const VERSION: &str = "1/";
/// Most requests of one call.
const MAX_REQUESTS: usize = 50;

/// Endpoint of everything below `/api/instantsearch`.
pub struct InstantSearch {
    app: AppState,
}

impl InstantSearch {
    /// Creates the endpoint of an application.
    pub fn new(app: &AppState) -> Self {
        Self { app: app.clone() }
    }
}

impl Endpoint for InstantSearch {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        if request.data::<AppState>().is_none() {
            request.set_data(self.app.clone());
        }
        let (request, mut body) = request.split();
        let context = TenantContext::from_request(&request, &mut body).await?;
        // One of several calls, each with room for its own state.
        Ok(Box::pin(routed(&context, &request, &mut body)).await?)
    }
}

/// Answers a request to one of the addresses.
async fn routed(
    context: &TenantContext,
    request: &Request,
    body: &mut RequestBody,
) -> Result<Response, ApiError> {
    let path = request.uri().path().strip_prefix(INSTANT_SEARCH);
    let path = path.and_then(|path| path.strip_prefix(VERSION));
    let path = path.ok_or(ApiError::RouteNotFound)?;
    let segments: Vec<String> = path
        .trim_end_matches('/')
        .split('/')
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
        .collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let is_post = request.method() == Method::POST;
    let is_get = matches!(*request.method(), Method::GET | Method::HEAD);
    match segments[..] {
        ["events"] if is_post => {
            let told = body::json(request, body).await?;
            events::record(context, request, told).await
        }
        ["indexes", "*", call] if is_post => several(context, request, body, call).await,
        ["indexes", index, "query"] if is_post => one(context, request, body, index).await,
        ["indexes", index, "browse"] if is_post => {
            let asked = body::json(request, body).await?;
            records::browse(context, index, Parameters::read(asked)?).await
        }
        ["indexes", index, "facets", facet, "query"] if is_post => {
            let asked = body::json(request, body).await?;
            facet_values(context, request, search_of(index, asked)?, facet).await
        }
        ["events"]
        | ["indexes", "*", "queries" | "objects" | "recommendations"]
        | ["indexes", _, "query" | "browse"]
        | ["indexes", _, "facets", _, "query"] => {
            Err(ApiError::MethodNotAllowed(AllowedMethods::POST))
        }
        ["indexes", index, id] if is_get => records::one(context, request, index, id).await,
        ["indexes", _, _] => Err(ApiError::MethodNotAllowed(AllowedMethods::READ)),
        _ => Err(ApiError::RouteNotFound),
    }
}

/// Answers a call of several requests.
async fn several(
    context: &TenantContext,
    request: &Request,
    body: &mut RequestBody,
    call: &str,
) -> Result<Response, ApiError> {
    if !["queries", "objects", "recommendations"].contains(&call) {
        return Err(ApiError::RouteNotFound);
    }
    let mut asked = body::json(request, body).await?;
    let Some(Value::Array(requests)) = asked.get_mut("requests").map(Value::take) else {
        return Err(InvalidField::new("requests", "is a list").into());
    };
    if requests.len() > MAX_REQUESTS {
        let message = format!("holds at most {MAX_REQUESTS}");
        return Err(InvalidField::new("requests", message).into());
    }
    match call {
        "queries" => {
            let mut searches = Vec::new();
            for request in requests {
                let index = request["indexName"].as_str().unwrap_or_default().to_owned();
                let kind = match request["type"].as_str() {
                    Some("facet") => {
                        Kind::Facet(request["facet"].as_str().unwrap_or_default().to_owned())
                    }
                    _ => Kind::Hits,
                };
                searches.push((search_of(&index, request)?, kind));
            }
            queries(context, request, searches, false).await
        }
        "objects" => records::several(context, requests).await,
        _ => records::recommended(context, request, requests).await,
    }
}

/// Kind of a request among several.
#[derive(Debug, Clone, PartialEq)]
enum Kind {
    /// Hits and counts.
    Hits,
    /// Values of a facet.
    Facet(String),
}

fn search_of(index: &str, mut asked: Value) -> Result<Search, ApiError> {
    if let Value::Object(fields) = &mut asked {
        fields.remove("indexName");
    }
    Ok(Search {
        index: index.to_owned(),
        parameters: Parameters::read(asked)?,
    })
}

async fn one(
    context: &TenantContext,
    request: &Request,
    body: &mut RequestBody,
    index: &str,
) -> Result<Response, ApiError> {
    let asked = body::json(request, body).await?;
    let search = search_of(index, asked)?;
    queries(context, request, vec![(search, Kind::Hits)], true).await
}

/// Answers searches, from the cache if they are there, and counts those of shoppers. With `is_single`, the only result is
/// the whole answer.
async fn queries(
    context: &TenantContext,
    request: &Request,
    searches: Vec<(Search, Kind)>,
    is_single: bool,
) -> Result<Response, ApiError> {
    let token = searches
        .iter()
        .find_map(|(search, _)| search.parameters.text("userToken").ok().flatten());
    let (visitor, network) = call::visitors(context, request, token).await;
    let call = Call::begin(context, visitor).await?;
    let asked: Vec<Value> = searches
        .iter()
        .map(|(search, kind)| {
            json!([
                search.index,
                format!("{kind:?}"),
                search.parameters.shared()
            ])
        })
        .collect();
    let (loading, asked_for) = (call.clone(), searches.clone());
    let load = async move { Box::pin(answers(&loading, &asked_for)).await };
    let page = call.cached(request, &asked.into(), load).await?;
    if counts_as_shopper(request) {
        // A shop's own server asks for many shoppers from one network.
        let network = if context.has_key { visitor } else { network };
        for (facts, (search, _)) in counting::facts(&page).iter().zip(&searches) {
            if let Some(facts) = facts
                && !search.parameters.is_false("analytics")
            {
                context.app.analytics.searched(
                    context.tenant.id,
                    facts,
                    (visitor, network),
                    call::now_ms(),
                );
            }
        }
    }
    if !is_single {
        return Ok(call::response(page.body().clone()));
    }
    let mut answer: Value = serde_json::from_slice(page.body()).map_err(ApiError::internal)?;
    Ok(call::value(&answer["results"][0].take()))
}

async fn answers(call: &Call, searches: &[(Search, Kind)]) -> Result<Value, ApiError> {
    let of_hits = searches.iter().filter(|(_, kind)| *kind == Kind::Hits);
    let of_hits: Vec<Search> = of_hits.map(|(search, _)| search.clone()).collect();
    let mut found = search::answers(call, &of_hits).await?.into_iter();
    let mut results = Vec::new();
    for (search, kind) in searches {
        results.push(match kind {
            Kind::Hits => found.next().unwrap_or_default(),
            Kind::Facet(facet) => facet_search::answer(call, search, facet).await?,
        });
    }
    Ok(call::results(results))
}

async fn facet_values(
    context: &TenantContext,
    request: &Request,
    search: Search,
    facet: &str,
) -> Result<Response, ApiError> {
    let call = Call::begin(context, None).await?;
    let asked = json!(["facet", search.index, facet, search.parameters.shared()]);
    let (loading, facet) = (call.clone(), facet.to_owned());
    let load = async move { Box::pin(facet_search::answer(&loading, &search, &facet)).await };
    let page = call.cached(request, &asked, load).await?;
    Ok(call::response(page.body().clone()))
}
