//! Wire of agents: the Universal Commerce Protocol (UCP), the Model Context Protocol (MCP), and texts for both.
//!
//! Each is a face over [`SearchService`](souk_search_service::SearchService) and the store, as the storefront's API is. The
//! routes are plain ones, not operations of the specification: their forms are those of the protocols.
//! `docs/AGENTS.md` describes them.

mod asked;
mod content;
mod extension;
mod mcp;
mod origin;
mod profile;
mod texts;
mod ucp;

use poem::{
    Endpoint, FromRequest, Request, RequestBody, Response,
    http::{HeaderName, Method, header},
};
use serde_json::Value;
use souk_domain::InvalidField;

use self::{
    asked::Asked,
    origin::Origin,
    ucp::{Operation, Version},
};
use crate::{
    error::{AllowedMethods, ApiError},
    http::{Cors, TenantContext, TrustedProxies, bears_session, raw_body},
    state::AppState,
};

/// Addresses of UCP over REST begin so; then come version and operation.
const UCP: &str = "/api/ucp/";
/// Address of the profile, and of those of versions.
const WELL_KNOWN: &str = "/.well-known/ucp";
/// Address of MCP; behind it may come a version of UCP.
const MCP: &str = "/mcp";
const JSON: &str = "application/json";
const MARKDOWN: &str = "text/markdown; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
/// Most bytes of a body, unpacked.
const MAX_BYTES: usize = 256 * 1024;

/// Endpoint of everything that agents ask.
pub struct AgentsApi {
    app: AppState,
    proxies: TrustedProxies,
    cors: Cors,
}

impl AgentsApi {
    /// Creates the endpoint of an application behind these proxies, for pages that CORS allows.
    pub fn new(app: &AppState, proxies: TrustedProxies, cors: Cors) -> Self {
        Self {
            app: app.clone(),
            proxies,
            cors,
        }
    }
}

impl Endpoint for AgentsApi {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        if request.data::<AppState>().is_none() {
            request.set_data(self.app.clone());
        }
        let (request, mut body) = request.split();
        let context = TenantContext::from_request(&request, &mut body).await?;
        if !context.app.agents.may_read(&context.tenant) {
            return Err(ApiError::RouteNotFound.into());
        }
        let asked = Asked {
            origin: Origin::of(
                &request,
                &context.app.agents,
                &context.tenant,
                &self.proxies,
            ),
            is_allowed_page: request
                .headers()
                .get(header::ORIGIN)
                .is_some_and(|origin| self.cors.allows(origin)),
            context,
            request,
        };
        // One of several calls, each with room for its own state.
        Ok(Box::pin(routed(&asked, &mut body)).await?)
    }
}

async fn routed(asked: &Asked, body: &mut RequestBody) -> Result<Response, ApiError> {
    let path = asked.request.uri().path();
    let extension = asked.context.app.agents.extension();
    if let Some(rest) = path.strip_prefix(UCP) {
        let (version, rest) = rest.split_once('/').ok_or(ApiError::RouteNotFound)?;
        let version = Version::parse(version).ok_or(ApiError::RouteNotFound)?;
        if rest == extension::FILE {
            let name = extension.ok_or(ApiError::RouteNotFound)?;
            return read(asked, JSON, || {
                extension::schema(version, &asked.origin, name).to_string()
            });
        }
        let operation = Operation::of_path(rest).ok_or(ApiError::RouteNotFound)?;
        if asked.request.method() != Method::POST {
            return Err(ApiError::MethodNotAllowed(AllowedMethods::POST));
        }
        let given = json(&asked.request, body).await?;
        let asking = asked.asking(version).await?;
        return ucp::rest(&asking, operation, &asked.request, &given).await;
    }
    if let Some(rest) = path.strip_prefix(WELL_KNOWN) {
        let version = version(rest)?;
        return read(asked, JSON, || {
            profile::of(version, &asked.origin, extension).to_string()
        });
    }
    if let Some(rest) = path.strip_prefix(MCP) {
        let version = version(rest)?;
        return mcp::answer(asked, version, body).await;
    }
    match path {
        "/agents.md" => read(asked, MARKDOWN, || texts::agents(asked)),
        "/llms.txt" => read(asked, PLAIN, || texts::llms(asked)),
        _ => Err(ApiError::RouteNotFound),
    }
}

/// Reads the version behind an address; the newest if there is none.
fn version(rest: &str) -> Result<Version, ApiError> {
    match rest.strip_prefix('/') {
        None => Ok(Version::NEWEST),
        Some(version) => Version::parse(version).ok_or(ApiError::RouteNotFound),
    }
}

/// Answers a read of a document, which is kept for five minutes: by everybody, unless a key chose the marketplace.
fn read(
    asked: &Asked,
    content_type: &'static str,
    document: impl FnOnce() -> String,
) -> Result<Response, ApiError> {
    let request = &asked.request;
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(ApiError::MethodNotAllowed(AllowedMethods::READ));
    }
    let headers = request.headers();
    let is_shared = !headers.contains_key(API_KEY) && !bears_session(headers);
    let cache_control = match is_shared {
        true => "public, max-age=300",
        false => "private, no-store",
    };
    let response = Response::builder()
        .header(header::CONTENT_TYPE, content_type)
        .header(header::CACHE_CONTROL, cache_control)
        .header(header::VARY, "X-Api-Key");
    Ok(response.body(document()))
}

/// Receives a body of JSON.
///
/// # Errors
/// If it is too large, too slow, packed in another way, or no JSON.
async fn json(request: &Request, body: &mut RequestBody) -> Result<Value, ApiError> {
    let received = raw_body(request, body, MAX_BYTES).await;
    let bytes = received.map_err(|error| ApiError::from_framework(error, |_| None))?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let message = format!("the body is no JSON: {error}");
        ApiError::MalformedBody(InvalidField::new("", message))
    })
}
