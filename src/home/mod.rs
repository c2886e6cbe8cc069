//! The pages beside the API: a place to try a search, and its documentation.

mod feed;
mod media;
mod policy;

use std::sync::Arc;

use poem::{
    Endpoint, Request, Response,
    endpoint::{make, make_sync},
    error::NotFoundError,
    get,
    http::{HeaderValue, header},
};
use poem_openapi::OpenApiService;
use sha2::{Digest, Sha256};
use souk_cache::Page;

use crate::{
    api::{Api, Specification},
    error::ApiError,
    http::negotiated,
    state::AppState,
};

pub use feed::{google as google_feed, openai as openai_feed};
pub use media::demo as demo_media;

const PAGE: &str = include_str!("index.html");
const ACCOUNT_PAGE: &str = include_str!("account.html");
const ACCOUNT_SCRIPT: &str = include_str!("account.js");
const STYLE: &str = include_str!("home.css");
const SCRIPT: &str = include_str!("home.js");

/// `Cache-Control` of a page: kept for five minutes, then asked for again, which costs a 304.
const FOR_FIVE_MINUTES: HeaderValue = HeaderValue::from_static("public, max-age=300");
const VARY: HeaderValue = HeaderValue::from_static("Accept-Encoding");
/// `Cache-Control` of a file whose name changes with its content.
const FOR_A_YEAR: &str = "public, max-age=31536000, immutable";

/// A file of the pages, with a hash of its content in its name.
struct Asset {
    name: String,
    content_type: &'static str,
    content: &'static str,
}

impl Asset {
    fn new(stem: &str, extension: &str, content_type: &'static str, content: &'static str) -> Self {
        let hash = Sha256::digest(content);
        let hash = hex::encode(&hash[..8]);
        Self {
            name: format!("{stem}-{hash}.{extension}"),
            content_type,
            content,
        }
    }

    fn style() -> Self {
        Self::new("home", "css", "text/css; charset=utf-8", STYLE)
    }

    fn script() -> Self {
        Self::new("home", "js", "text/javascript; charset=utf-8", SCRIPT)
    }

    fn account_script() -> Self {
        let content_type = "text/javascript; charset=utf-8";
        Self::new("account", "js", content_type, ACCOUNT_SCRIPT)
    }

    fn url(&self) -> String {
        format!("/assets/{}", self.name)
    }
}

/// `/`: a search to try.
pub fn page() -> impl Endpoint + use<> {
    let html = PAGE
        .replace("{style}", &Asset::style().url())
        .replace("{script}", &Asset::script().url());
    page_of(html)
}

/// `/account/PAGE`: the pages that links of mails and of the terminal lead to. The script knows which there are.
pub fn account() -> impl Endpoint + use<> {
    let html = ACCOUNT_PAGE
        .replace("{style}", &Asset::style().url())
        .replace("{script}", &Asset::account_script().url());
    page_of(html)
}

/// `/assets/NAME-HASH.EXTENSION`: files of the pages, kept by clients for a year.
pub fn assets() -> impl Endpoint + use<> {
    let assets = [Asset::style(), Asset::script(), Asset::account_script()];
    get(make_sync(move |request| {
        let asked = request.uri().path().trim_start_matches("/assets/");
        let Some(asset) = assets.iter().find(|asset| asset.name == asked) else {
            return Err(poem::Error::from(NotFoundError));
        };
        Ok(Response::builder()
            .header(header::CONTENT_TYPE, asset.content_type)
            .header(header::CACHE_CONTROL, FOR_A_YEAR)
            .body(asset.content))
    }))
}

/// `/docs`: Swagger UI.
pub fn docs(
    service: &OpenApiService<Api, ()>,
    specification: &Specification,
) -> impl Endpoint + use<> {
    let html = service.swagger_ui_html();
    page_of(html.replace(&service.spec(), &specification.json))
}

/// `/openapi.json`.
pub fn json(specification: &Specification) -> impl Endpoint + use<> {
    fixed("application/json", specification.json.clone(), None)
}

/// `/openapi.yaml`.
pub fn yaml(specification: &Specification) -> impl Endpoint + use<> {
    fixed("application/yaml", specification.yaml.clone(), None)
}

/// A page, with a policy that lets nothing but its own styles and scripts run.
fn page_of(html: String) -> impl Endpoint + use<> {
    let policy = policy::of(&html);
    fixed("text/html; charset=utf-8", html, Some(policy))
}

/// An address that always answers the same. Its content is compressed once for each coding, off the async workers.
fn fixed(
    content_type: &'static str,
    content: String,
    policy: Option<String>,
) -> impl Endpoint + use<> {
    let page = Arc::new(Page::new(content));
    let policy = policy.and_then(|policy| HeaderValue::try_from(policy).ok());
    get(make(move |request: Request| {
        let (page, policy) = (Arc::clone(&page), policy.clone());
        async move {
            let compression = request
                .data::<AppState>()
                .is_some_and(|app| app.compression);
            let answering = tokio::task::spawn_blocking(move || {
                let content_type = HeaderValue::from_static(content_type);
                negotiated(&request, &page, content_type, compression)
            });
            let mut response = answering.await.map_err(ApiError::internal)?;
            let headers = response.headers_mut();
            headers.insert(header::CACHE_CONTROL, FOR_FIVE_MINUTES);
            headers.insert(header::VARY, VARY);
            if let Some(policy) = policy {
                headers.insert(header::CONTENT_SECURITY_POLICY, policy);
            }
            Ok::<Response, poem::Error>(response)
        }
    }))
}
