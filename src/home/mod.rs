//! The pages beside the API: a place to try a search, and its documentation.

mod media;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use poem::{Endpoint, Response, endpoint::make_sync, get, http::header};
use poem_openapi::OpenApiService;
use sha2::{Digest, Sha256};

use crate::api::Api;

pub use media::demo as demo_media;

const PAGE: &str = include_str!("index.html");
const STYLE: &str = include_str!("home.css");
const SCRIPT: &str = include_str!("home.js");

/// `/`: a search to try. One file; its policy lets nothing but its own style and script run.
pub fn page() -> impl Endpoint + use<> {
    let html = PAGE.replace("{style}", STYLE).replace("{script}", SCRIPT);
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; connect-src 'self'; img-src 'self' https: data:; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        source_hash(STYLE),
        source_hash(SCRIPT),
    );
    fixed("text/html; charset=utf-8", html, Some(policy))
}

/// `/docs`: Swagger UI.
pub fn docs(service: &OpenApiService<Api, ()>) -> impl Endpoint + use<> {
    fixed("text/html; charset=utf-8", service.swagger_ui_html(), None)
}

/// `/openapi.json`.
pub fn json(service: &OpenApiService<Api, ()>) -> impl Endpoint + use<> {
    fixed("application/json", service.spec(), None)
}

/// `/openapi.yaml`.
pub fn yaml(service: &OpenApiService<Api, ()>) -> impl Endpoint + use<> {
    fixed("application/yaml", service.spec_yaml(), None)
}

/// An address that always answers the same.
fn fixed(
    content_type: &'static str,
    content: String,
    policy: Option<String>,
) -> impl Endpoint + use<> {
    get(make_sync(move |_| {
        let mut response = Response::builder()
            .header(header::CONTENT_TYPE, content_type)
            .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        if let Some(policy) = &policy {
            response = response.header(header::CONTENT_SECURITY_POLICY, policy);
        }
        response.body(content.clone())
    }))
}

fn source_hash(source: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(source)))
}
